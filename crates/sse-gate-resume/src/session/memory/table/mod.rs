//! The sessions and their indices: [`Table`].

mod room;
mod slot;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{SteadyTime, Subject, TokenKey, Withdrawals};

use slot::{Live, Slot};

use super::{Aftermath, SessionLimits};
use crate::id::SessionId;
use crate::log::{LogEpoch, ReadLog, StopReason};
use crate::session::{
    Binding, CloseReason, Cut, Delivered, Fence, Outcome, Presented, Record, Redeemed, Reopened,
    SessionEpoch, SessionErrorKind, Whom,
};

/// All sessions, found by id, by token and by subject, in the order in which they end.
pub(super) struct Table {
    limits: SessionLimits,
    slots: HashMap<SessionId, Slot>,
    by_token: HashMap<TokenKey, SessionId>,
    /// Those that are not closed, the oldest first.
    by_subject: HashMap<Subject, Vec<SessionId>>,
    /// How their logs are read.
    logs: HashMap<LogEpoch, Readership>,
    ends: BTreeSet<(SteadyTime, SessionId)>,
    /// Those that are, in the order in which they were; some may be forgotten.
    closed: VecDeque<SessionId>,
    open: usize,
    /// Whose sessions were revoked.
    revocations: Withdrawals,
}

/// How a log is read.
#[derive(Default)]
struct Readership {
    /// How many sessions read it that are not over.
    sessions: usize,
    /// Whether it is a session's own.
    is_owned: bool,
}

