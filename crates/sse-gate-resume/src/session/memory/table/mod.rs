//! The sessions and their indices: [`Table`].

mod entry;
mod room;
mod steps;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use sse_gate_core::{SteadyTime, Subject, TokenKey, Withdrawals};

use entry::{Live, SessionEntry};

use super::{Deferred, SessionLimits};
use crate::id::SessionId;
use crate::log::{LogEpoch, ReadLog, StopReason};
use crate::session::{Binding, CutReason, Fence, Record, SessionEpoch, SessionErrorKind};

/// All sessions, by name, by token and by subject, and in the order in which they end.
pub(super) struct Table {
    limits: SessionLimits,
    entries: HashMap<SessionId, SessionEntry>,
    by_token: HashMap<TokenKey, SessionId>,
    /// The sessions that are not closed, the oldest first.
    by_subject: HashMap<Subject, Vec<SessionId>>,
    /// How their logs are read.
    logs: HashMap<LogEpoch, Readership>,
    ends: BTreeSet<(SteadyTime, SessionId)>,
    /// The sessions that are closed, in the order in which they were. Some may be forgotten already.
    closed: VecDeque<SessionId>,
    open: usize,
    /// Whose sessions were revoked.
    revocations: Withdrawals,
}

/// How a log is read.
#[derive(Default)]
struct Readership {
    /// How many sessions that are not over read it.
    sessions: usize,
    /// Whether a session owns it.
    is_owned: bool,
}

impl Table {
    pub(super) fn new(limits: SessionLimits) -> Self {
        Self {
            limits,
            entries: HashMap::new(),
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
        self.entries.len()
    }

    pub(super) fn open(&self) -> usize {
        self.open
    }

    pub(super) fn epoch(&self) -> SessionEpoch {
        SessionEpoch::new(self.revocations.epoch())
    }

    pub(super) fn binding(&self, id: SessionId) -> Option<Arc<Binding>> {
        Some(Arc::clone(self.entries.get(&id)?.record.binding()))
    }

    pub(super) fn open_new(
        &mut self,
        id: SessionId,
        record: Record,
        log: Arc<dyn ReadLog>,
        owns_log: bool,
        now: SteadyTime,
        deferred: &mut Deferred,
    ) -> Result<Fence, SessionErrorKind> {
        let binding = Arc::clone(record.binding());
        let (subject, epoch) = (
            binding.grant.subject().as_str(),
            binding.arrival_epoch.get(),
        );
        if self.revocations.has_marked(subject.as_bytes(), epoch) {
            return Err(SessionErrorKind::Revoked);
        }
        if self.entries.contains_key(&id) || self.by_token.contains_key(&binding.token) {
            return Err(SessionErrorKind::Exists);
        }
        self.make_room_for(binding.grant.subject(), deferred)?;
        self.make_room(now, deferred)?;
        let fence = Fence::new();
        let ends_at = record.ends_at();
        let readership = self.logs.entry(binding.log_epoch).or_default();
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
        let entry = SessionEntry {
            record,
            ends_at,
            live: Some(live),
        };
        self.entries.insert(id, entry);
        Ok(fence)
    }

    /// Brings the rest in line with a record that a step has changed.
    fn settle(&mut self, id: SessionId, deferred: &mut Deferred) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        if let Some(reason) = entry.record.closed()
            && let Some(live) = entry.live.take()
        {
            let binding = entry.record.binding();
            let (subject, epoch) = (binding.grant.subject().clone(), binding.log_epoch);
            deferred.cut(&live.fence, CutReason::Closed(reason));
            self.leave_log(epoch, live.log, deferred);
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

    /// A session that read this log is over. If it was the last one, and a session owned the log, the
    /// log is over, too.
    fn leave_log(&mut self, epoch: LogEpoch, log: Arc<dyn ReadLog>, deferred: &mut Deferred) {
        if let Some(readership) = self.logs.get_mut(&epoch) {
            readership.sessions -= 1;
            if readership.sessions == 0 {
                if readership.is_owned {
                    deferred.stop(Arc::clone(&log), StopReason::Closed);
                }
                self.logs.remove(&epoch);
            }
        }
        deferred.free(log);
    }

    /// Stops the writers of all logs that sessions own: the store is dropped.
    pub(super) fn abandon(&mut self, deferred: &mut Deferred) {
        for (_, mut entry) in self.entries.drain() {
            if let Some(live) = entry.live.take()
                && live.owns_log
            {
                deferred.stop(live.log, StopReason::Closed);
            }
        }
    }

    /// Files a session under the time at which it ends now.
    fn refile(&mut self, id: SessionId) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        let ends_at = entry.record.ends_at();
        if ends_at != entry.ends_at {
            self.ends.remove(&(entry.ends_at, id));
            self.ends.insert((ends_at, id));
            entry.ends_at = ends_at;
        }
    }
}
