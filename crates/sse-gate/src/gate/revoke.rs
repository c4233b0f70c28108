//! Ends what a subject has opened: [`Gate::revoke`].

use std::sync::{Mutex, MutexGuard, PoisonError};

use sse_gate_core::{Epoch, StoreError, Subject, Withdrawals};
use sse_gate_resume::Sessions;
use sse_gate_resume::error::SessionError;

use super::{Gate, GuardedSessions};
use crate::finished::Finished;
use crate::slots::{StreamSlots, WeakSlots};

impl Gate {
    /// Ends everything that a subject has: its unused tokens, its sessions on resumable routes, and
    /// its open streams. Call it when a user signs out or loses an account.
    ///
    /// When it returns without an error, all of this has ended on this node. It also covers what is in
    /// progress:
    ///
    /// - No token is issued for a caller that was authenticated before the call.
    /// - No stream opens with a token that was taken just before the call.
    ///
    /// Once it has begun, it is finished, even if this future is dropped.
    ///
    /// The subject is not blocked. A caller that is authenticated after the call gets a token again.
    ///
    /// # Errors
    ///
    /// A store did not answer within its time limit. Everything else has ended. Call it again: that does
    /// no harm.
    ///
    /// ```
    /// use http::StatusCode;
    /// use sse_gate::{Gate, Problem, Subject};
    ///
    /// async fn sign_out(gate: Gate, user: Subject) -> Result<StatusCode, Problem> {
    ///     let revoked = gate.revoke(&user).await?; // 503 if not everything has ended
    ///     println!("{} sessions and {} streams ended", revoked.sessions(), revoked.streams());
    ///     Ok(StatusCode::NO_CONTENT)
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # assert!(sign_out(Gate::in_memory(), Subject::new("alice")?).await.is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn revoke(&self, subject: &Subject) -> Result<Revoked, RevokeError> {
        let (gate, subject) = (self.clone(), subject.clone());
        // A page that signs out is often left at once, and then its request is dropped.
        Finished::new(async move { gate.end_all(&subject).await }).await
    }

    async fn end_all(&self, subject: &Subject) -> Result<Revoked, RevokeError> {
        // Tokens come first. A stream that was opened with a token that was taken before is found below.
        let tokens = self.0.tokens.withdraw_all(subject).await;
        let registry = self.registry();
        registry.revocations.mark(subject.as_str().as_bytes());
        let mut closed = Ok(0);
        for sessions in registry.sessions() {
            let more = GuardedSessions::of(self, &sessions).revoke(subject).await;
            closed = match (closed, more) {
                (Ok(closed), Ok(more)) => Ok(closed + more),
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
        }
        let streams = registry
            .slots()
            .iter()
            .map(|slots| slots.end(subject))
            .sum();
        Ok(Revoked {
            tokens: tokens.map_err(RevokeFault::Tokens)?,
            sessions: closed.map_err(RevokeFault::Sessions)?,
            streams,
        })
    }
}

/// What [`Gate::revoke`] has ended.
///
/// ```
/// use sse_gate::{Gate, Subject};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let revoked = Gate::in_memory().revoke(&Subject::new("alice")?).await?;
/// assert_eq!((revoked.tokens(), revoked.sessions(), revoked.streams()), (0, 0, 0));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoked {
    tokens: usize,
    sessions: usize,
    streams: usize,
}

impl Revoked {
    /// How many unused tokens were withdrawn.
    pub fn tokens(self) -> usize {
        self.tokens
    }

    /// How many sessions of resumable routes were closed, with the streams that were open for them.
    pub fn sessions(self) -> usize {
        self.sessions
    }

    /// How many streams of strict routes were ended. Streams of resumable routes count as
    /// [sessions](Self::sessions).
    pub fn streams(self) -> usize {
        self.streams
    }
}

/// Not everything of a subject could be ended, because a store can't be asked. The error of the store
/// is its [source](std::error::Error::source). As a [`Problem`](crate::Problem) it is 503.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct RevokeError(#[from] RevokeFault);

#[derive(Debug, thiserror::Error)]
enum RevokeFault {
    #[error("the tokens of the subject can't be withdrawn")]
    Tokens(#[source] StoreError),
    #[error("the sessions of the subject can't be closed")]
    Sessions(#[source] SessionError),
}

/// The slots and sessions of the layers of this gate: everything through which streams are open.
#[derive(Default)]
pub(crate) struct StreamRegistry {
    /// Which subjects were revoked, and when. Streams that are just being opened are checked with it.
    revocations: Withdrawals,
    registered: Mutex<Registered>,
}

#[derive(Default)]
struct Registered {
    slots: Vec<WeakSlots>,
    sessions: Vec<Sessions>,
}

impl StreamRegistry {
    /// The present epoch. Read it before a credential is looked at: a stream that is opened later is
    /// refused if its subject was revoked since.
    pub(crate) fn epoch(&self) -> Epoch {
        self.revocations.epoch()
    }

    /// Whether the subject was revoked since `epoch`. Ask when [`Gate::revoke`] can already find the
    /// stream.
    pub(crate) fn is_revoked(&self, subject: &Subject, epoch: Epoch) -> bool {
        let subject = subject.as_str().as_bytes();
        self.revocations.has_marked(subject, epoch)
    }

    /// Adds the slots and the sessions of a layer. To add them again changes nothing.
    pub(crate) fn add(&self, slots: &StreamSlots, sessions: Option<&Sessions>) {
        let mut registered = self.registered();
        registered.slots.retain(|known| known.upgrade().is_some());
        if !registered.slots.iter().any(|known| known.is(slots)) {
            registered.slots.push(slots.downgrade());
        }
        if let Some(sessions) = sessions
            && !registered
                .sessions
                .iter()
                .any(|known| known.is_same(sessions))
        {
            registered.sessions.push(sessions.clone());
        }
    }

    fn sessions(&self) -> Vec<Sessions> {
        self.registered().sessions.clone()
    }

    fn slots(&self) -> Vec<StreamSlots> {
        let registered = self.registered();
        registered
            .slots
            .iter()
            .filter_map(WeakSlots::upgrade)
            .collect()
    }

    fn registered(&self) -> MutexGuard<'_, Registered> {
        self.registered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Layers that come and go leave nothing behind, and one that stays is there once.
    #[test]
    fn the_places_of_layers_that_are_gone_are_forgotten() {
        let registry = StreamRegistry::default();
        for _ in 0..100 {
            registry.add(&StreamSlots::default(), None);
        }
        let open = StreamSlots::default();
        for _ in 0..3 {
            registry.add(&open, None);
        }
        assert_eq!(registry.registered().slots.len(), 1);
        assert_eq!(registry.slots().len(), 1);
        drop(open);
        assert!(registry.slots().is_empty());
    }
}
