//! Sessions that are asked within bounds: [`GuardedSessions`].

use sse_gate_core::{Subject, TokenKey};
use sse_gate_resume::error::SessionError;
use sse_gate_resume::{CloseReason, Sessions};

use super::Gate;
use crate::store::StoreAccess;

/// Sessions that are asked within the bounds of a gate's [`StorePolicy`](crate::StorePolicy).
///
/// Use it instead of [`Sessions`] where a handler closes or stops single sessions. An operation without an
/// answer in time ends with an error. An operation that has begun runs to its end in a task, even if its
/// handler is gone.
///
/// To end everything that a subject has, use [`Gate::revoke`](crate::Gate::revoke).
///
/// ```
/// use sse_gate::core::TokenKey;
/// use sse_gate::sessions::CloseReason;
/// use sse_gate::{Gate, GuardedSessions};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let gate = Gate::in_memory();
/// let sessions = gate.new_sessions()?;
///
/// // Ends the session that was opened with one token. `IssuedToken::key` is its key.
/// let key = TokenKey::from_bytes([0; 32]);
/// let was_open = GuardedSessions::of(&gate, &sessions).close(key, CloseReason::Revoked).await?;
/// assert!(!was_open);
/// # Ok(())
/// # }
/// ```
///
/// Its methods must run within a Tokio runtime.
#[derive(Clone, Debug)]
pub struct GuardedSessions {
    sessions: Sessions,
    access: StoreAccess,
}

impl GuardedSessions {
    /// The same sessions, with the bounds that the layers of this gate have.
    pub fn of(gate: &Gate, sessions: &Sessions) -> Self {
        Self {
            sessions: sessions.clone(),
            access: gate.session_access().clone(),
        }
    }

    /// Closes all sessions of a subject, and returns how many were open: [`Sessions::revoke`]. Its unused
    /// tokens stay valid.
    ///
    /// # Errors
    ///
    /// The store did not answer in time, or can't be asked.
    pub async fn revoke(&self, subject: &Subject) -> Result<usize, SessionError> {
        let (sessions, subject) = (self.sessions.clone(), subject.clone());
        let question = async move { sessions.revoke(&subject).await };
        self.access.ask(Box::pin(question)).await
    }

    /// Closes the session that was opened with this token, and returns whether it was open:
    /// [`Sessions::close`]. Its client gets `sse.close` with the reason.
    ///
    /// # Errors
    ///
    /// The store did not answer in time, or can't be asked.
    pub async fn close(&self, token: TokenKey, reason: CloseReason) -> Result<bool, SessionError> {
        let sessions = self.sessions.clone();
        let question = async move { sessions.close(token, reason).await };
        self.access.ask(Box::pin(question)).await
    }

    /// Asks the work behind the session of this token to stop: [`Sessions::stop`]. The session stays open,
    /// and its client gets what the work still publishes. Returns whether the subject has such a session.
    ///
    /// # Errors
    ///
    /// The store did not answer in time, or can't be asked.
    ///
    /// ```
    /// use http::StatusCode;
    /// use sse_gate::{GuardedSessions, Problem, Resource, StrippedToken, Subject};
    ///
    /// /// A button that stops an answer. `user` is authenticated, and `token` is from the URL.
    /// async fn stop(
    ///     sessions: GuardedSessions,
    ///     user: Subject,
    ///     token: StrippedToken,
    ///     stream: Resource,
    /// ) -> Result<StatusCode, Problem> {
    ///     let Some(key) = token.key_for(&stream) else {
    ///         return Ok(StatusCode::NOT_FOUND);
    ///     };
    ///     match sessions.stop(key, &user).await? {
    ///         true => Ok(StatusCode::ACCEPTED),
    ///         false => Ok(StatusCode::NOT_FOUND),
    ///     }
    /// }
    /// ```
    pub async fn stop(&self, token: TokenKey, subject: &Subject) -> Result<bool, SessionError> {
        let (sessions, subject) = (self.sessions.clone(), subject.clone());
        let question = async move { sessions.stop(token, &subject).await };
        self.access.ask(Box::pin(question)).await
    }
}
