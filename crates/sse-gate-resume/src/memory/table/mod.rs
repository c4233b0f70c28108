//! The sessions and their indices: [`Table`].

mod by_subject;
mod ends;

use std::collections::HashMap;
use std::mem;

use rustc_hash::FxHashMap;
use sse_gate_core::{SteadyTime, Subject, TokenKey, Withdrawals};

use by_subject::{BySubject, Listing};
use ends::Ends;

use super::SessionLimits;
use crate::id::SessionId;
use crate::room::shrink;
use crate::session::{NodeId, Record, SessionEpoch, SessionErrorKind};
use crate::store::{Due, Notice, SessionKey, StoredSession};

/// All sessions, by name, by token and by subject, and in the order in which they end.
///
/// A step takes no longer because there are many sessions, of one subject or of all: it finds its way
/// in maps, and walks through no list. Names and tokens can't be chosen by clients, so a fast hash is enough for them.
pub(super) struct Table {
    limits: SessionLimits,
    /// In boxes: up to half of a table is free, and a place that is free is small.
    entries: FxHashMap<SessionId, Box<SessionEntry>>,
    by_token: FxHashMap<TokenKey, SessionId>,
    by_subject: BySubject,
    ends: Ends,
    open: usize,
    /// Whose sessions were revoked.
    revocations: Withdrawals,
    /// Nodes that are gone, and when they went.
    gone: HashMap<NodeId, SteadyTime>,
}

/// What came of a swap.
pub(super) enum Swapped {
    /// The record was changed since, or is gone.
    Stale,
    /// It counts, and the other nodes are to be told this, if anything.
    Done(Option<Notice>),
}

/// A session in the table.
struct SessionEntry {
    record: Record,
    version: u64,
    /// When it ends, as it is filed.
    ends_at: SteadyTime,
    /// Where it stands among its subject's, unless it is closed.
    listing: Option<Listing>,
}

