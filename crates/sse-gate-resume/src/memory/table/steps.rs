//! The steps on a session that is there: going on with it, leaving it, closing it.

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{SteadyTime, Subject, TokenKey};

use super::super::deferred::Deferred;
use super::Table;
use crate::id::SessionId;
use crate::log::StopReason;
use crate::session::{CloseReason, Delivered, Outcome, ShownId};
use crate::store::{Reopened, SessionFilter, StepOutcome};

impl Table {
    pub(in super::super) fn redeem(
        &mut self,
        id: SessionId,
        shown: &ShownId,
        now: SteadyTime,
        deferred: &mut Deferred,
    ) -> StepOutcome {
        let Some(entry) = self.entries.get_mut(&id) else {
            return StepOutcome::Unknown;
        };
        let outcome = entry.record.redeem(shown, &entry.bounds(), now);
        let redeemed = match outcome {
            Outcome::Gone(gone) => StepOutcome::Gone(gone),
            Outcome::Refused(refused) => StepOutcome::Refused(refused),
            Outcome::TooSoon => StepOutcome::TooSoon,
            Outcome::Resumed { generation, again } => match entry.replace(deferred) {
                Some(found) => StepOutcome::Resumed {
                    found,
                    generation,
                    again,
                },
                None => StepOutcome::Unknown,
            },
        };
        self.settle(id, deferred);
        redeemed
    }

    pub(in super::super) fn reopen(
        &mut self,
        token: TokenKey,
        window: Duration,
        now: SteadyTime,
        deferred: &mut Deferred,
    ) -> Option<Reopened> {
        let id = *self.by_token.get(&token)?;
        let entry = self.entries.get_mut(&id)?;
        let reopened = if entry.record.reopen(window, now) {
            let generation = entry.record.generation();
            entry.replace(deferred).map(|found| Reopened {
                id,
                generation,
                found,
            })
        } else {
            None
        };
        self.settle(id, deferred);
        reopened
    }

    pub(in super::super) fn release(
        &mut self,
        id: SessionId,
        generation: u64,
        delivered: Delivered,
        now: SteadyTime,
    ) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.record.release(generation, delivered, now);
            self.refile(id);
        }
    }

    pub(in super::super) fn confirm(&mut self, id: SessionId, generation: u64) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.record.confirm(generation);
        }
    }

    pub(in super::super) fn close_all(
        &mut self,
        whose: &SessionFilter,
        reason: CloseReason,
        deferred: &mut Deferred,
    ) -> usize {
        let ids = match whose {
            SessionFilter::Session(id) => vec![*id],
            SessionFilter::Token(token) => self.by_token.get(token).copied().into_iter().collect(),
            SessionFilter::Subject(subject) => {
                if reason == CloseReason::Revoked {
                    self.revocations.mark(subject.as_str().as_bytes());
                }
                self.by_subject.of(subject).to_vec()
            }
        };
        let closed = ids.into_iter().map(|id| self.close(id, reason, deferred));
        closed.filter(|was_open| *was_open).count()
    }

    pub(in super::super) fn stop(
        &self,
        token: TokenKey,
        subject: &Subject,
        deferred: &mut Deferred,
    ) -> bool {
        let entry = self
            .by_token
            .get(&token)
            .and_then(|id| self.entries.get(id));
        let entry = entry.filter(|entry| entry.record.binding().grant.subject() == subject);
        let Some(live) = entry.and_then(|entry| entry.live.as_ref()) else {
            return false;
        };
        if live.owns_log {
            deferred.stop(Arc::clone(&live.log), StopReason::Requested);
        }
        live.owns_log
    }

    pub(super) fn close(
        &mut self,
        id: SessionId,
        reason: CloseReason,
        deferred: &mut Deferred,
    ) -> bool {
        let entry = self.entries.get_mut(&id);
        let was_open = entry.is_some_and(|entry| entry.record.close(reason));
        if was_open {
            self.settle(id, deferred);
        }
        was_open
    }
}
