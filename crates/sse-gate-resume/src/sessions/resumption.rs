//! One attempt to go on with a session: [`Resumption`].

use sse_gate_core::TokenKey;
use subtle::ConstantTimeEq;

use super::Sessions;
use super::change::{ATTEMPTS, contended};
use super::parts::Parts;
use crate::id::{ResumeId, SessionId};
use crate::log::{Bounds, Log};
use crate::node::Lease;
use crate::observer::SessionSignal;
use crate::resumed::{ResumeError, Resumed};
use crate::session::{
    Binding, GoneReason, InvalidIdReason, Outcome, Record, SessionError, ShownId,
};
use crate::store::{SessionKey, SessionStore, StoredSession};

use std::sync::Arc;

/// One attempt to go on: a genuine id, and the session that it is for.
pub(super) struct Resumption<'a> {
    sessions: &'a Sessions,
    id: ResumeId,
    stored: StoredSession,
}

impl<'a> Resumption<'a> {
    /// Finds the session of an id that was made for it. Nothing changes.
    pub(super) async fn find(sessions: &'a Sessions, id: &str) -> Result<Self, ResumeError> {
        let parts = &*sessions.0;
        parts.chores.run_kept();
        let Some(id) = ResumeId::parse(id) else {
            return Err(refuse(parts, InvalidIdReason::Malformed, None));
        };
        let hearing = sessions.check_hearing();
        hearing.map_err(|error| unavailable(parts, error))?;
        let key = SessionKey::Id(id.session);
        let found = match sessions.recall(key) {
            None => sessions.load(key).await,
            recalled => Ok(recalled),
        };
        let Some(stored) = found.map_err(|error| unavailable(parts, error))? else {
            return Err(refuse(parts, InvalidIdReason::Unknown, None));
        };
        let resumption = Self {
            sessions,
            id,
            stored,
        };
        if !parts.has_made(&resumption.id, resumption.binding()) {
            return Err(resumption.refuse(InvalidIdReason::Forged));
        }
        Ok(resumption)
    }

    pub(super) fn binding(&self) -> &Arc<Binding> {
        self.stored.record.binding()
    }

    /// Takes the id, if `admit` has a place and the session's rules allow it.
    pub(super) async fn take<T: Send>(
        mut self,
        token: TokenKey,
        admit: impl FnOnce(SessionId, &Binding) -> Option<T> + Send,
    ) -> Result<(Resumed, T), ResumeError> {
        // A client with only one of the two factors is not told whether there is a place.
        let has_both = bool::from(token.ct_eq(&self.binding().token));
        let place = has_both
            .then(|| admit(self.id.session, self.binding()))
            .flatten();
        if has_both && place.is_none() {
            self.observe(SessionSignal::NotAdmitted);
            return Err(ResumeError::NotAdmitted);
        }
        let shown = ShownId {
            generation: self.id.generation,
            seq: self.id.seq,
            token,
        };
        let parts = &*self.sessions.0;
        for _ in 0..ATTEMPTS {
            let step = self.step(&shown).await;
            match step.map_err(|error| unavailable(parts, error))? {
                Step::Taken(resumed, again) => {
                    let Some(place) = place else {
                        return Err(self.refuse(InvalidIdReason::OtherToken));
                    };
                    self.observe(SessionSignal::Resumed { again });
                    return Ok((resumed, place));
                }
                Step::Not(error) => return Err(error),
                Step::Changed => {}
            }
            let found = self.sessions.load(SessionKey::Id(self.id.session)).await;
            match found.map_err(|error| unavailable(parts, error))? {
                Some(stored) => self.stored = stored,
                None => return Err(self.refuse(InvalidIdReason::Unknown)),
            }
        }
        Err(unavailable(parts, contended()))
    }

    /// Takes the step on the record as it was loaded.
    async fn step(&self, shown: &ShownId) -> Result<Step, SessionError> {
        let (sessions, stored) = (self.sessions, &self.stored);
        let log = sessions.log_of(stored).await?;
        let mut record = stored.current();
        let bounds = bounds(&record, log.as_deref());
        let outcome = record.redeem(shown, &bounds, stored.now);
        let Outcome::Resumed { generation, again } = outcome else {
            let counts = sessions.swap(stored, record).await?;
            return Ok(match outcome {
                _ if !counts => Step::Changed,
                Outcome::Gone(reason) => Step::Not(self.gone(reason)),
                Outcome::Refused(reason) => Step::Not(self.refuse(reason)),
                Outcome::TooSoon | Outcome::Resumed { .. } => {
                    self.observe(SessionSignal::TooSoon);
                    Step::Not(ResumeError::TooSoon)
                }
            });
        };
        let Some(log) = log else {
            if record.ended_log().is_some_and(|it| shown.seq >= it.last) {
                // That it has failed can't be told any more.
                return Ok(Step::Not(self.gone(GoneReason::Complete)));
            }
            // Another step may have closed it meanwhile, and its log is gone with it.
            let now = sessions.load(SessionKey::Id(stored.id)).await?;
            return Ok(match now {
                Some(now) if now.version != stored.version => Step::Changed,
                _ => Step::Not(self.refuse(InvalidIdReason::Unknown)),
            });
        };
        let admitted = sessions.admit(stored, record, generation, &log).await?;
        Ok(admitted.map_or(Step::Changed, |lease| {
            Step::Taken(Resumed::new(lease, log, self.id.seq), again)
        }))
    }

    pub(super) fn refuse(&self, reason: InvalidIdReason) -> ResumeError {
        let session = (self.id.session, &**self.binding());
        refuse(&self.sessions.0, reason, Some(session))
    }

    fn gone(&self, reason: GoneReason) -> ResumeError {
        self.observe(SessionSignal::Gone(reason));
        ResumeError::Gone(reason)
    }

    fn observe(&self, signal: SessionSignal) {
        let session = (self.id.session, &**self.binding());
        self.sessions.0.observe(signal, Some(session));
    }
}

/// What came of a step.
enum Step {
    /// The id was taken. The flag says whether it was taken before.
    Taken(Resumed, bool),
    /// It was not.
    Not(ResumeError),
    /// The record was changed meanwhile, so the step did not count.
    Changed,
}

impl Sessions {
    /// Registers a connection, swaps in the record that lets it in, and cuts the connection before.
    /// Returns `None` if the record was changed meanwhile.
    pub(super) async fn admit(
        &self,
        stored: &StoredSession,
        mut record: Record,
        generation: u64,
        log: &Arc<Log>,
    ) -> Result<Option<Lease>, SessionError> {
        let store = &self.0.store;
        record.serve_from(store.node());
        let binding = Arc::clone(record.binding());
        let mut lease = Lease::new(self, stored.id, generation, &binding, log, stored.now);
        match store.swap(stored, record).await {
            Ok(true) => {
                lease.admit();
                Ok(Some(lease))
            }
            Ok(false) => {
                lease.give_up();
                Ok(None)
            }
            // Whether the step counts is not known. If it does, the connection before must be silent, and
            // the lease's end is noted.
            Err(error) => {
                lease.replace_others();
                Err(error)
            }
        }
    }
}

/// The bounds of a session's log. A session that is closed has none, so they are those of an empty
/// log.
pub(super) fn bounds(record: &Record, log: Option<&Log>) -> Bounds {
    let empty = Bounds {
        first: 1,
        last: 0,
        end: None,
    };
    let open = log.map(Log::bounds);
    open.or_else(|| record.ended_log()).unwrap_or(empty)
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
