//! The simplest store that keeps all laws, with several nodes, unless it has a [`Flaw`].

use std::collections::{HashMap, VecDeque};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sse_gate_core::{Clock, Epoch, ManualClock, SteadyTime, Subject, Withdrawals};
use sse_gate_resume::SessionLimits;
use sse_gate_resume::backend::{
    Bus, Due, MemoryBus, Moment, NodeId, Notice, Record, SessionEpoch, SessionId, SessionKey,
    SessionStore, StoredSession,
};
use sse_gate_resume::error::{SessionError, SessionErrorKind};

use super::flaw::Flaw;
use crate::broken::dawdle;

/// One node's handle of the store.
#[derive(Debug)]
pub(crate) struct Naive {
    flaw: Flaw,
    clock: ManualClock,
    limits: SessionLimits,
    node: NodeId,
    shared: Arc<Mutex<Shared>>,
    pub(crate) bus: MemoryBus,
}

#[derive(Debug, Default)]
struct Shared {
    /// In the order in which they were opened.
    kept: Vec<Kept>,
    /// How many were closed.
    closings: u64,
    revocations: Withdrawals,
    /// The last subjects that were revoked.
    last: VecDeque<Subject>,
    nodes: u8,
    /// When nodes that died were last seen.
    left: HashMap<NodeId, SteadyTime>,
}

#[derive(Debug)]
struct Kept {
    id: SessionId,
    record: Record,
    version: u64,
    /// The number of its closing.
    closed: Option<u64>,
    first_end: SteadyTime,
}

impl Kept {
    fn new(id: SessionId, record: Record) -> Self {
        Self {
            id,
            first_end: record.ends_at(),
            record,
            version: 0,
            closed: None,
        }
    }

    fn subject(&self) -> &Subject {
        self.record.binding().grant.subject()
    }
}

impl Naive {
    /// The first node of a new store.
    pub(crate) fn new(flaw: Flaw, clock: ManualClock, limits: SessionLimits) -> Self {
        let first = Self {
            flaw,
            clock,
            limits,
            node: NodeId::NONE,
            shared: Arc::default(),
            bus: MemoryBus::default(),
        };
        first.other_node()
    }

    /// Another node of the same store.
    pub(crate) fn other_node(&self) -> Self {
        let mut shared = self.shared();
        shared.nodes += 1;
        Self {
            flaw: self.flaw,
            clock: self.clock.clone(),
            limits: self.limits,
            node: NodeId::from_bytes([shared.nodes; 8]),
            shared: Arc::clone(&self.shared),
            bus: self.bus.clone(),
        }
    }

    /// This node is gone.
    pub(crate) fn die(self) {
        let now = self.now();
        self.shared().left.insert(self.node, now);
    }

    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> SteadyTime {
        if self.is(Flaw::GoesByTheWall) {
            return SteadyTime::from_millis(self.clock.now().as_unix_millis());
        }
        self.clock.steady()
    }

    fn is_revoked(&self, shared: &Shared, record: &Record) -> bool {
        let binding = record.binding();
        let subject = binding.grant.subject();
        let epoch = Epoch::from_u64(binding.arrival_epoch.as_u64());
        let present = shared.revocations.epoch();
        let is_marked = shared
            .revocations
            .has_marked(subject.as_str().as_bytes(), epoch);
        match self.flaw {
            Flaw::ComparesNoEpochs => false,
            Flaw::ComparesNoSubjects => epoch != present,
            Flaw::ForgetsRevocations => {
                is_marked && (epoch > present || shared.last.contains(subject))
            }
            Flaw::BelievesAnyEpoch => is_marked && epoch <= present,
            _ => is_marked,
        }
    }

    fn exists(&self, shared: &Shared, id: SessionId, record: &Record) -> bool {
        let token = record.binding().token;
        shared.kept.iter().any(|kept| {
            let is_of_name = kept.id == id && !self.is(Flaw::Overwrites);
            let is_of_token =
                kept.record.binding().token == token && !self.is(Flaw::ComparesNoTokens);
            is_of_name || is_of_token
        })
    }

    fn is_full_for(&self, shared: &Shared, subject: &Subject) -> bool {
        let counts = |kept: &&Kept| {
            kept.subject() == subject && (kept.closed.is_none() || self.is(Flaw::CountsTheClosed))
        };
        let count = shared.kept.iter().filter(counts).count();
        count >= self.limits.max_per_subject() && !self.is(Flaw::CountsNoSubjects)
    }

