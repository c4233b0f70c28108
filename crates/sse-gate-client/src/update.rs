//! What a client learns while it is connected: [`Update`] and its parts.

use std::fmt;
use std::time::Duration;

use crate::Event;

/// Something that happened to the stream.
///
/// ```
/// use sse_gate_client::{State, Update};
///
/// fn line(update: &Update) -> String {
///     match update {
///         Update::Event(event) => format!("{}: {}", event.name(), event.data()),
///         Update::Gap(gap) => format!("{} events are lost", gap.events()),
///         Update::State(State::Waiting(waiting)) => format!("again in {:?}", waiting.delay()),
///         Update::State(state) => format!("{state:?}"),
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    /// An event of the server. Those whose name begins with `sse.` are not among them, of any server: they are
    /// the words of `sse-gate` beside the events.
    Event(Event),
    /// Events that the server no longer has. The client will not get them.
    Gap(Gap),
    /// The connection has changed.
    State(State),
}

/// What the client is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// An attempt begins. The number is 1 for the first one, and again after an event was received.
    Connecting(u32),
    /// The server has answered with an event stream.
    Open,
    /// The connection is gone, and another attempt will follow.
    Waiting(Waiting),
    /// The stream is over, as the server says. It is the last update.
    Closed(End),
}

/// Why the client waits, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub(crate) delay: Duration,
    pub(crate) reason: RetryReason,
    pub(crate) cause: Option<String>,
}

impl Waiting {
    /// How long the client waits before its next attempt.
    pub const fn delay(&self) -> Duration {
        self.delay
    }

    /// Why it has no connection.
    pub const fn reason(&self) -> RetryReason {
        self.reason
    }

    /// The words of the error behind it and of its causes, if there is one: of the transport, such as `dns error`,
    /// or of the token source. For a log, not for a decision.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }
}

/// Why a connection has to be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryReason {
    /// The body ended without the words that the stream is complete.
    Ended,
    /// The connection broke, or could not be made.
    Connection,
    /// No byte came for the time of [`Settings::with_heartbeat`](crate::Settings::with_heartbeat).
    Silent,
    /// The server did not answer in time.
    NoAnswer,
    /// The server answered with a status that may pass, such as 502 or 503.
    Status(u16),
    /// The server sent `sse.wait`: it can't serve the stream at the moment.
    Wait,
    /// The server no longer takes the credential. The client gets a new one.
    Unauthorized,
    /// The server closed the session with a reason after which another one can be opened: `deadline`, `idle`
    /// or `rollback`. The client gets a new credential.
    SessionOver,
    /// The token source could not make a request, and said that it may work later.
    Source,
}

impl RetryReason {
    /// A short name, for metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Connection => "connection",
            Self::Silent => "silent",
            Self::NoAnswer => "no_answer",
            Self::Status(_) => "status",
            Self::Wait => "wait",
            Self::Unauthorized => "unauthorized",
            Self::SessionOver => "session_over",
            Self::Source => "source",
        }
    }
}

/// The short name, and the status if there is one: `status 502`.
impl fmt::Display for RetryReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self {
            Self::Status(status) => write!(f, " {status}"),
            _ => Ok(()),
        }
    }
}

/// How a stream ended as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum End {
    /// The server said that the client has the whole stream.
    Complete,
    /// The server answered 204: there is nothing more for this client.
    NoContent,
}

impl End {
    /// A short name, for metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::NoContent => "no_content",
        }
    }
}

/// Events that are lost, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Gap {
    pub(crate) from: u64,
    pub(crate) to: u64,
}

impl Gap {
    /// The number of the first lost event.
    pub const fn from(&self) -> u64 {
        self.from
    }

    /// The number of the last lost event.
    pub const fn to(&self) -> u64 {
        self.to
    }

    /// How many events are lost.
    pub const fn events(&self) -> u64 {
        (self.to.saturating_sub(self.from)).saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_and_each_end_has_a_short_name() {
        for (reason, name) in [
            (RetryReason::Ended, "ended"),
            (RetryReason::Connection, "connection"),
            (RetryReason::Silent, "silent"),
            (RetryReason::NoAnswer, "no_answer"),
            (RetryReason::Status(502), "status"),
            (RetryReason::Wait, "wait"),
            (RetryReason::Unauthorized, "unauthorized"),
            (RetryReason::SessionOver, "session_over"),
            (RetryReason::Source, "source"),
        ] {
            assert_eq!(reason.as_str(), name);
        }
        assert_eq!(End::Complete.as_str(), "complete");
        assert_eq!(End::NoContent.as_str(), "no_content");
    }
}
