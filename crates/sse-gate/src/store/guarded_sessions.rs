//! Sessions whose store is asked within bounds: [`GuardedSessions`].

use sse_gate_core::{Gate, StoreRole, Subject, TokenKey};
use sse_gate_resume::{CloseReason, SessionError, Sessions};

use super::{StoreAccess, store_access};

/// What programs ask of sessions, within the bounds of a gate's
/// [`StorePolicy`](crate::StorePolicy): an operation that gets no answer in time ends with an error,
/// and one that is begun runs to its end in a task.
///
/// ```
/// use sse_gate::core::SystemEntropy;
/// use sse_gate::{
///     Gate, GuardedSessions, GuardedStore, MemorySessions, MemoryStore, ResumeKeys, Sessions,
///     Subject,
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let gate = Gate::new(MemoryStore::default());
/// let keys = ResumeKeys::generate(&SystemEntropy)?;
/// let sessions = Sessions::new(MemorySessions::default(), keys);
///
/// // Signing out, in this order.
/// let alice = Subject::new("alice")?;
/// GuardedStore::of(&gate).withdraw_all(&alice).await?;
/// GuardedSessions::of(&gate, &sessions).revoke(&alice).await?;
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
    pub fn of<S>(gate: &Gate<S>, sessions: &Sessions) -> Self {
        Self {
            sessions: sessions.clone(),
            access: store_access(gate, StoreRole::Sessions),
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
