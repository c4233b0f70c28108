//! Room for new sessions: those that are over go, and then the subject's own without a connection.

use sse_gate_core::{SteadyTime, Subject};

use super::super::deferred::Deferred;
use super::Table;
use crate::id::SessionId;
use crate::session::{CloseReason, SessionErrorKind};

/// How many sessions whose time is up each step on another session ends.
const EXPIRED_A_STEP: usize = 8;

/// How many of them a sweep ends before it lets others use the table.
const EXPIRED_A_SWEEP: usize = 256;

impl Table {
    /// Ends a few of the sessions whose time is up.
    pub(in super::super) fn expire_some(&mut self, now: SteadyTime, deferred: &mut Deferred) {
        let _ = (0..EXPIRED_A_STEP).all(|_| self.expire_first(now, deferred));
    }

    /// Ends many of them. Returns whether there may be more.
    pub(in super::super) fn expire_many(
        &mut self,
        now: SteadyTime,
        deferred: &mut Deferred,
    ) -> bool {
        (0..EXPIRED_A_SWEEP).all(|_| self.expire_first(now, deferred))
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
            if let Some(number) = entry.closed_as {
                self.closed.remove(&number);
            }
        }
    }

    pub(super) fn make_room_for(
        &mut self,
        subject: &Subject,
        deferred: &mut Deferred,
    ) -> Result<(), SessionErrorKind> {
        if self.by_subject.of(subject).len() < self.limits.per_subject {
            return Ok(());
        }
        let oldest = self.by_subject.oldest_waiting(subject);
        let oldest = oldest.ok_or(SessionErrorKind::FullForSubject)?;
        self.close(oldest, CloseReason::Displaced, deferred);
        Ok(())
    }

    pub(super) fn make_room(
        &mut self,
        now: SteadyTime,
        deferred: &mut Deferred,
    ) -> Result<(), SessionErrorKind> {
        while self.entries.len() >= self.limits.in_all {
            if let Some(oldest) = self.closed.values().next().copied() {
                self.forget(oldest);
            } else if !self.expire_first(now, deferred) {
                return Err(SessionErrorKind::Full);
            }
        }
        Ok(())
    }
}
