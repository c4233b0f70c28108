//! Where sessions are kept: [`SessionStore`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Subject, TokenKey};

use super::{
    Binding, CloseReason, Delivered, Fence, GoneReason, InvalidIdReason, Record, SessionEpoch,
    SessionError, ShownId,
};
use crate::id::SessionId;
use crate::log::ReadLog;

/// Keeps sessions. **Each operation is one atomic step** on one record, whoever else is at it.
///
/// A session that two clients could both go on with would be a stream for whoever stole an id; one
/// that is lost costs its client a new token. So when in doubt, an operation fails.
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps a new session and the log that it reads, and gives the fence of its first
    /// connection. `owns_log` says that the log ends with the session: when it is over, and any
    /// others that read the same log, the log is [stopped](ReadLog::stop) as closed.
    ///
    /// It is an error if there is one of this id, if there are too many, or if its subject's
    /// sessions were revoked since the [epoch](Binding::arrival_epoch) in which the session's token was
    /// shown. Where a store no longer knows that, it must be an error too.
    fn open(
        &self,
        id: SessionId,
        record: Record,
        log: Arc<dyn ReadLog>,
        owns_log: bool,
    ) -> impl Future<Output = Result<Fence, SessionError>> + Send;

    /// The present epoch, of all subjects. [`Withdrawals`](sse_gate_core::Withdrawals) keeps one for
    /// stores in memory.
    fn epoch(&self) -> impl Future<Output = Result<SessionEpoch, SessionError>> + Send;

    /// What a session is bound to, for the check of a tag. It changes nothing.
    fn find(
        &self,
        id: SessionId,
    ) -> impl Future<Output = Result<Option<Arc<Binding>>, SessionError>> + Send;

    /// [`Record::redeem`], with the bounds of the session's log. What is taken cuts the connection
    /// before, and what closes the session cuts any, before the operation ends.
    fn redeem(
        &self,
        id: SessionId,
        shown: ShownId,
    ) -> impl Future<Output = Result<StepOutcome, SessionError>> + Send;

    /// [`Record::reopen`], for the session that a token has opened.
    fn reopen(
        &self,
        token: TokenKey,
        window: Duration,
    ) -> impl Future<Output = Result<Option<Reopened>, SessionError>> + Send;

    /// [`Record::release`]. It is done or under way when this returns.
    fn release(&self, id: SessionId, generation: u64, delivered: Delivered);

    /// [`Record::confirm`]. It is done or under way when this returns.
    fn confirm(&self, id: SessionId, generation: u64);

    /// Closes sessions, cuts their connections, and stops the writers of the logs that they own.
    /// How many were open.
    ///
    /// If a subject's are closed as [revoked](CloseReason::Revoked), a new [epoch](Self::epoch)
    /// begins and the subject is noted in it, in one step and before any is closed.
    fn close(
        &self,
        whose: SessionFilter,
        reason: CloseReason,
    ) -> impl Future<Output = Result<usize, SessionError>> + Send;

    /// Asks the writer of the log that a session owns to stop, and leaves the session as it is:
    /// its client gets what the writer has still to say. Whether the subject has such a session.
    fn stop(
        &self,
        token: TokenKey,
        subject: Subject,
    ) -> impl Future<Output = Result<bool, SessionError>> + Send;

    /// Frees what is over. Nothing depends on it but memory.
    fn sweep(&self);
}

/// Which sessions.
#[derive(Clone, Debug)]
pub enum SessionFilter {
    /// The one of this id.
    Session(SessionId),
    /// The one that this token has opened.
    Token(TokenKey),
    /// All of this subject.
    Subject(Subject),
}

/// What came of [`SessionStore::redeem`]: an [`Outcome`](super::Outcome) with what it takes to go on.
#[derive(Debug)]
pub enum StepOutcome {
    /// There is no such session.
    Unknown,
    /// It was taken.
    Resumed {
        /// The session, with a fence for the new connection.
        found: Found,
        /// The generation of the new connection.
        generation: u64,
        /// Whether the id was taken before.
        again: bool,
    },
    /// The session is over, and whoever asks had a right to it.
    Gone(GoneReason),
    /// Nothing changes: connections of the session were replaced too often in a short time.
    TooSoon,
    /// It was refused.
    Refused(InvalidIdReason),
}

/// A session with a new connection.
#[derive(Debug)]
pub struct Found {
    /// What it is bound to.
    pub binding: Arc<Binding>,
    /// What it reads.
    pub log: Arc<dyn ReadLog>,
    /// The new connection's.
    pub fence: Fence,
}

/// What came of [`SessionStore::reopen`].
#[derive(Debug)]
pub struct Reopened {
    /// The session.
    pub id: SessionId,
    /// The generation of the new connection.
    pub generation: u64,
    /// The rest.
    pub found: Found,
}
