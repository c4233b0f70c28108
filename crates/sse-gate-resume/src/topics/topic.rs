//! One topic: [`Topic`].

use sse_gate_core::{SteadyTime, Subject};

use crate::log::WatchedLog;

/// A topic as the table keeps it.
pub(super) struct Topic {
    pub(super) log: WatchedLog,
    /// The subject that it counts for; `None` if it is the server's own.
    pub(super) owner: Option<Subject>,
    /// Until then it stays.
    pub(super) reserved_until: SteadyTime,
    /// When it is idle, if that is known: if nothing holds its log.
    pub(super) idle_at: Option<SteadyTime>,
}

impl Topic {
    pub(super) fn new(log: WatchedLog, owner: Option<Subject>, reserved_until: SteadyTime) -> Self {
        Self {
            log,
            owner,
            reserved_until,
            idle_at: None,
        }
    }

    /// When it is idle, if nothing happens before. It is not known while its log is held, as then
    /// events may be appended.
    pub(super) fn find_idle_at(&self) -> Option<SteadyTime> {
        if self.log.is_held() {
            return None;
        }
        let empty_at = self.log.empty_at().unwrap_or(self.reserved_until);
        Some(self.reserved_until.max(empty_at))
    }
}
