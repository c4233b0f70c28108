//! A store that the test looks into while sessions use it: [`StoreHandle`].

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Subject, TokenKey};
use sse_gate_resume::backend::{
    Binding, Delivered, Fence, ReadLog, Record, Reopened, SessionEpoch, SessionFilter, SessionId,
    SessionStore, ShownId, StepOutcome,
};
use sse_gate_resume::error::SessionError;
use sse_gate_resume::{CloseReason, MemorySessions};

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
    async fn open(
        &self,
        id: SessionId,
        record: Record,
        log: Arc<dyn ReadLog>,
        owns_log: bool,
    ) -> Result<Fence, SessionError> {
        self.0.open(id, record, log, owns_log).await
    }

    async fn epoch(&self) -> Result<SessionEpoch, SessionError> {
        self.0.epoch().await
    }

    async fn find(&self, id: SessionId) -> Result<Option<Arc<Binding>>, SessionError> {
        self.0.find(id).await
    }

    async fn redeem(&self, id: SessionId, shown: ShownId) -> Result<StepOutcome, SessionError> {
        self.0.redeem(id, shown).await
    }

    async fn reopen(
        &self,
        token: TokenKey,
        window: Duration,
    ) -> Result<Option<Reopened>, SessionError> {
        self.0.reopen(token, window).await
    }

    fn release(&self, id: SessionId, generation: u64, delivered: Delivered) {
        self.0.release(id, generation, delivered);
    }

    fn confirm(&self, id: SessionId, generation: u64) {
        self.0.confirm(id, generation);
    }

    async fn close(
        &self,
        whose: SessionFilter,
        reason: CloseReason,
    ) -> Result<usize, SessionError> {
        self.0.close(whose, reason).await
    }

    async fn stop(&self, token: TokenKey, subject: Subject) -> Result<bool, SessionError> {
        self.0.stop(token, subject).await
    }

    fn sweep(&self) {
        self.0.sweep();
    }
}
