//! Reports what happens to sessions: [`SessionObserver`].

use std::fmt::Debug;
use std::sync::Arc;

use sse_gate_core::{Resource, Subject};

use crate::id::SessionId;
use crate::session::{Binding, CloseReason, GoneReason, InvalidIdReason};

/// Is told what happens to sessions, for metrics, audits and alarms.
///
/// It is called on the request's own path: count and return. Nothing that it is told is secret.
///
/// Observers combine: a pair of observers is an observer, and so is a triple. Each is told
/// everything.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use sse_gate_resume::{InvalidIdReason, SessionInfo, SessionObserver, SessionSignal, Sessions};
///
/// /// Counts resume ids that were stolen.
/// #[derive(Debug, Default)]
/// struct Thefts(AtomicU64);
///
/// impl SessionObserver for Thefts {
///     fn observe(&self, signal: SessionSignal, _: Option<SessionInfo<'_>>) {
///         if signal == SessionSignal::Refused(InvalidIdReason::Reuse) {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
///
/// let sessions = Sessions::in_memory()?.with_observer(Thefts::default());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait SessionObserver: Debug + Send + Sync + 'static {
    /// Something happened, to this session if it is known. By default, it does nothing.
    fn observe(&self, signal: SessionSignal, session: Option<SessionInfo<'_>>) {
        let _ = (signal, session);
    }
}

/// Whose session it is. Use it for audits. It has too many values for a metric's label.
///
/// ```
/// use sse_gate_resume::{InvalidIdReason, SessionInfo, SessionObserver, SessionSignal};
///
/// #[derive(Debug)]
/// struct Audit;
///
/// impl SessionObserver for Audit {
///     fn observe(&self, signal: SessionSignal, session: Option<SessionInfo<'_>>) {
///         let is_theft = signal == SessionSignal::Refused(InvalidIdReason::Reuse);
///         if let Some(SessionInfo { id, subject, .. }) = session.filter(|_| is_theft) {
///             eprintln!("{id:?} of {} was stolen", subject.as_str());
///         }
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SessionInfo<'a> {
    /// The session's name. `Debug` shows a part of it.
    pub id: SessionId,
    /// Whose session it is.
    pub subject: &'a Subject,
    /// What it streams.
    pub resource: &'a Resource,
}

impl<'a> SessionInfo<'a> {
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
    /// A session was opened.
    Opened,
    /// A client went on with its session.
    Resumed {
        /// Whether its id was taken before: an answer was lost, or an id was stolen.
        again: bool,
    },
    /// A token was taken a second time, within the opening grace of its route.
    Reopened,
    /// A client came back to a session that is over.
    Gone(GoneReason),
    /// A resume id was refused. With [`InvalidIdReason::Reuse`], an id was stolen and the session is
    /// closed. With [`InvalidIdReason::Rollback`], the store has lost writes.
    Refused(InvalidIdReason),
    /// Connections of a session were replaced too often in a short time. The client is told to come
    /// back.
    TooSoon,
    /// There was no place for a client. It is told to come back.
    NotAdmitted,
    /// The store could not be reached.
    Unavailable,
    /// A session was closed on purpose.
    Closed(CloseReason),
    /// A client misses events that the log no longer has.
    Gap {
        /// How many events are missing.
        events: u64,
        /// Whether the client says it has had events that the log does not have. The log was restored
        /// from an older state or made anew, or a client with both factors changed the number in its
        /// id.
        log_lost_writes: bool,
    },
}

/// Observes nothing.
impl SessionObserver for () {}

impl<O: SessionObserver + ?Sized> SessionObserver for Arc<O> {
    fn observe(&self, signal: SessionSignal, session: Option<SessionInfo<'_>>) {
        (**self).observe(signal, session);
    }
}

/// Tells both observers.
impl<A: SessionObserver, B: SessionObserver> SessionObserver for (A, B) {
    fn observe(&self, signal: SessionSignal, session: Option<SessionInfo<'_>>) {
        self.0.observe(signal, session);
        self.1.observe(signal, session);
    }
}

/// Tells all three observers.
impl<A, B, C> SessionObserver for (A, B, C)
where
    A: SessionObserver,
    B: SessionObserver,
    C: SessionObserver,
{
    fn observe(&self, signal: SessionSignal, session: Option<SessionInfo<'_>>) {
        self.0.observe(signal, session);
        self.1.observe(signal, session);
        self.2.observe(signal, session);
    }
}
