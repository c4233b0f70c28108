//! A store that the test looks into while sessions use it: [`StoreHandle`].

use std::ops::Deref;
use std::sync::Arc;

use sse_gate_core::Subject;
use sse_gate_resume::MemorySessions;
use sse_gate_resume::backend::{
    Due, Moment, Record, SessionId, SessionKey, SessionStore, StoredSession,
};
use sse_gate_resume::error::SessionError;

/// A handle of the store in memory. Clones are of the same store.
#[derive(Clone, Debug)]
pub(crate) struct StoreHandle(Arc<MemorySessions>);

impl StoreHandle {
    pub(crate) fn new(store: MemorySessions) -> Self {
        Self(Arc::new(store))
    }
}

impl Deref for StoreHandle {
    type Target = MemorySessions;

    fn deref(&self) -> &MemorySessions {
        &self.0
    }
}

impl SessionStore for StoreHandle {
    async fn moment(&self) -> Result<Moment, SessionError> {
        self.0.moment().await
    }

    async fn create(&self, id: SessionId, record: Record) -> Result<(), SessionError> {
        self.0.create(id, record).await
    }

    async fn load(&self, key: SessionKey) -> Result<Option<StoredSession>, SessionError> {
        self.0.load(key).await
    }

    async fn swap(
        &self,
        id: SessionId,
        version: u64,
        record: Record,
    ) -> Result<bool, SessionError> {
        self.0.swap(id, version, record).await
    }

    async fn waiting(
        &self,
        subject: Subject,
        limit: usize,
    ) -> Result<Vec<SessionId>, SessionError> {
        self.0.waiting(subject, limit).await
    }

    async fn due(&self, limit: usize) -> Result<Due, SessionError> {
        self.0.due(limit).await
    }

    async fn revoke(&self, subject: Subject) -> Result<Vec<SessionId>, SessionError> {
        self.0.revoke(subject).await
    }
}