    /// Makes room for one more. Returns whether there is.
    fn make_room(&self, shared: &mut Shared) -> bool {
        while shared.kept.len() >= self.limits.max() {
            let closed = shared.kept.iter().enumerate();
            let mut closed = closed.filter(|(_, kept)| kept.closed.is_some());
            let first = match self.flaw {
                Flaw::EvictsTheOpen => Some(0),
                Flaw::ForgetsTheOldest => closed.next().map(|(place, _)| place),
                _ => closed
                    .min_by_key(|(_, kept)| kept.closed)
                    .map(|(place, _)| place),
            };
            let Some(first) = first else {
                return false;
            };
            shared.kept.remove(first);
        }
        true
    }

    /// Refuses a session that can't be created. A store that has looked already does not look again.
    fn check(
        &self,
        shared: &mut Shared,
        id: SessionId,
        record: &Record,
        has_looked: bool,
    ) -> Result<(), SessionErrorKind> {
        let looks = |flaw| !has_looked || self.flaw != flaw;
        if looks(Flaw::ComparesThenCreates) && self.is_revoked(shared, record) {
            return Err(SessionErrorKind::Revoked);
        }
        if looks(Flaw::LooksThenCreates) && self.exists(shared, id, record) {
            return Err(SessionErrorKind::Exists);
        }
        if !looks(Flaw::CountsThenCreates) {
            return Ok(());
        }
        if self.is_full_for(shared, record.binding().grant.subject()) {
            return Err(SessionErrorKind::FullForSubject);
        }
        if !self.make_room(shared) {
            return Err(SessionErrorKind::Full);
        }
        Ok(())
    }

    fn create_now(&self, id: SessionId, record: Record) -> Result<(), SessionErrorKind> {
        let mut shared = self.shared();
        self.check(&mut shared, id, &record, false)?;
        if matches!(
            self.flaw,
            Flaw::ComparesThenCreates | Flaw::LooksThenCreates | Flaw::CountsThenCreates
        ) {
            drop(shared);
            dawdle();
            shared = self.shared();
            self.check(&mut shared, id, &record, true)?;
        }
        shared.kept.retain(|kept| kept.id != id);
        shared.kept.push(Kept::new(id, record));
        Ok(())
    }

    /// Tells the nodes what a step changes that replaces this record.
    fn announce(&self, id: SessionId, before: &Record, after: &Record) {
        let is_news =
            before.generation() != after.generation() || before.closed() != after.closed();
        if is_news && !self.is(Flaw::AnnouncesNothing) {
            let notice = Notice::of_session(id, after);
            pollster::block_on(self.bus.publish(notice)).unwrap();
        }
    }

    fn swap_now(&self, id: SessionId, version: u64, record: Record) -> bool {
        let is_current = |kept: &Kept| kept.version == version || self.is(Flaw::IgnoresVersions);
        let mut shared = self.shared();
        let Some(kept) = shared.kept.iter().find(|kept| kept.id == id) else {
            if self.is(Flaw::CreatesBySwap) {
                shared.kept.push(Kept::new(id, record));
            }
            return false;
        };
        if !is_current(kept) {
            let stale = match record.closed() {
                None => Flaw::AnnouncesStaleSteps,
                Some(_) => Flaw::AnnouncesStaleCloses,
            };
            if self.is(stale) {
                self.announce(id, &kept.record, &record);
            }
            return false;
        }
        if self.is(Flaw::AnnouncesEarly) {
            self.announce(id, &kept.record, &record);
        }
        if matches!(self.flaw, Flaw::ComparesThenSwaps | Flaw::AnnouncesEarly) {
            drop(shared);
            dawdle();
            shared = self.shared();
        }
        shared.closings += 1;
        let number = shared.closings;
        let Some(kept) = shared.kept.iter_mut().find(|kept| kept.id == id) else {
            return false;
        };
        if !is_current(kept) && !self.is(Flaw::ComparesThenSwaps) {
            return false;
        }
        kept.version += 1;
        if self.is(Flaw::ReusesVersions) {
            kept.version %= 10;
        }
        if record.closed().is_some() {
            kept.closed.get_or_insert(number);
        }
        let before = mem::replace(&mut kept.record, record);
        if !self.is(Flaw::AnnouncesEarly) {
            self.announce(id, &before, &kept.record);
        }
        true
    }

