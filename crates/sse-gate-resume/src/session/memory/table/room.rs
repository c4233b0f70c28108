//! Room for newcomers: what is over goes, and then, of the newcomer's own, what nobody reads.

use sse_gate_core::{SteadyTime, Subject};

use super::super::aftermath::Aftermath;
use super::Table;
use crate::id::SessionId;
use crate::session::{CloseReason, SessionErrorKind};

/// How many sessions that are over are freed by a step on another.
const EXPIRED_A_STEP: usize = 8;

impl Table {
    /// Ends a few of those whose time is up.
    pub(in super::super) fn expire_some(&mut self, now: SteadyTime, aftermath: &mut Aftermath) {
        for _ in 0..EXPIRED_A_STEP {
            if !self.expire_first(now, aftermath) {
                return;
            }
        }
    }

    /// Ends all of those whose time is up.
    pub(in super::super) fn expire_all(&mut self, now: SteadyTime, aftermath: &mut Aftermath) {
        while self.expire_first(now, aftermath) {}
    }

    fn expire_first(&mut self, now: SteadyTime, aftermath: &mut Aftermath) -> bool {
        let Some((ends_at, id)) = self.ends.first().copied() else {
            return false;
        };
        if !ends_at.has_passed(now) {
            return false;
        }
        let slot = self.slots.get_mut(&id);
        if slot.is_some_and(|slot| slot.record.expire(now)) {
            self.settle(id, aftermath);
        } else {
            // It was over already: now it is forgotten.
            self.forget(id);
        }
        true
    }

    /// Forgets a session that is over.
    fn forget(&mut self, id: SessionId) {
        if let Some(slot) = self.slots.remove(&id) {
            self.ends.remove(&(slot.ends_at, id));
            self.by_token.remove(&slot.record.binding().token);
        }
        // Each pass is paid for by as many sessions as it goes over.
        if self.closed.len() > 2 * self.slots.len() + EXPIRED_A_STEP {
            let slots = &self.slots;
            self.closed.retain(|id| slots.contains_key(id));
        }
    }

    pub(super) fn make_room_for(
        &mut self,
        subject: &Subject,
        aftermath: &mut Aftermath,
    ) -> Result<(), SessionErrorKind> {
        let ids = self.by_subject.get(subject).map_or(&[][..], Vec::as_slice);
        if ids.len() < self.limits.per_subject {
            return Ok(());
        }
        let is_waiting = |id: &&SessionId| {
            let slot = self.slots.get(id);
            slot.is_some_and(|slot| !slot.record.is_attached())
        };
        let oldest = ids.iter().find(is_waiting).copied();
        let oldest = oldest.ok_or(SessionErrorKind::FullForSubject)?;
        self.close(oldest, CloseReason::Displaced, aftermath);
        Ok(())
    }

    pub(super) fn make_room(
        &mut self,
        now: SteadyTime,
        aftermath: &mut Aftermath,
    ) -> Result<(), SessionErrorKind> {
        if self.slots.len() < self.limits.in_all {
            return Ok(());
        }
        self.expire_all(now, aftermath);
        while self.slots.len() >= self.limits.in_all {
            let oldest = self.closed.pop_front().ok_or(SessionErrorKind::Full)?;
            self.forget(oldest);
        }
        Ok(())
    }
}
