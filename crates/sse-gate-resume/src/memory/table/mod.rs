//! The sessions and their indices: [`Table`].

mod by_subject;
mod entry;
mod room;
mod steps;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use sse_gate_core::{SteadyTime, Subject, TokenKey, Withdrawals};

use by_subject::{BySubject, Listing};
use entry::{Live, SessionEntry};

use super::SessionLimits;
use super::deferred::Deferred;
use crate::id::SessionId;
use crate::log::{LogEpoch, ReadLog, StopReason};
use crate::node::{CutReason, Fence};
use crate::session::{Binding, Record, SessionEpoch, SessionErrorKind};

/// All sessions, by name, by token and by subject, and in the order in which they end.
///
/// A step takes no longer because there are many sessions, of one subject or of all: it finds its way
/// in maps, and walks through no list.
pub(super) struct Table {
    limits: SessionLimits,
    entries: HashMap<SessionId, SessionEntry>,
    by_token: HashMap<TokenKey, SessionId>,
    by_subject: BySubject,
    /// How their logs are read.
    logs: HashMap<LogEpoch, Readership>,
    ends: BTreeSet<(SteadyTime, SessionId)>,
    /// The sessions that are closed and remembered, in the order in which they were closed.
    closed: BTreeMap<u64, SessionId>,
    /// How many sessions were ever closed.
    closings: u64,
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
            by_subject: BySubject::default(),
            logs: HashMap::new(),
            ends: BTreeSet::new(),
            closed: BTreeMap::new(),
            closings: 0,
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
            listing: self.by_subject.add(binding.grant.subject(), id),
        };
        self.open += 1;
        self.ends.insert((ends_at, id));
        self.by_token.insert(binding.token, id);
        let entry = SessionEntry {
            record,
            ends_at,
            closed_as: None,
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
            self.closings += 1;
            entry.closed_as = Some(self.closings);
            self.closed.insert(self.closings, id);
            self.open -= 1;
            let binding = Arc::clone(entry.record.binding());
            deferred.cut(&live.fence, CutReason::Closed(reason));
            self.unlist(binding.grant.subject(), &live.listing);
            self.leave_log(binding.log_epoch, live.log, deferred);
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

    /// A session is over: it no longer counts for its subject.
    fn unlist(&mut self, subject: &Subject, listing: &Listing) {
        let moved = self.by_subject.remove(subject, listing);
        if let Some(moved) = moved
            && let Some(entry) = self.entries.get_mut(&moved.id)
            && let Some(live) = &mut entry.live
        {
            live.listing.follow(&moved);
        }
    }

    /// Files a session under the time at which it ends now, and as waiting or not.
    fn refile(&mut self, id: SessionId) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        let is_waiting = !entry.record.is_attached();
        if let Some(live) = &mut entry.live {
            self.by_subject
                .set_waiting(&mut live.listing, id, is_waiting);
        }
        let ends_at = entry.record.ends_at();
        if ends_at != entry.ends_at {
            self.ends.remove(&(entry.ends_at, id));
            self.ends.insert((ends_at, id));
            entry.ends_at = ends_at;
        }
    }
}