    fn load_now(&self, key: SessionKey) -> Option<StoredSession> {
        let now = self.now();
        let shared = self.shared();
        let is_it = |kept: &&Kept| match key {
            SessionKey::Id(id) => kept.id == id,
            SessionKey::Token(token) => kept.record.binding().token == token,
        };
        let found = shared.kept.iter().find(is_it);
        let any = self.is(Flaw::GivesAnySession) && matches!(key, SessionKey::Token(_));
        let kept = found.or_else(|| shared.kept.first().filter(|_| any))?;
        let mut record = kept.record.clone();
        if self.is(Flaw::ForgetsFields) && record.ended_log().is_some() {
            record.serve_from(NodeId::NONE);
        }
        let left_at = shared.left.get(&record.node()).copied();
        Some(StoredSession {
            id: kept.id,
            node_left_at: left_at.filter(|_| !self.is(Flaw::MissesNoNode)),
            record,
            version: kept.version,
            now,
            is_recalled: false,
        })
    }

    fn waiting_now(&self, subject: &Subject, limit: usize) -> Vec<SessionId> {
        let shared = self.shared();
        let waits = |kept: &&Kept| {
            let has_node =
                self.is(Flaw::MissesNoNode) || !shared.left.contains_key(&kept.record.node());
            let is_attached = kept.record.is_attached() && has_node;
            kept.subject() == subject
                && kept.closed.is_none()
                && (!is_attached || self.is(Flaw::ListsTheAttached))
        };
        let mut waiting: Vec<_> = shared.kept.iter().filter(waits).collect();
        if self.is(Flaw::ListsTheNewestFirst) {
            waiting.reverse();
        }
        waiting.iter().take(limit).map(|kept| kept.id).collect()
    }

    fn due_now(&self, limit: usize) -> Due {
        let now = self.now();
        let early = match self.flaw {
            Flaw::IsEarly => now.saturating_add(Duration::from_millis(10)),
            _ => now,
        };
        let mut shared = self.shared();
        let is_forgotten = |kept: &Kept| match self.flaw {
            Flaw::NeverForgets => false,
            Flaw::ForgetsTheClosed => kept.closed.is_some(),
            _ => kept.closed.is_some() && kept.record.ends_at().has_passed(now),
        };
        let mut forgotten = 0;
        shared.kept.retain(|kept| {
            let goes = forgotten < limit && is_forgotten(kept);
            forgotten += usize::from(goes);
            !goes
        });
        let end = |kept: &Kept| match self.flaw {
            Flaw::FilesTheFirstEnd => kept.first_end,
            _ => kept.record.ends_at(),
        };
        let is_due = |kept: &&Kept| kept.closed.is_none() && end(kept).has_passed(early);
        let mut due: Vec<_> = shared.kept.iter().filter(is_due).collect();
        if !self.is(Flaw::ListsTheFirstOpened) {
            due.sort_by_key(|kept| end(kept));
        }
        Due {
            sessions: due.iter().take(limit).map(|kept| kept.id).collect(),
            has_more: !due.is_empty() || shared.kept.iter().any(is_forgotten),
        }
    }

    fn revoke_now(&self, subject: &Subject) -> Vec<SessionId> {
        let mut shared = self.shared();
        shared.revocations.mark(subject.as_str().as_bytes());
        shared.last.push_front(subject.clone());
        shared.last.truncate(1_000);
        let lists = |kept: &&Kept| kept.subject() == subject && kept.closed.is_none();
        let listed = shared.kept.iter().filter(lists).map(|kept| kept.id);
        match self.flaw {
            Flaw::ListsSomeOfMany => listed.take(32).collect(),
            _ => listed.collect(),
        }
    }
}

impl SessionStore for Naive {
    fn node(&self) -> NodeId {
        self.node
    }

    async fn moment(&self) -> Result<Moment, SessionError> {
        Ok(Moment {
            epoch: SessionEpoch::from_u64(self.shared().revocations.epoch().as_u64()),
            now: self.now(),
            due: Vec::new(),
        })
    }

    async fn create(&self, id: SessionId, record: Record) -> Result<(), SessionError> {
        Ok(self.create_now(id, record)?)
    }

    async fn load(&self, key: SessionKey) -> Result<Option<StoredSession>, SessionError> {
        Ok(self.load_now(key))
    }

    async fn swap(&self, from: &StoredSession, record: Record) -> Result<bool, SessionError> {
        Ok(self.swap_now(from.id, from.version, record))
    }

    async fn waiting(
        &self,
        subject: Subject,
        limit: usize,
    ) -> Result<Vec<SessionId>, SessionError> {
        Ok(self.waiting_now(&subject, limit))
    }

    async fn due(&self, limit: usize) -> Result<Due, SessionError> {
        Ok(self.due_now(limit))
    }

    async fn revoke(&self, subject: Subject) -> Result<Vec<SessionId>, SessionError> {
        Ok(self.revoke_now(&subject))
    }
}
