//! What is told to whoever watches sessions: [`SessionObserver`].

use std::fmt::Debug;
use std::sync::Arc;

use sse_gate_core::{Resource, Subject};

use crate::id::SessionId;
use crate::session::{Binding, CloseReason, Gone, Refused};

/// Is told what happens to sessions, for metrics, audits and alarms.
///
/// It is called on the request's own path: count and return. What it is told is no secret.
///
/// Observers combine: a pair of them is one, and so is a triple. Each is told everything.
pub trait SessionObserver: Debug + Send + Sync + 'static {
    /// Something happened, to this session if it is known.
    fn observe(&self, signal: SessionSignal, session: Option<About<'_>>);
}

/// Whose session it is. For audits, not for labels: there is no end of them.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Its name, of which `Debug` shows a part.
    pub id: SessionId,
    /// Whose it is.
    pub subject: &'a Subject,
    /// What it streams.
    pub resource: &'a Resource,
}

impl<'a> About<'a> {
    pub(crate) fn new(id: SessionId, binding: &'a Binding) -> Self {
        Self {
            id,
            subject: binding.grant.subject(),
            resource: binding.grant.resource(),
        }
    }
}

/// One thing that happened to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionSignal {
    /// It was opened.
    Opened,
    /// Its client went on.
    Resumed {
        /// Whether its id was taken before: an answer got lost, or an id was stolen.
        again: bool,
    },
    /// Its token was taken a second time, in the opening grace of its route.
    Reopened,
    /// Its client came back when it was over.
    Gone(Gone),
    /// A resume id was refused. [`Refused::Reuse`] tells of a stolen one, and the session is
    /// closed; [`Refused::Rollback`] of a store that has lost writes.
    Refused(Refused),
    /// Its connections were replaced too often in a short time: its client is told to come back.
    TooSoon,
    /// There was no place for its client, which is told to come back.
    NotAdmitted,
    /// The store could not be asked.
    Unavailable,
    /// It was closed on purpose.
    Closed(CloseReason),
    /// Its client misses events that the log has no more.
    Gap {
        /// How many.
        events: u64,
        /// Whether the log has lost events that a client says it had: it was restored from an older
        /// state, or a client with both factors has moved the number in its id.
        log_lost_writes: bool,
    },
}

/// Observes nothing.
impl SessionObserver for () {
    fn observe(&self, _: SessionSignal, _: Option<About<'_>>) {}
}

impl<O: SessionObserver + ?Sized> SessionObserver for Arc<O> {
    fn observe(&self, signal: SessionSignal, session: Option<About<'_>>) {
        (**self).observe(signal, session);
    }
}

/// Tells both.
impl<A: SessionObserver, B: SessionObserver> SessionObserver for (A, B) {
    fn observe(&self, signal: SessionSignal, session: Option<About<'_>>) {
        self.0.observe(signal, session);
        self.1.observe(signal, session);
    }
}

/// Tells all three.
impl<A, B, C> SessionObserver for (A, B, C)
where
    A: SessionObserver,
    B: SessionObserver,
    C: SessionObserver,
{
    fn observe(&self, signal: SessionSignal, session: Option<About<'_>>) {
        self.0.observe(signal, session);
        self.1.observe(signal, session);
        self.2.observe(signal, session);
    }
}
