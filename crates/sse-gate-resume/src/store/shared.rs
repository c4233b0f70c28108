//! A store of sessions chosen at run time: [`SharedSessions`].

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Subject, TokenKey};

use super::{Reopened, SessionFilter, SessionStore, StepOutcome};
use crate::id::SessionId;
use crate::log::ReadLog;
use crate::node::Fence;
use crate::session::{
    Binding, CloseReason, Delivered, Record, SessionEpoch, SessionError, ShownId,
};

/// Any [`SessionStore`] behind one type. Clones share the store.
///
/// ```
/// use sse_gate_core::SystemEntropy;
/// use sse_gate_resume::backend::SharedSessions;
/// use sse_gate_resume::{MemorySessions, ResumeKeys, Sessions};
///
/// // Which store it is, is read from the configuration.
/// let store = SharedSessions::new(MemorySessions::default());
/// let sessions = Sessions::new(store.clone(), ResumeKeys::generate(&SystemEntropy)?);
/// # let _ = sessions;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SharedSessions(Arc<dyn ErasedSessions>);

impl SharedSessions {
    /// Wraps a store of any type.
    pub fn new(store: impl SessionStore) -> Self {
        Self(Arc::new(store))
    }
}

impl fmt::Debug for SharedSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedSessions").field(&self.0).finish()
    }
}

impl SessionStore for SharedSessions {
    fn open(
        &self,
        id: SessionId,
        record: Record,
        log: Arc<dyn ReadLog>,
        owns_log: bool,
    ) -> impl Future<Output = Result<Fence, SessionError>> + Send {
        self.0.open(id, record, log, owns_log)
    }

    fn epoch(&self) -> impl Future<Output = Result<SessionEpoch, SessionError>> + Send {
        self.0.epoch()
    }

    fn find(
        &self,
        id: SessionId,
    ) -> impl Future<Output = Result<Option<Arc<Binding>>, SessionError>> + Send {
        self.0.find(id)
    }

    fn redeem(
        &self,
        id: SessionId,
        shown: ShownId,
    ) -> impl Future<Output = Result<StepOutcome, SessionError>> + Send {
        self.0.redeem(id, shown)
    }

    fn reopen(
        &self,
        token: TokenKey,
        window: Duration,
    ) -> impl Future<Output = Result<Option<Reopened>, SessionError>> + Send {
        self.0.reopen(token, window)
    }

    fn release(&self, id: SessionId, generation: u64, delivered: Delivered) {
        self.0.release(id, generation, delivered);
    }

    fn confirm(&self, id: SessionId, generation: u64) {
        self.0.confirm(id, generation);
    }

    fn close(
        &self,
        whose: SessionFilter,
        reason: CloseReason,
    ) -> impl Future<Output = Result<usize, SessionError>> + Send {
        self.0.close(whose, reason)
    }

    fn stop(
        &self,
        token: TokenKey,
        subject: Subject,
    ) -> impl Future<Output = Result<bool, SessionError>> + Send {
        self.0.stop(token, subject)
    }

    fn sweep(&self) {
        self.0.sweep();
    }
}

type Answer<'s, T> = Pin<Box<dyn Future<Output = Result<T, SessionError>> + Send + 's>>;

/// A copy of [`SessionStore`] that trait objects can implement. It is private, so that no call is
/// ambiguous.
trait ErasedSessions: fmt::Debug + Send + Sync {
    fn open(
        &self,
        id: SessionId,
        record: Record,
        log: Arc<dyn ReadLog>,
        owns_log: bool,
    ) -> Answer<'_, Fence>;
    fn epoch(&self) -> Answer<'_, SessionEpoch>;
    fn find(&self, id: SessionId) -> Answer<'_, Option<Arc<Binding>>>;
    fn redeem(&self, id: SessionId, shown: ShownId) -> Answer<'_, StepOutcome>;
    fn reopen(&self, token: TokenKey, window: Duration) -> Answer<'_, Option<Reopened>>;
    fn release(&self, id: SessionId, generation: u64, delivered: Delivered);
    fn confirm(&self, id: SessionId, generation: u64);
    fn close(&self, whose: SessionFilter, reason: CloseReason) -> Answer<'_, usize>;
    fn stop(&self, token: TokenKey, subject: Subject) -> Answer<'_, bool>;
    fn sweep(&self);
}

impl<S: SessionStore> ErasedSessions for S {
    fn open(
        &self,
        id: SessionId,
        record: Record,
        log: Arc<dyn ReadLog>,
        owns_log: bool,
    ) -> Answer<'_, Fence> {
        Box::pin(SessionStore::open(self, id, record, log, owns_log))
    }

    fn epoch(&self) -> Answer<'_, SessionEpoch> {
        Box::pin(SessionStore::epoch(self))
    }

    fn find(&self, id: SessionId) -> Answer<'_, Option<Arc<Binding>>> {
        Box::pin(SessionStore::find(self, id))
    }

    fn redeem(&self, id: SessionId, shown: ShownId) -> Answer<'_, StepOutcome> {
        Box::pin(SessionStore::redeem(self, id, shown))
    }

    fn reopen(&self, token: TokenKey, window: Duration) -> Answer<'_, Option<Reopened>> {
        Box::pin(SessionStore::reopen(self, token, window))
    }

    fn release(&self, id: SessionId, generation: u64, delivered: Delivered) {
        SessionStore::release(self, id, generation, delivered);
    }

    fn confirm(&self, id: SessionId, generation: u64) {
        SessionStore::confirm(self, id, generation);
    }

    fn close(&self, whose: SessionFilter, reason: CloseReason) -> Answer<'_, usize> {
        Box::pin(SessionStore::close(self, whose, reason))
    }

    fn stop(&self, token: TokenKey, subject: Subject) -> Answer<'_, bool> {
        Box::pin(SessionStore::stop(self, token, subject))
    }

    fn sweep(&self) {
        SessionStore::sweep(self);
    }
}
