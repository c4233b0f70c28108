//! Where sessions are kept: [`SessionStore`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Subject, TokenKey};

use crate::id::SessionId;
use crate::log::ReadLog;
use crate::node::Fence;
use crate::session::{
    Binding, CloseReason, Delivered, GoneReason, InvalidIdReason, Record, SessionEpoch,
    SessionError, ShownId,
};

/// Keeps sessions. **Each operation is one atomic step** on one record, whatever other tasks and
/// nodes do at the same time.
///
/// If two clients could both go on with a session, a thief could follow it unnoticed. A session that
/// is lost costs its client a new token. So when in doubt, an operation fails.
///
/// # Example
///
/// A store around another one, which refuses all newcomers while the server drains.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use std::time::Duration;
/// use sse_gate_core::{Subject, TokenKey};
/// use sse_gate_resume::backend::{
///     Binding, Delivered, Fence, ReadLog, Record, Reopened, SessionEpoch, SessionFilter, SessionId,
///     SessionStore, ShownId, StepOutcome,
/// };
/// use sse_gate_resume::error::{SessionError, SessionErrorKind};
/// use sse_gate_resume::{CloseReason, MemorySessions};
///
/// #[derive(Debug, Default)]
/// struct Draining {
///     inner: MemorySessions,
///     drains: AtomicBool,
/// }
///
/// impl SessionStore for Draining {
///     async fn open(
///         &self,
///         id: SessionId,
///         record: Record,
///         log: Arc<dyn ReadLog>,
///         owns_log: bool,
///     ) -> Result<Fence, SessionError> {
///         if self.drains.load(Ordering::Relaxed) {
///             return Err(SessionErrorKind::Full.into());
///         }
///         self.inner.open(id, record, log, owns_log).await
///     }
///
///     // All other operations are the inner store's.
///     async fn epoch(&self) -> Result<SessionEpoch, SessionError> {
///         self.inner.epoch().await
///     }
///
///     async fn find(&self, id: SessionId) -> Result<Option<Arc<Binding>>, SessionError> {
///         self.inner.find(id).await
///     }
///
///     async fn redeem(&self, id: SessionId, shown: ShownId) -> Result<StepOutcome, SessionError> {
///         self.inner.redeem(id, shown).await
///     }
///
///     async fn reopen(
///         &self,
///         token: TokenKey,
///         window: Duration,
///     ) -> Result<Option<Reopened>, SessionError> {
///         self.inner.reopen(token, window).await
///     }
///
///     fn release(&self, id: SessionId, generation: u64, delivered: Delivered) {
///         self.inner.release(id, generation, delivered);
///     }
///
///     fn confirm(&self, id: SessionId, generation: u64) {
///         self.inner.confirm(id, generation);
///     }
///
///     async fn close(
///         &self,
///         whose: SessionFilter,
///         reason: CloseReason,
///     ) -> Result<usize, SessionError> {
///         self.inner.close(whose, reason).await
///     }
///
///     async fn stop(&self, token: TokenKey, subject: Subject) -> Result<bool, SessionError> {
///         self.inner.stop(token, subject).await
///     }
///
///     fn sweep(&self) {
///         self.inner.sweep();
///     }
/// }
/// ```
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps a new session and the log that it reads, and returns the fence of its first connection.
    /// `owns_log` says that the log ends with the session: when this session and all others that
    /// read the log are over, the log is [stopped](ReadLog::stop) as closed.
    ///
    /// It fails if there is a session of this name, if there are too many, or if its subject's
    /// sessions were revoked since the [epoch](Binding::arrival_epoch) in which the session's token was
    /// shown. If a store no longer knows that, it must fail, too.
    fn open(
        &self,
        id: SessionId,
        record: Record,
        log: Arc<dyn ReadLog>,
        owns_log: bool,
    ) -> impl Future<Output = Result<Fence, SessionError>> + Send;

    /// The present epoch, one for all subjects. A store in memory may keep it in
    /// [`Withdrawals`](sse_gate_core::Withdrawals).
    fn epoch(&self) -> impl Future<Output = Result<SessionEpoch, SessionError>> + Send;

    /// Finds what a session is bound to, so that a tag can be checked. It changes nothing.
    fn find(
        &self,
        id: SessionId,
    ) -> impl Future<Output = Result<Option<Arc<Binding>>, SessionError>> + Send;

    /// Calls [`Record::redeem`] with the bounds of the session's log. If the id is taken, the
    /// connection before is cut. If the session is closed, its connection is cut. Both happen before
    /// the operation ends.
    fn redeem(
        &self,
        id: SessionId,
        shown: ShownId,
    ) -> impl Future<Output = Result<StepOutcome, SessionError>> + Send;

    /// Calls [`Record::reopen`], for the session that this token has opened.
    fn reopen(
        &self,
        token: TokenKey,
        window: Duration,
    ) -> impl Future<Output = Result<Option<Reopened>, SessionError>> + Send;

    /// Calls [`Record::release`]. It is done or under way when this returns.
    fn release(&self, id: SessionId, generation: u64, delivered: Delivered);

    /// Calls [`Record::confirm`]. It is done or under way when this returns.
    fn confirm(&self, id: SessionId, generation: u64);

    /// Closes sessions, cuts their connections, and stops the writers of the logs that they own.
    /// Returns how many of them were open.
    ///
    /// If a subject's are closed as [revoked](CloseReason::Revoked), a new [epoch](Self::epoch)
    /// begins and the subject is noted in it, in one step and before any is closed.
    fn close(
        &self,
        whose: SessionFilter,
        reason: CloseReason,
    ) -> impl Future<Output = Result<usize, SessionError>> + Send;

    /// Asks the writer of the log that a session owns to stop, and leaves the session as it is: its
    /// client gets what the writer still publishes. Returns whether the subject has such a session.
    fn stop(
        &self,
        token: TokenKey,
        subject: Subject,
    ) -> impl Future<Output = Result<bool, SessionError>> + Send;

    /// Frees sessions that are over. Only the use of memory depends on it.
    fn sweep(&self);
}

/// Which sessions to [close](SessionStore::close).
#[derive(Clone, Debug)]
pub enum SessionFilter {
    /// The session of this name.
    Session(SessionId),
    /// The session that this token has opened.
    Token(TokenKey),
    /// All sessions of this subject.
    Subject(Subject),
}

/// The result of [`SessionStore::redeem`]: an [`Outcome`](crate::session::Outcome), with what a client needs
/// to go on.
#[derive(Debug)]
pub enum StepOutcome {
    /// There is no such session.
    Unknown,
    /// The id was taken: the client goes on.
    Resumed {
        /// The session, with a fence for the new connection.
        found: Found,
        /// The generation of the new connection.
        generation: u64,
        /// Whether the id was taken before.
        again: bool,
    },
    /// The session is over. The client was entitled to it.
    Gone(GoneReason),
    /// Connections of the session were replaced too often in a short time. Nothing has changed.
    TooSoon,
    /// The id was refused.
    Refused(InvalidIdReason),
}

/// A session with a new connection.
#[derive(Debug)]
pub struct Found {
    /// What the session is bound to.
    pub binding: Arc<Binding>,
    /// The log that it reads.
    pub log: Arc<dyn ReadLog>,
    /// The fence of the new connection.
    pub fence: Fence,
}

/// The result of [`SessionStore::reopen`].
#[derive(Debug)]
pub struct Reopened {
    /// The session's name.
    pub id: SessionId,
    /// The generation of the new connection.
    pub generation: u64,
    /// The session, with a fence for the new connection.
    pub found: Found,
}