impl Table {
    pub(super) fn new(limits: SessionLimits) -> Self {
        Self {
            limits,
            slots: HashMap::new(),
            by_token: HashMap::new(),
            by_subject: HashMap::new(),
            logs: HashMap::new(),
            ends: BTreeSet::new(),
            closed: VecDeque::new(),
            open: 0,
            revocations: Withdrawals::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn open(&self) -> usize {
        self.open
    }

    pub(super) fn epoch(&self) -> SessionEpoch {
        SessionEpoch::new(self.revocations.epoch())
    }

    pub(super) fn binding(&self, id: SessionId) -> Option<Arc<Binding>> {
        Some(Arc::clone(self.slots.get(&id)?.record.binding()))
    }

    pub(super) fn open_new(
        &mut self,
        id: SessionId,
        record: Record,
        log: Arc<dyn ReadLog>,
        owns_log: bool,
        now: SteadyTime,
        aftermath: &mut Aftermath,
    ) -> Result<Fence, SessionErrorKind> {
        let binding = Arc::clone(record.binding());
        let (subject, epoch) = (binding.grant.subject().as_str(), binding.shown_in.get());
        if self.revocations.has_marked(subject.as_bytes(), epoch) {
            return Err(SessionErrorKind::Revoked);
        }
        if self.slots.contains_key(&id) || self.by_token.contains_key(&binding.token) {
            return Err(SessionErrorKind::Exists);
        }
        self.make_room_for(binding.grant.subject(), aftermath)?;
        self.make_room(now, aftermath)?;
        let fence = Fence::new();
        let ends_at = record.ends_at();
        let readership = self.logs.entry(binding.epoch).or_default();
        readership.sessions += 1;
        readership.is_owned |= owns_log;
        let live = Live {
            log,
            owns_log,
            fence: fence.clone(),
        };
        self.open += 1;
        self.ends.insert((ends_at, id));
        self.by_token.insert(binding.token, id);
        self.by_subject
            .entry(binding.grant.subject().clone())
            .or_default()
            .push(id);
        let slot = Slot {
            record,
            ends_at,
            live: Some(live),
        };
        self.slots.insert(id, slot);
        Ok(fence)
    }

    pub(super) fn redeem(
        &mut self,
        id: SessionId,
        shown: &Presented,
        now: SteadyTime,
        aftermath: &mut Aftermath,
    ) -> Redeemed {
        let Some(slot) = self.slots.get_mut(&id) else {
            return Redeemed::Unknown;
        };
        let outcome = slot.record.redeem(shown, &slot.bounds(), now);
        let redeemed = match outcome {
            Outcome::Gone(gone) => Redeemed::Gone(gone),
            Outcome::Refused(refused) => Redeemed::Refused(refused),
            Outcome::TooSoon => Redeemed::TooSoon,
            Outcome::Resumed { generation, again } => match slot.replace(aftermath) {
                Some(found) => Redeemed::Resumed {
                    found,
                    generation,
                    again,
                },
                None => Redeemed::Unknown,
            },
        };
        self.settle(id, aftermath);
        redeemed
    }

    pub(super) fn reopen(
        &mut self,
        token: TokenKey,
        window: Duration,
        now: SteadyTime,
        aftermath: &mut Aftermath,
    ) -> Option<Reopened> {
        let id = *self.by_token.get(&token)?;
        let slot = self.slots.get_mut(&id)?;
        let reopened = if slot.record.reopen(window, now) {
            let generation = slot.record.generation();
            slot.replace(aftermath).map(|found| Reopened {
                id,
                generation,
                found,
            })
        } else {
            None
        };
        self.settle(id, aftermath);
        reopened
    }

    pub(super) fn release(
        &mut self,
        id: SessionId,
        generation: u64,
        delivered: Delivered,
        now: SteadyTime,
    ) {
        if let Some(slot) = self.slots.get_mut(&id) {
            slot.record.release(generation, delivered, now);
            self.refile(id);
        }
    }

    pub(super) fn confirm(&mut self, id: SessionId, generation: u64) {
        if let Some(slot) = self.slots.get_mut(&id) {
            slot.record.confirm(generation);
        }
    }

    pub(super) fn close_all(
        &mut self,
        whose: &Whom,
        reason: CloseReason,
        aftermath: &mut Aftermath,
    ) -> usize {
        let ids = match whose {
            Whom::Session(id) => vec![*id],
            Whom::Token(token) => self.by_token.get(token).copied().into_iter().collect(),
            Whom::Subject(subject) => {
                if reason == CloseReason::Revoked {
                    self.revocations.mark(subject.as_str().as_bytes());
                }
                self.by_subject.get(subject).cloned().unwrap_or_default()
            }
        };
        let closed = ids.into_iter().map(|id| self.close(id, reason, aftermath));
        closed.filter(|was_open| *was_open).count()
    }

    pub(super) fn stop(
        &self,
        token: TokenKey,
        subject: &Subject,
        aftermath: &mut Aftermath,
    ) -> bool {
        let slot = self.by_token.get(&token).and_then(|id| self.slots.get(id));
        let slot = slot.filter(|slot| slot.record.binding().grant.subject() == subject);
        let Some(live) = slot.and_then(|slot| slot.live.as_ref()) else {
            return false;
        };
        if live.owns_log {
            aftermath.stop(Arc::clone(&live.log), StopReason::Requested);
        }
        live.owns_log
    }

    fn close(&mut self, id: SessionId, reason: CloseReason, aftermath: &mut Aftermath) -> bool {
        let slot = self.slots.get_mut(&id);
        let was_open = slot.is_some_and(|slot| slot.record.close(reason));
        if was_open {
            self.settle(id, aftermath);
        }
        was_open
    }

    /// Brings the rest in line with a record that a step has changed.
    fn settle(&mut self, id: SessionId, aftermath: &mut Aftermath) {
        let Some(slot) = self.slots.get_mut(&id) else {
            return;
        };
        if let Some(reason) = slot.record.closed()
            && let Some(live) = slot.live.take()
        {
            let binding = slot.record.binding();
            let (subject, epoch) = (binding.grant.subject().clone(), binding.epoch);
            aftermath.cut(&live.fence, Cut::Closed(reason));
            self.leave_log(epoch, live.log, aftermath);
            self.open -= 1;
            self.closed.push_back(id);
            if let Some(ids) = self.by_subject.get_mut(&subject) {
                ids.retain(|own| *own != id);
                if ids.is_empty() {
                    self.by_subject.remove(&subject);
                }
            }
        }
        self.refile(id);
    }

    /// A session that read this log is over. With the last one, the log is, if it is a session's
    /// own.
    fn leave_log(&mut self, epoch: LogEpoch, log: Arc<dyn ReadLog>, aftermath: &mut Aftermath) {
        if let Some(readership) = self.logs.get_mut(&epoch) {
            readership.sessions -= 1;
            if readership.sessions == 0 {
                if readership.is_owned {
                    aftermath.stop(Arc::clone(&log), StopReason::Closed);
                }
                self.logs.remove(&epoch);
            }
        }
        aftermath.free(log);
    }

    /// Stops the writers of all logs that are sessions' own: the store goes.
    pub(super) fn abandon(&mut self, aftermath: &mut Aftermath) {
        for (_, mut slot) in self.slots.drain() {
            if let Some(live) = slot.live.take()
                && live.owns_log
            {
                aftermath.stop(live.log, StopReason::Closed);
            }
        }
    }

    /// Files a session under when it ends now.
    fn refile(&mut self, id: SessionId) {
        let Some(slot) = self.slots.get_mut(&id) else {
            return;
        };
        let ends_at = slot.record.ends_at();
        if ends_at != slot.ends_at {
            self.ends.remove(&(slot.ends_at, id));
            self.ends.insert((ends_at, id));
            slot.ends_at = ends_at;
        }
    }
}
