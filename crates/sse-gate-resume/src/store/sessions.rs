//! Where sessions are kept: [`SessionStore`].

use std::fmt;

use sse_gate_core::Subject;

use super::{Due, Moment, SessionKey, StoredSession};
use crate::id::SessionId;
use crate::session::{NodeId, Record, SessionError};

/// Keeps the records of sessions, as plain data. **Each operation is atomic**, whatever other tasks
/// and nodes do at the same time.
///
/// It takes no decision on a session. Those are the methods of [`Record`], the same for all stores:
/// [`Sessions`](crate::Sessions) loads a record, takes a step, and swaps the record in, if it is
/// still the one that was loaded. So no two clients can both take the same step. A session that is
/// lost costs its client a new token. So when in doubt, an operation fails.
///
/// A store in another process keeps [`Record::to_bytes`], and beside it what it searches by: the
/// subject, the token, whether the session [is attached](Record::is_attached), when it
/// [ends](Record::ends_at) and whether it [is closed](Record::closed).
///
/// # Caps
///
/// A store bounds the sessions of a subject that are not closed, and all that it keeps. To make room
/// within all, it forgets those that are closed, the first one that was closed first, and no other.
///
/// # Example
///
/// A store around another one, which refuses all newcomers while the server drains.
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use sse_gate_core::Subject;
/// use sse_gate_resume::MemorySessions;
/// use sse_gate_resume::backend::{
///     Due, Moment, Record, SessionId, SessionKey, SessionStore, StoredSession,
/// };
/// use sse_gate_resume::error::{SessionError, SessionErrorKind};
///
/// #[derive(Debug, Default)]
/// struct Draining {
///     inner: MemorySessions,
///     drains: AtomicBool,
/// }
///
/// impl SessionStore for Draining {
///     async fn create(&self, id: SessionId, record: Record) -> Result<(), SessionError> {
///         if self.drains.load(Ordering::Relaxed) {
///             return Err(SessionErrorKind::Full.into());
///         }
///         self.inner.create(id, record).await
///     }
///
///     // All other operations are the inner store's.
///     async fn moment(&self) -> Result<Moment, SessionError> {
///         self.inner.moment().await
///     }
///
///     async fn load(&self, key: SessionKey) -> Result<Option<StoredSession>, SessionError> {
///         self.inner.load(key).await
///     }
///
///     async fn swap(&self, from: &StoredSession, record: Record) -> Result<bool, SessionError> {
///         self.inner.swap(from, record).await
///     }
///
///     async fn waiting(
///         &self,
///         subject: Subject,
///         limit: usize,
///     ) -> Result<Vec<SessionId>, SessionError> {
///         self.inner.waiting(subject, limit).await
///     }
///
///     async fn due(&self, limit: usize) -> Result<Due, SessionError> {
///         self.inner.due(limit).await
///     }
///
///     async fn revoke(&self, subject: Subject) -> Result<Vec<SessionId>, SessionError> {
///         self.inner.revoke(subject).await
///     }
/// }
/// ```
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// The name of this node, if the store has several. It is another one after a restart.
    ///
    /// A store that outlives its process tells by it which connections are gone:
    /// [`StoredSession::node_left_at`].
    fn node(&self) -> NodeId {
        NodeId::NONE
    }

    /// The present epoch, one for all subjects, and the store's time, which never goes back.
    ///
    /// A store in memory may keep the epoch in [`Withdrawals`](sse_gate_core::Withdrawals).
    fn moment(&self) -> impl Future<Output = Result<Moment, SessionError>> + Send;

    /// Keeps a new session.
    ///
    /// # Errors
    ///
    /// - [`Exists`](crate::error::SessionErrorKind::Exists): there is a session of this name or token,
    ///   closed ones included.
    /// - [`Revoked`](crate::error::SessionErrorKind::Revoked): the subject's sessions were revoked
    ///   since the record's [epoch](crate::backend::Binding::arrival_epoch), or the store no longer knows.
    /// - [`FullForSubject`](crate::error::SessionErrorKind::FullForSubject) and
    ///   [`Full`](crate::error::SessionErrorKind::Full): a cap is reached.
    /// - [`Unavailable`](crate::error::SessionErrorKind::Unavailable): it may be kept all the same.
    fn create(
        &self,
        id: SessionId,
        record: Record,
    ) -> impl Future<Output = Result<(), SessionError>> + Send;

    /// Finds a session. It changes nothing.
    fn load(
        &self,
        key: SessionKey,
    ) -> impl Future<Output = Result<Option<StoredSession>, SessionError>> + Send;

    /// The session as this node has it in mind, without asking the store. It may be old.
    ///
    /// It saves a round trip: a step on it is swapped in at once. If the step changes nothing, or the swap
    /// does not count, the session is loaded, so an old record decides nothing. A store returns a session
    /// here only if its [`swap`](Self::swap) compares its own time, too. By default there is none.
    fn recall(&self, id: SessionId) -> Option<StoredSession> {
        let _ = id;
        None
    }

    /// Puts this record in the place of the one that it was made from. Returns whether it did: `false`
    /// if that was changed since, or is gone, or if it was recalled and its
    /// [`now`](StoredSession::now) is more than a second ago.
    ///
    /// A record that is closed counts for its subject no longer. It is kept until it
    /// [ends](Record::ends_at), so that its client is told that it is over.
    fn swap(
        &self,
        from: &StoredSession,
        record: Record,
    ) -> impl Future<Output = Result<bool, SessionError>> + Send;

    /// Lists sessions of a subject that wait for their clients, at most `limit`, the one that was opened
    /// first at the beginning.
    ///
    /// Those whose node is gone wait, too.
    fn waiting(
        &self,
        subject: Subject,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<SessionId>, SessionError>> + Send;

    /// Lists sessions that are not closed and whose [time is up](Record::ends_at), at most `limit`, the
    /// first that ended first. It also forgets as many that are closed and whose time is up.
    ///
    /// Those that it lists are closed next, and then may be forgotten. So there
    /// [may be more](Due::has_more) if it lists any.
    fn due(&self, limit: usize) -> impl Future<Output = Result<Due, SessionError>> + Send;

    /// Begins a new epoch, notes the subject in it, and lists all sessions of the subject that are not
    /// closed. They are closed after that, one by one.
    fn revoke(
        &self,
        subject: Subject,
    ) -> impl Future<Output = Result<Vec<SessionId>, SessionError>> + Send;
}