impl Table {
    pub(super) fn new(limits: SessionLimits) -> Self {
        Self {
            limits,
            entries: FxHashMap::default(),
            by_token: FxHashMap::default(),
            by_subject: BySubject::default(),
            ends: Ends::default(),
            open: 0,
            revocations: Withdrawals::default(),
            gone: HashMap::new(),
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

    pub(super) fn create(&mut self, id: SessionId, record: Record) -> Result<(), SessionErrorKind> {
        let binding = record.binding();
        let subject = binding.grant.subject();
        let epoch = binding.arrival_epoch.get();
        if self
            .revocations
            .has_marked(subject.as_str().as_bytes(), epoch)
        {
            return Err(SessionErrorKind::Revoked);
        }
        if self.entries.contains_key(&id) || self.by_token.contains_key(&binding.token) {
            return Err(SessionErrorKind::Exists);
        }
        if self.by_subject.of(subject).len() >= self.limits.per_subject {
            return Err(SessionErrorKind::FullForSubject);
        }
        self.make_room()?;
        let (ends_at, is_waiting) = self.standing(&record);
        let mut listing = self.by_subject.add(subject, id);
        self.by_subject.set_waiting(&mut listing, id, is_waiting);
        self.by_token.insert(binding.token, id);
        self.ends.add(id, ends_at);
        self.open += 1;
        let entry = Box::new(SessionEntry {
            record,
            version: 0,
            ends_at,
            listing: Some(listing),
        });
        self.entries.insert(id, entry);
        Ok(())
    }

    pub(super) fn load(&self, key: SessionKey, now: SteadyTime) -> Option<StoredSession> {
        let id = match key {
            SessionKey::Id(id) => id,
            SessionKey::Token(token) => *self.by_token.get(&token)?,
        };
        let entry = self.entries.get(&id)?;
        Some(StoredSession {
            id,
            record: entry.record.clone(),
            version: entry.version,
            now,
            node_left_at: self.left_at(&entry.record),
            is_recalled: false,
        })
    }

    /// Puts a record in the place of the one of this version.
    pub(super) fn swap(&mut self, id: SessionId, version: u64, record: Record) -> Swapped {
        let (ends_at, is_waiting) = self.standing(&record);
        let entry = self.entries.get_mut(&id);
        let Some(entry) = entry.filter(|entry| entry.version == version) else {
            return Swapped::Stale;
        };
        entry.version += 1;
        let before = mem::replace(&mut entry.ends_at, ends_at);
        let replaced = mem::replace(&mut entry.record, record);
        let (was_closed, is_closed) = (replaced.closed(), entry.record.closed());
        let is_news = was_closed != is_closed || replaced.generation() != entry.record.generation();
        let notice = is_news.then(|| Notice::of_session(id, &entry.record));
        if is_closed.is_some() && was_closed.is_none() {
            self.open -= 1;
            self.ends.close(id, before, ends_at);
            self.unlist(id);
        } else if is_closed.is_none() {
            self.ends.refile(id, before, ends_at);
            if let Some(listing) = &mut entry.listing {
                self.by_subject.set_waiting(listing, id, is_waiting);
            }
        }
        Swapped::Done(notice)
    }

    /// A node is gone: the sessions that it served wait for their clients.
    pub(super) fn lose(&mut self, node: NodeId, now: SteadyTime) {
        self.gone.insert(node, now);
        for (id, entry) in &mut self.entries {
            if entry.record.is_attached() && entry.record.node() == node {
                let ends_at = orphaned(&entry.record, now).ends_at();
                self.ends.refile(*id, entry.ends_at, ends_at);
                entry.ends_at = ends_at;
                if let Some(listing) = &mut entry.listing {
                    self.by_subject.set_waiting(listing, *id, true);
                }
            }
        }
    }

    /// When the node of a connection left, if it is gone.
    fn left_at(&self, record: &Record) -> Option<SteadyTime> {
        let left_at = self.gone.get(&record.node()).copied();
        left_at.filter(|_| record.is_attached())
    }

    /// When a session ends, and whether it waits for its client.
    fn standing(&self, record: &Record) -> (SteadyTime, bool) {
        match self.left_at(record) {
            Some(left_at) => (orphaned(record, left_at).ends_at(), true),
            None => (record.ends_at(), !record.is_attached()),
        }
    }

    pub(super) fn waiting(&self, subject: &Subject, limit: usize) -> Vec<SessionId> {
        let waiting = self.by_subject.waiting(subject);
        waiting.take(limit).collect()
    }

    pub(super) fn due(&mut self, limit: usize, now: SteadyTime) -> Due {
        for _ in 0..limit {
            let Some(id) = self.ends.first_forgettable(now) else {
                break;
            };
            self.forget(id);
        }
        let sessions: Vec<_> = self.ends.due(now).take(limit).collect();
        Due {
            has_more: !sessions.is_empty() || self.ends.first_forgettable(now).is_some(),
            sessions,
        }
    }

    pub(super) fn revoke(&mut self, subject: &Subject) -> Vec<SessionId> {
        self.revocations.mark(subject.as_str().as_bytes());
        self.by_subject.of(subject).to_vec()
    }

    /// Forgets closed sessions until there is room for one more.
    fn make_room(&mut self) -> Result<(), SessionErrorKind> {
        while self.entries.len() >= self.limits.in_all {
            let Some(first) = self.ends.first_closed() else {
                return Err(SessionErrorKind::Full);
            };
            self.forget(first);
        }
        Ok(())
    }

    /// Forgets a session that is closed.
    fn forget(&mut self, id: SessionId) {
        if let Some(entry) = self.entries.remove(&id) {
            self.ends.forget(id);
            self.by_token.remove(&entry.record.binding().token);
            shrink(&mut self.entries);
            shrink(&mut self.by_token);
        }
    }

    /// A session is closed: it no longer counts for its subject.
    fn unlist(&mut self, id: SessionId) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        let Some(listing) = entry.listing.take() else {
            return;
        };
        let subject = entry.record.binding().grant.subject();
        let moved = self.by_subject.remove(subject, &listing);
        if let Some(moved) = moved
            && let Some(entry) = self.entries.get_mut(&moved.id)
            && let Some(listing) = &mut entry.listing
        {
            listing.follow(&moved);
        }
    }
}

/// The record of a session whose node is gone.
fn orphaned(record: &Record, left_at: SteadyTime) -> Record {
    let mut record = record.clone();
    record.orphan(left_at);
    record
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use pollster::block_on;
    use sse_gate_core::{GrantRequest, MemoryStore, Resource, TokenGate};

    use super::*;
    use crate::log::{LogEpoch, LogName};
    use crate::session::{Binding, ResumePolicy};

    #[test]
    fn room_is_given_back_when_sessions_are_forgotten() {
        let subject = Subject::new("alice").expect("a good name");
        let resource = Resource::new(["feed"]).expect("a short part");
        let gate = TokenGate::new(MemoryStore::default());
        let grant = block_on(gate.grant(GrantRequest::new(subject, resource))).expect("a grant");
        let binding = Binding {
            token: TokenKey::from_bytes([0; 32]),
            grant,
            salt: [0; 32],
            log_name: LogName::new("log").expect("it is short"),
            log_epoch: LogEpoch::from_bytes([0; 8]),
            owns_log: true,
            base: 0,
            start_after: 0,
            arrival_epoch: SessionEpoch::ZERO,
            arrived_at: SteadyTime::from_millis(0),
            ends_at: SteadyTime::from_millis(1),
            policy: ResumePolicy::default(),
        };
        let limits = SessionLimits::default().with_max_per_subject(10_000);
        let mut table = Table::new(limits.with_max(10_000));
        let ids = (0..10_000_u128).map(u128::to_be_bytes);
        for id in ids.clone() {
            let mut token = [0; 32];
            token[..16].copy_from_slice(&id);
            let binding = Arc::new(Binding {
                token: TokenKey::from_bytes(token),
                ..binding.clone()
            });
            let created = table.create(SessionId::from_bytes(id), Record::new(binding));
            assert!(created.is_ok(), "{created:?}");
        }
        assert!(table.entries.capacity() >= 10_000 && table.by_token.capacity() >= 10_000);
        ids.for_each(|id| table.forget(SessionId::from_bytes(id)));
        assert_eq!((table.len(), table.by_token.len()), (0, 0));
        assert!(table.entries.capacity() <= 128);
        assert!(table.by_token.capacity() <= 128);
    }
}
