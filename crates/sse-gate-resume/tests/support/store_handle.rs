//! A store that the test looks into and breaks while sessions use it: [`StoreHandle`].

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sse_gate_core::Subject;
use sse_gate_resume::MemorySessions;
use sse_gate_resume::backend::{
    Due, Moment, NodeId, Record, SessionId, SessionKey, SessionStore, StoredSession,
};
use sse_gate_resume::error::SessionError;

use super::Fates;

/// A handle of the store in memory. Clones are of the same store.
#[derive(Clone, Debug)]
pub(crate) struct StoreHandle {
    inner: MemorySessions,
    pub(crate) fates: Fates,
    /// So many looks find nothing.
    blind_looks: Arc<AtomicUsize>,
}

impl StoreHandle {
    pub(crate) fn new(store: MemorySessions) -> Self {
        Self {
            inner: store,
            fates: Fates::default(),
            blind_looks: Arc::default(),
        }
    }

    /// The store has lost all sessions.
    pub(crate) fn lose(&self) {
        self.blind_looks.store(usize::MAX, Ordering::Relaxed);
    }

    /// The next look finds nothing, as if the session were made just after it.
    pub(crate) fn look_too_early(&self) {
        self.blind_looks.store(1, Ordering::Relaxed);
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
        let work = self.inner.moment();
        self.fates
            .run("moment", work, SessionError::unavailable)
            .await
    }

    async fn create(&self, id: SessionId, record: Record) -> Result<(), SessionError> {
        let work = self.inner.create(id, record);
        self.fates
            .run("create", work, SessionError::unavailable)
            .await
    }

    async fn load(&self, key: SessionKey) -> Result<Option<StoredSession>, SessionError> {
        let blind = &self.blind_looks;
        let one_less = |left: usize| left.checked_sub(1);
        if blind
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less)
            .is_ok()
        {
            return Ok(None);
        }
        let work = self.inner.load(key);
        self.fates
            .run("load", work, SessionError::unavailable)
            .await
    }

    async fn swap(&self, from: &StoredSession, record: Record) -> Result<bool, SessionError> {
        let work = self.inner.swap(from, record);
        self.fates
            .run("swap", work, SessionError::unavailable)
            .await
    }

    async fn waiting(
        &self,
        subject: Subject,
        limit: usize,
    ) -> Result<Vec<SessionId>, SessionError> {
        let work = self.inner.waiting(subject, limit);
        self.fates
            .run("waiting", work, SessionError::unavailable)
            .await
    }

    async fn due(&self, limit: usize) -> Result<Due, SessionError> {
        let work = self.inner.due(limit);
        self.fates.run("due", work, SessionError::unavailable).await
    }

    async fn revoke(&self, subject: Subject) -> Result<Vec<SessionId>, SessionError> {
        let work = self.inner.revoke(subject);
        self.fates
            .run("revoke", work, SessionError::unavailable)
            .await
    }
}
