//! What a machine wants done: [`Step`], [`Attempt`].

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use http::Request;

use super::position::position_of;
use crate::{End, Error, Update};

/// What to do next, and what to tell the machine about it.
///
/// Debug output leaves out the request, whose URL may hold a token.
#[non_exhaustive]
pub enum Step {
    /// Something for the user. Then ask again.
    Update(Update),
    /// Make a request for this attempt: call [`Machine::prepared`](super::Machine::prepared) or
    /// [`Machine::unprepared`](super::Machine::unprepared).
    Prepare(Attempt),
    /// Send this request: call [`Machine::head`](super::Machine::head) or
    /// [`Machine::failed`](super::Machine::failed).
    Send(Request<()>),
    /// Go on with what is under way, and report it. If nothing has come by this time, call
    /// [`Machine::timed_out`](super::Machine::timed_out). There is no such time while a request is
    /// prepared.
    Continue(Option<Duration>),
    /// Drop the connection, and ask again at this time.
    Wait(Duration),
    /// All is over. It is the last step, and comes once.
    Closed(Result<End, Error>),
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Update(update) => f.debug_tuple("Update").field(update).finish(),
            Self::Prepare(attempt) => f.debug_tuple("Prepare").field(attempt).finish(),
            Self::Send(_) => f.write_str("Send(..)"),
            Self::Continue(until) => f.debug_tuple("Continue").field(until).finish(),
            Self::Wait(until) => f.debug_tuple("Wait").field(until).finish(),
            Self::Closed(result) => f.debug_tuple("Closed").field(result).finish(),
        }
    }
}

/// What a [`TokenSource`](crate::TokenSource) should know before it makes a request.
///
/// ```
/// use sse_gate_client::Attempt;
///
/// /// Whether a token that was used before can be used again.
/// fn may_reuse(attempt: &Attempt) -> bool {
///     // On a resumable route a spent token is good together with the id of the last event.
///     !attempt.is_refused() && attempt.last_event_id().is_some()
/// }
/// ```
#[derive(Clone)]
pub struct Attempt {
    pub(crate) number: u32,
    pub(crate) last_event_id: Option<String>,
    pub(crate) refused: bool,
    pub(crate) opened: bool,
}

impl Attempt {
    /// The number of the attempt: 1 for the first one, and again after an event was received.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The id of the last event, from which the stream should go on.
    pub fn last_event_id(&self) -> Option<&str> {
        self.last_event_id.as_deref()
    }

    /// Where the stream should go on, for a mint: the number of a resume id, or any other id as it is. A resume
    /// id itself is a credential, and belongs in `Last-Event-ID` alone.
    pub fn position(&self) -> Option<Cow<'_, str>> {
        self.last_event_id().map(position_of)
    }

    /// Whether the credential that was shown last is of no use any more: the answer was 401, or the session is
    /// over.
    pub const fn is_refused(&self) -> bool {
        self.refused
    }

    /// Whether a stream was ever open. A source for which a new token begins a new stream should stop
    /// then.
    pub const fn has_opened(&self) -> bool {
        self.opened
    }
}

/// Without the id, which may be a credential.
impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("number", &self.number)
            .field("refused", &self.refused)
            .field("opened", &self.opened)
            .finish_non_exhaustive()
    }
}
