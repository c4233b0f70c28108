use std::sync::atomic::{AtomicU64, Ordering};

use sse_gate::core::Subject;
use sse_gate::sessions::backend::{
    Due, Moment, NodeId, Record, SessionId, SessionKey, SessionStore, StoredSession,
};
use sse_gate::sessions::error::SessionError;

/// Counts how often two requests have met at one session, and one had to look again.
#[derive(Debug, Default)]
pub struct Contended<S> {
    /// The store that keeps the sessions.
    pub inner: S,
    /// How many swaps did not count.
    pub lost_swaps: AtomicU64,
}

impl<S: SessionStore> SessionStore for Contended<S> {
    async fn swap(&self, from: &StoredSession, to: Record) -> Result<bool, SessionError> {
        let counts = self.inner.swap(from, to).await?;
        if !counts {
            self.lost_swaps.fetch_add(1, Ordering::Relaxed);
        }
        Ok(counts)
    }

    // All other operations are the inner store's. So is the node's name.
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
        self.inner.load(key).await
    }

    fn recall(&self, id: SessionId) -> Option<StoredSession> {
        self.inner.recall(id)
    }

    async fn waiting(&self, of: Subject, limit: usize) -> Result<Vec<SessionId>, SessionError> {
        self.inner.waiting(of, limit).await
    }

    async fn due(&self, limit: usize) -> Result<Due, SessionError> {
        self.inner.due(limit).await
    }

    async fn revoke(&self, subject: Subject) -> Result<Vec<SessionId>, SessionError> {
        self.inner.revoke(subject).await
    }
}
