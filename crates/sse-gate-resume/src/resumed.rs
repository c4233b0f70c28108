//! What comes of a resume: [`Resumed`], or [`NotResumed`].

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use sse_gate_core::Grant;

use crate::frames;
use crate::log::ReadLog;
use crate::session::{Binding, Gone, Lease, Refused, SessionError};
use crate::sessions::Sessions;
use crate::subscription::Subscription;

/// A session whose client goes on. Dropped, it waits for the client again.
#[derive(Debug)]
pub struct Resumed {
    sessions: Sessions,
    lease: Lease,
    log: Arc<dyn ReadLog>,
    cursor: u64,
}

impl Resumed {
    pub(crate) fn new(
        sessions: Sessions,
        lease: Lease,
        log: Arc<dyn ReadLog>,
        cursor: u64,
    ) -> Self {
        Self {
            sessions,
            lease,
            log,
            cursor,
        }
    }

    /// What the session is bound to.
    pub fn binding(&self) -> &Binding {
        self.lease.binding()
    }

    /// The grant that opened the session, without its payload, with the time that is left.
    pub fn grant(&self) -> Grant {
        let (clock, binding) = (self.sessions.clock(), self.binding());
        let latest = clock.now().saturating_add(self.sessions.time_left(binding));
        binding.grant.continued(latest)
    }

    /// The new connection's hold on the session.
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// What the client gets: what it missed, and what is to come.
    pub fn subscribe(self) -> Subscription {
        let prefix = self.sessions.prefix(&self.lease);
        Subscription::new(self.sessions, self.lease, self.log, prefix, self.cursor)
    }

    /// All that a client gets that can't be served now: an id to come back with, and when.
    pub fn put_off(self, wait: Duration) -> Bytes {
        let prefix = self.sessions.prefix(&self.lease);
        let mut buffer = BytesMut::new();
        let wait = wait.saturating_add(self.sessions.jitter(wait));
        frames::open(wait, &prefix, self.cursor, None, &mut buffer);
        buffer.freeze()
    }
}

/// A client can't go on.
#[derive(Debug)]
#[non_exhaustive]
pub enum NotResumed {
    /// The session is over. Whoever asks had a right to it, and shall ask no more: 204.
    Gone(Gone),
    /// It shows no good credential: 401, and the same one for every reason.
    Refused(Refused),
    /// Connections of the session were replaced too often in a short time. Nothing was consumed, and
    /// the client may ask again.
    TooSoon,
    /// There is no place for it now: whoever was asked to admit it has not
    /// ([`Sessions::resume_if`]). Nothing was consumed, and the client may ask again.
    NotAdmitted,
    /// The store can't be asked. Nothing was consumed, and the client may ask again.
    Unavailable(SessionError),
}
