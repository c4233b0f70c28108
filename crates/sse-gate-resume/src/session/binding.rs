//! What a session is bound to for its whole life: [`Binding`].

use std::fmt;

use sse_gate_core::{Grant, SteadyTime, TokenKey};

use super::{ResumePolicy, SessionEpoch};
use crate::log::{LogEpoch, LogName};

/// Whose session it is, what it streams, and until when. It never changes.
#[derive(Clone, PartialEq, Eq)]
pub struct Binding {
    /// The key of the token that opened it: the second factor of every resume.
    pub token: TokenKey,
    /// Whose session it is, what it streams, and the date at which it ends. It has no payload.
    pub grant: Grant,
    /// Random bytes from which the session's own key is derived.
    pub salt: [u8; 32],
    /// The name of the log that it reads, by which a log store finds it.
    pub log_name: LogName,
    /// The epoch of the log that it reads.
    pub log_epoch: LogEpoch,
    /// Whether the log ends with the session.
    pub owns_log: bool,
    /// Where its right to the log begins: behind this event.
    pub base: u64,
    /// The event that its first connection takes as the client's last one. It is above the base
    /// only if the client said that it has had more events than the log has.
    pub start_after: u64,
    /// The store's epoch when its token was shown. If the subject's sessions were revoked since, it
    /// is not opened.
    pub arrival_epoch: SessionEpoch,
    /// When its token was shown, by the store's time.
    pub arrived_at: SteadyTime,
    /// When it ends by the store's time: the grant's deadline as it was when the session was opened. The
    /// session ends at this moment or at the deadline, whichever comes first.
    pub ends_at: SteadyTime,
    /// How it deals with clients that come back.
    pub policy: ResumePolicy,
}

impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Binding")
            .field("token", &self.token)
            .field("grant", &self.grant)
            .finish_non_exhaustive()
    }
}
