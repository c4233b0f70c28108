//! One attempt to go on with a session: [`Resumption`].

use std::sync::Arc;

use sse_gate_core::TokenKey;
use subtle::ConstantTimeEq;

use super::Sessions;
use super::parts::Parts;
use crate::id::{ResumeId, SessionId};
use crate::observer::SessionSignal;
use crate::resumed::{ResumeError, Resumed};
use crate::session::{Binding, GoneReason, InvalidIdReason, SessionError, ShownId};
use crate::store::{SessionStore, StepOutcome};

/// One attempt to go on: a genuine id, and the session that it is for.
pub(super) struct Resumption<'a> {
    sessions: &'a Sessions,
    id: ResumeId,
    pub(super) binding: Arc<Binding>,
}

impl<'a> Resumption<'a> {
    /// Finds the session of an id that was made for it. Nothing changes.
    pub(super) async fn find(sessions: &'a Sessions, id: &str) -> Result<Self, ResumeError> {
        let parts = &*sessions.0;
        let Some(id) = ResumeId::parse(id) else {
            return Err(refuse(parts, InvalidIdReason::Malformed, None));
        };
        let found = parts.store.find(id.session).await;
        let Some(binding) = found.map_err(|error| unavailable(parts, error))? else {
            return Err(refuse(parts, InvalidIdReason::Unknown, None));
        };
        let resumption = Self {
            sessions,
            id,
            binding,
        };
        if !parts.has_made(&resumption.id, &resumption.binding) {
            return Err(resumption.refuse(InvalidIdReason::Forged));
        }
        Ok(resumption)
    }

    /// Takes the id, if `admit` has a place and the session's rules allow it.
    pub(super) async fn take<T: Send>(
        &self,
        token: TokenKey,
        admit: impl FnOnce(SessionId, &Binding) -> Option<T> + Send,
    ) -> Result<(Resumed, T), ResumeError> {
        let (parts, session) = (&*self.sessions.0, self.id.session);
        // A client with only one of the two factors is not told whether there is a place.
        let has_both = bool::from(token.ct_eq(&self.binding.token));
        let place = has_both.then(|| admit(session, &self.binding)).flatten();
        if has_both && place.is_none() {
            self.observe(SessionSignal::NotAdmitted);
            return Err(ResumeError::NotAdmitted);
        }
        let shown = ShownId {
            generation: self.id.generation,
            seq: self.id.seq,
            token,
        };
        let outcome = parts.store.redeem(session, shown).await;
        match outcome.map_err(|error| unavailable(parts, error))? {
            StepOutcome::Unknown => Err(self.refuse(InvalidIdReason::Unknown)),
            StepOutcome::Refused(reason) => Err(self.refuse(reason)),
            StepOutcome::Gone(reason) => Err(self.gone(reason)),
            StepOutcome::TooSoon => {
                self.observe(SessionSignal::TooSoon);
                Err(ResumeError::TooSoon)
            }
            StepOutcome::Resumed {
                found,
                generation,
                again,
            } => {
                let Some(place) = place else {
                    return Err(self.refuse(InvalidIdReason::OtherToken));
                };
                self.observe(SessionSignal::Resumed { again });
                let sessions = self.sessions;
                let resumed = sessions.resumed(session, generation, self.id.seq, found);
                Ok((resumed, place))
            }
        }
    }

    pub(super) fn refuse(&self, reason: InvalidIdReason) -> ResumeError {
        let session = (self.id.session, &*self.binding);
        refuse(&self.sessions.0, reason, Some(session))
    }

    fn gone(&self, reason: GoneReason) -> ResumeError {
        self.observe(SessionSignal::Gone(reason));
        ResumeError::Gone(reason)
    }

    fn observe(&self, signal: SessionSignal) {
        let session = (self.id.session, &*self.binding);
        self.sessions.0.observe(signal, Some(session));
    }
}

fn refuse(
    parts: &Parts,
    reason: InvalidIdReason,
    session: Option<(SessionId, &Binding)>,
) -> ResumeError {
    parts.observe(SessionSignal::Refused(reason), session);
    ResumeError::Refused(reason)
}

pub(super) fn unavailable(parts: &Parts, error: SessionError) -> ResumeError {
    parts.observe(SessionSignal::Unavailable, None);
    ResumeError::Unavailable(error)
}
