//! A store that the test looks into while sessions use it: [`StoreHandle`].

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sse_gate_core::Subject;
use sse_gate_resume::MemorySessions;
use sse_gate_resume::backend::{
    Due, Moment, NodeId, Record, SessionId, SessionKey, SessionStore, StoredSession,
};
use sse_gate_resume::error::SessionError;

/// A handle of the store in memory, which can lose what it has. Clones are of the same store.
#[derive(Clone, Debug)]
pub(crate) struct StoreHandle {
    inner: MemorySessions,
    is_lost: Arc<AtomicBool>,
}

impl StoreHandle {
    pub(crate) fn new(store: MemorySessions) -> Self {
        Self {
            inner: store,
            is_lost: Arc::default(),
        }
    }

    /// The store has lost all sessions.
    pub(crate) fn lose(&self) {
        self.is_lost.store(true, Ordering::Relaxed);
    }
}

impl Deref for StoreHandle {
    type Target = MemorySessions;

    fn deref(&self) -> &MemorySessions {
        &self.inner
    }
}

impl SessionStore for StoreHandle {
    fn node(&self) -> NodeId {
        self.inner.node()
    }

    async fn moment(&self) -> Result<Moment, SessionError> {
        self.inner.moment().await
    }

    async fn create(&self, id: SessionId, record: Record) -> Result<(), SessionError> {
        self.inner.create(id, record).await
    }

    async fn load(&self, key: SessionKey) -> Result<Option<StoredSession>, SessionError> {
        if self.is_lost.load(Ordering::Relaxed) {
            return Ok(None);
        }
        self.inner.load(key).await
    }

    async fn swap(
        &self,
        id: SessionId,
        version: u64,
        record: Record,
    ) -> Result<bool, SessionError> {
        self.inner.swap(id, version, record).await
    }

    async fn waiting(
        &self,
        subject: Subject,
        limit: usize,
    ) -> Result<Vec<SessionId>, SessionError> {
        self.inner.waiting(subject, limit).await
    }

    async fn due(&self, limit: usize) -> Result<Due, SessionError> {
        self.inner.due(limit).await
    }

    async fn revoke(&self, subject: Subject) -> Result<Vec<SessionId>, SessionError> {
        self.inner.revoke(subject).await
    }
}
