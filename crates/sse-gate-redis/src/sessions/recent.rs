//! The sessions that this node has changed last: [`Recent`].

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use lru::LruCache;
use sse_gate_core::SteadyTime;
use sse_gate_resume::backend::{Record, SessionId};

/// So many sessions are kept in mind.
const MAX: usize = 8_192;

/// A session with a longer payload is not kept in mind, in bytes.
const MAX_PAYLOAD: usize = 1_024;

/// Sessions as this node has swapped them in. Each was the server's at that time, and may be old.
///
/// A step on one saves a round trip. It counts only if the version is still the server's, and if the server's time is
/// what this node takes it for.
pub(crate) struct Recent(Mutex<LruCache<SessionId, RecentSession>>);

/// A session as it was swapped in.
#[derive(Clone, Debug)]
pub(crate) struct RecentSession {
    pub(crate) version: u64,
    pub(crate) record: Record,
    /// The server's time when it was swapped in.
    told: SteadyTime,
    /// When the answer came. It is later than `told`, so [`now`](Self::now) is never ahead of the server.
    heard: Instant,
}

impl RecentSession {
    pub(crate) fn new(version: u64, record: Record, told: SteadyTime) -> Self {
        Self {
            version,
            record,
            told,
            heard: Instant::now(),
        }
    }

    /// What the server's time is now, if this node's clock has run all the time. It stands still while a machine sleeps.
    pub(crate) fn now(&self) -> SteadyTime {
        self.told.saturating_add(self.heard.elapsed())
    }
}

impl Recent {
    /// Keeps a session in mind. One that is closed is of no more use.
    pub(crate) fn keep(&self, id: SessionId, session: RecentSession) {
        let record = &session.record;
        let is_small = record.binding().grant.payload_len() <= MAX_PAYLOAD;
        if record.closed().is_none() && is_small {
            let mut sessions = self.lock();
            sessions.put(id, session);
            if sessions.len() > MAX {
                sessions.pop_lru();
            }
        }
    }

    /// A session, if it is in mind.
    pub(crate) fn get(&self, id: SessionId) -> Option<RecentSession> {
        self.lock().get(&id).cloned()
    }

    /// Forgets a session.
    pub(crate) fn forget(&self, id: SessionId) {
        self.lock().pop(&id);
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<SessionId, RecentSession>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Recent {
    fn default() -> Self {
        Self(Mutex::new(LruCache::unbounded()))
    }
}

impl fmt::Debug for Recent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recent").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate, TokenKey};
    use sse_gate_resume::ResumePolicy;
    use sse_gate_resume::backend::{Binding, LogEpoch, LogName, SessionEpoch};

    use super::*;

    fn id(number: usize) -> SessionId {
        let number = u128::try_from(number).unwrap();
        SessionId::from_bytes(number.to_be_bytes())
    }

    async fn session() -> RecentSession {
        let alice = Subject::new("alice").unwrap();
        let request = GrantRequest::new(alice, Resource::new(["chat"]).unwrap());
        let grant = TokenGate::new(MemoryStore::default()).grant(request).await;
        let now = SteadyTime::from_millis(5);
        let record = Record::new(Arc::new(Binding {
            token: TokenKey::from_bytes([1; 32]),
            grant: grant.unwrap(),
            salt: [2; 32],
            log_name: LogName::new("answer").unwrap(),
            log_epoch: LogEpoch::from_bytes([3; 8]),
            owns_log: true,
            base: 0,
            start_after: 0,
            arrival_epoch: SessionEpoch::ZERO,
            arrived_at: now,
            ends_at: now,
            policy: ResumePolicy::default(),
        }));
        RecentSession::new(0, record, now)
    }

    /// The one that was not used for the longest time is forgotten.
    #[tokio::test]
    async fn so_many_sessions_are_kept_in_mind() {
        let (recent, session) = (Recent::default(), session().await);
        for number in 0..MAX {
            recent.keep(id(number), session.clone());
        }
        assert!(recent.get(id(0)).is_some(), "there is room for all");
        recent.keep(id(MAX), session);
        let forgotten: Vec<_> = (0..=MAX)
            .filter(|number| recent.get(id(*number)).is_none())
            .collect();
        assert_eq!(forgotten, [1], "the first one was used");
    }
}
