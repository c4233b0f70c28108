//! Ends what a subject has opened: [`Gate::revoke`].

use std::sync::{Mutex, MutexGuard, PoisonError};

use sse_gate_core::{Epoch, StoreError, Subject, Withdrawals};
use sse_gate_resume::Sessions;
use sse_gate_resume::error::SessionError;

use super::Gate;
use crate::slots::{StreamSlots, WeakSlots};
use crate::store::GuardedSessions;

impl Gate {
    /// Ends everything that a subject has: its unused tokens, its sessions on resumable routes, and
    /// its open streams. For a service to call when a user signs out or loses an account.
    ///
    /// When it returns without an error, all of it has ended, on this node. A token that is being
    /// issued for a caller who was authenticated before is not issued, and a stream that is being
    /// opened with a token that was just taken does not open.
    ///
    /// # Errors
    ///
    /// If a store can't be asked within its time limit. What could be ended has ended. To call it
    /// again does no harm.
    pub async fn revoke(&self, subject: &Subject) -> Result<Revoked, RevokeError> {
        // The tokens first. What was opened with a token that was taken before that is found later.
        let tokens = self.0.tokens.withdraw_all(subject).await;
        let opened = self.opened();
        opened.revocations.mark(subject.as_str().as_bytes());
        let mut closed = Ok(0);
        for sessions in opened.sessions() {
            let more = GuardedSessions::of(self, &sessions).revoke(subject).await;
            closed = match (closed, more) {
                (Ok(closed), Ok(more)) => Ok(closed + more),
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
        }
        let streams = opened.slots().iter().map(|slots| slots.end(subject)).sum();
        Ok(Revoked {
            tokens: tokens.map_err(Fault::Tokens)?,
            sessions: closed.map_err(Fault::Sessions)?,
            streams,
        })
    }
}

/// What [`Gate::revoke`] has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoked {
    tokens: usize,
    sessions: usize,
    streams: usize,
}

impl Revoked {
    /// How many tokens that were not used yet.
    pub fn tokens(self) -> usize {
        self.tokens
    }

    /// How many sessions of resumable routes.
    pub fn sessions(self) -> usize {
        self.sessions
    }

    /// How many open streams that had no session, those of strict routes.
    pub fn streams(self) -> usize {
        self.streams
    }
}

/// Not everything of a subject could be ended: a store can't be asked.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct RevokeError(#[from] Fault);

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("tokens of the subject can't be withdrawn")]
    Tokens(#[source] StoreError),
    #[error("sessions of the subject can't be closed")]
    Sessions(#[source] SessionError),
}

/// The places where streams of this gate are open.
#[derive(Default)]
pub(crate) struct Opened {
    /// Whose streams were ended, and when, for streams that are just being opened.
    revocations: Withdrawals,
    places: Mutex<Places>,
}

#[derive(Default)]
struct Places {
    slots: Vec<WeakSlots>,
    sessions: Vec<Sessions>,
}

impl Opened {
    /// To be read before a credential is looked at. A stream that is opened with it is refused if its
    /// subject was revoked since.
    pub(crate) fn epoch(&self) -> Epoch {
        self.revocations.epoch()
    }

    /// Whether the subject was revoked since `epoch`. To be asked when the stream can already be
    /// found by [`Gate::revoke`].
    pub(crate) fn is_revoked(&self, subject: &Subject, epoch: Epoch) -> bool {
        let subject = subject.as_str().as_bytes();
        self.revocations.has_marked(subject, epoch)
    }

    /// Adds the places of a layer. To add them again changes nothing.
    pub(crate) fn add(&self, slots: &StreamSlots, sessions: Option<&Sessions>) {
        let mut places = self.places();
        places.slots.retain(|known| known.upgrade().is_some());
        if !places.slots.iter().any(|known| known.is(slots)) {
            places.slots.push(slots.downgrade());
        }
        if let Some(sessions) = sessions
            && !places.sessions.iter().any(|known| known.is_same(sessions))
        {
            places.sessions.push(sessions.clone());
        }
    }

    fn sessions(&self) -> Vec<Sessions> {
        self.places().sessions.clone()
    }

    fn slots(&self) -> Vec<StreamSlots> {
        let places = self.places();
        places.slots.iter().filter_map(WeakSlots::upgrade).collect()
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Layers that come and go leave nothing behind, and one that stays is there once.
    #[test]
    fn the_places_of_layers_that_are_gone_are_forgotten() {
        let opened = Opened::default();
        for _ in 0..100 {
            opened.add(&StreamSlots::default(), None);
        }
        let kept = StreamSlots::default();
        for _ in 0..3 {
            opened.add(&kept, None);
        }
        assert_eq!(opened.places().slots.len(), 1);
        assert_eq!(opened.slots().len(), 1);
        drop(kept);
        assert!(opened.slots().is_empty());
    }
}
