//! A store of sessions chosen at run time: [`SharedSessions`].

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use sse_gate_core::Subject;

use super::{Due, Moment, SessionKey, SessionStore, StoredSession};
use crate::id::SessionId;
use crate::session::{NodeId, Record, SessionError};

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
    fn node(&self) -> NodeId {
        self.0.node()
    }

    fn moment(&self) -> impl Future<Output = Result<Moment, SessionError>> + Send {
        self.0.moment()
    }

    fn create(
        &self,
        id: SessionId,
        record: Record,
    ) -> impl Future<Output = Result<(), SessionError>> + Send {
        self.0.create(id, record)
    }

    fn load(
        &self,
        key: SessionKey,
    ) -> impl Future<Output = Result<Option<StoredSession>, SessionError>> + Send {
        self.0.load(key)
    }

    fn recall(&self, id: SessionId) -> Option<StoredSession> {
        self.0.recall(id)
    }

    async fn swap(&self, from: &StoredSession, record: Record) -> Result<bool, SessionError> {
        self.0.swap(from, record).await
    }

    fn waiting(
        &self,
        subject: Subject,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<SessionId>, SessionError>> + Send {
        self.0.waiting(subject, limit)
    }

    fn due(&self, limit: usize) -> impl Future<Output = Result<Due, SessionError>> + Send {
        self.0.due(limit)
    }

    fn revoke(
        &self,
        subject: Subject,
    ) -> impl Future<Output = Result<Vec<SessionId>, SessionError>> + Send {
        self.0.revoke(subject)
    }
}

type Answer<'s, T> = Pin<Box<dyn Future<Output = Result<T, SessionError>> + Send + 's>>;

/// A copy of [`SessionStore`] that trait objects can implement. It is private, so that no call is
/// ambiguous.
trait ErasedSessions: fmt::Debug + Send + Sync {
    fn node(&self) -> NodeId;
    fn moment(&self) -> Answer<'_, Moment>;
    fn create(&self, id: SessionId, record: Record) -> Answer<'_, ()>;
    fn load(&self, key: SessionKey) -> Answer<'_, Option<StoredSession>>;
    fn recall(&self, id: SessionId) -> Option<StoredSession>;
    fn swap<'s>(&'s self, from: &'s StoredSession, record: Record) -> Answer<'s, bool>;
    fn waiting(&self, subject: Subject, limit: usize) -> Answer<'_, Vec<SessionId>>;
    fn due(&self, limit: usize) -> Answer<'_, Due>;
    fn revoke(&self, subject: Subject) -> Answer<'_, Vec<SessionId>>;
}

impl<S: SessionStore> ErasedSessions for S {
    fn node(&self) -> NodeId {
        SessionStore::node(self)
    }

    fn moment(&self) -> Answer<'_, Moment> {
        Box::pin(SessionStore::moment(self))
    }

    fn create(&self, id: SessionId, record: Record) -> Answer<'_, ()> {
        Box::pin(SessionStore::create(self, id, record))
    }

    fn load(&self, key: SessionKey) -> Answer<'_, Option<StoredSession>> {
        Box::pin(SessionStore::load(self, key))
    }

    fn recall(&self, id: SessionId) -> Option<StoredSession> {
        SessionStore::recall(self, id)
    }

    fn swap<'s>(&'s self, from: &'s StoredSession, record: Record) -> Answer<'s, bool> {
        Box::pin(SessionStore::swap(self, from, record))
    }

    fn waiting(&self, subject: Subject, limit: usize) -> Answer<'_, Vec<SessionId>> {
        Box::pin(SessionStore::waiting(self, subject, limit))
    }

    fn due(&self, limit: usize) -> Answer<'_, Due> {
        Box::pin(SessionStore::due(self, limit))
    }

    fn revoke(&self, subject: Subject) -> Answer<'_, Vec<SessionId>> {
        Box::pin(SessionStore::revoke(self, subject))
    }
}
