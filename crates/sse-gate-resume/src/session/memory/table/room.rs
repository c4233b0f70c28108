//! Room for new sessions: those that are over go, and then the subject's own without a connection.

use sse_gate_core::{SteadyTime, Subject};

use super::super::deferred::Deferred;
use super::Table;
use crate::id::SessionId;
use crate::session::{CloseReason, SessionErrorKind};

/// How many sessions whose time is up each step on another session ends.
const EXPIRED_A_STEP: usize = 8;

impl Table {
    /// Ends a few of the sessions whose time is up.
    pub(in super::super) fn expire_some(&mut self, now: SteadyTime, deferred: &mut Deferred) {
        for _ in 0..EXPIRED_A_STEP {
            if !self.expire_first(now, deferred) {
                return;
            }
        }
    }

    /// Ends all sessions whose time is up.
    pub(in super::super) fn expire_all(&mut self, now: SteadyTime, deferred: &mut Deferred) {
        while self.expire_first(now, deferred) {}
    }

    fn expire_first(&mut self, now: SteadyTime, deferred: &mut Deferred) -> bool {
        let Some((ends_at, id)) = self.ends.first().copied() else {
            return false;
        };
        if !ends_at.has_passed(now) {
            return false;
        }
        let entry = self.entries.get_mut(&id);
        if entry.is_some_and(|entry| entry.record.expire(now)) {
            self.settle(id, deferred);
        } else {
            // It was over already: now it is forgotten.
            self.forget(id);
        }
        true
    }

    /// Forgets a session that is over.
    fn forget(&mut self, id: SessionId) {
        if let Some(entry) = self.entries.remove(&id) {
            self.ends.remove(&(entry.ends_at, id));
            self.by_token.remove(&entry.record.binding().token);
        }
        // A pass over the list is paid for by as many sessions as it visits.
        if self.closed.len() > 2 * self.entries.len() + EXPIRED_A_STEP {
            let entries = &self.entries;
            self.closed.retain(|id| entries.contains_key(id));
        }
    }

    pub(super) fn make_room_for(
        &mut self,
        subject: &Subject,
        deferred: &mut Deferred,
    ) -> Result<(), SessionErrorKind> {
        let ids = self.by_subject.get(subject).map_or(&[][..], Vec::as_slice);
        if ids.len() < self.limits.per_subject {
            return Ok(());
        }
        let is_waiting = |id: &&SessionId| {
            let entry = self.entries.get(id);
            entry.is_some_and(|entry| !entry.record.is_attached())
        };
        let oldest = ids.iter().find(is_waiting).copied();
        let oldest = oldest.ok_or(SessionErrorKind::FullForSubject)?;
        self.close(oldest, CloseReason::Displaced, deferred);
        Ok(())
    }

    pub(super) fn make_room(
        &mut self,
        now: SteadyTime,
        deferred: &mut Deferred,
    ) -> Result<(), SessionErrorKind> {
        if self.entries.len() < self.limits.in_all {
            return Ok(());
        }
        self.expire_all(now, deferred);
        while self.entries.len() >= self.limits.in_all {
            let oldest = self.closed.pop_front().ok_or(SessionErrorKind::Full)?;
            self.forget(oldest);
        }
        Ok(())
    }
}
