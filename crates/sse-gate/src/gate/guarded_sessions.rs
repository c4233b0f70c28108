//! Sessions whose store is asked within bounds: [`GuardedSessions`].

use sse_gate_core::{Subject, TokenKey};
use sse_gate_resume::error::SessionError;
use sse_gate_resume::{CloseReason, Sessions};

use super::Gate;
use crate::store::StoreAccess;

/// What programs ask of sessions, within the bounds of a gate's
/// [`StorePolicy`](crate::StorePolicy): an operation that gets no answer in time ends with an error,
/// and one that is begun runs to its end in a task.
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
/// // Ends the session that was opened with one token: `Issued::key` tells its key.
/// let key = TokenKey::from_bytes([0; 32]);
/// let was_open = GuardedSessions::of(&gate, &sessions).close(key, CloseReason::Revoked).await?;
/// assert!(!was_open);
/// # Ok(())
/// # }
/// ```
///
/// To be used within a Tokio runtime.
#[derive(Clone, Debug)]
pub struct GuardedSessions {
    sessions: Sessions,
    access: StoreAccess,
}

impl GuardedSessions {
    /// The same sessions, with the bounds of this gate's layers.
    pub fn of(gate: &Gate, sessions: &Sessions) -> Self {
        Self {
            sessions: sessions.clone(),
            access: gate.session_access().clone(),
        }
    }

    /// As [`Sessions::revoke`].
    pub async fn revoke(&self, subject: &Subject) -> Result<usize, SessionError> {
        let (sessions, subject) = (self.sessions.clone(), subject.clone());
        let question = async move { sessions.revoke(&subject).await };
        self.access.ask(Box::pin(question)).await
    }

    /// As [`Sessions::close`].
    pub async fn close(&self, token: TokenKey, reason: CloseReason) -> Result<bool, SessionError> {
        let sessions = self.sessions.clone();
        let question = async move { sessions.close(token, reason).await };
        self.access.ask(Box::pin(question)).await
    }

    /// As [`Sessions::stop`].
    pub async fn stop(&self, token: TokenKey, subject: &Subject) -> Result<bool, SessionError> {
        let (sessions, subject) = (self.sessions.clone(), subject.clone());
        let question = async move { sessions.stop(token, &subject).await };
        self.access.ask(Box::pin(question)).await
    }
}
