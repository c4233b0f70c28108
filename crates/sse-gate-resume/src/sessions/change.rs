//! How a session is changed: load its record, take the step, swap the record in.

use std::sync::Arc;

use sse_gate_core::SteadyTime;

use super::Sessions;
use crate::id::SessionId;
use crate::log::Log;
use crate::node::Departure;
use crate::session::{CloseReason, Record, SessionError, SessionErrorKind};
use crate::store::{SessionKey, SessionStore, StoredSession};

/// How often a step is taken again if the record was changed meanwhile.
pub(super) const ATTEMPTS: usize = 16;

/// How many sessions are closed at a time because their time is up.
const DUE_AT_A_TIME: usize = 256;

impl Sessions {
    /// Takes a step on a session. If the session's time is up, it is closed first.
    ///
    /// `step` may be called several times, each time with the record as it is then, and with the store's
    /// time. Returns `None` if there is no such session.
    pub(super) async fn change<T: Send>(
        &self,
        key: SessionKey,
        mut step: impl FnMut(&mut Record, SteadyTime) -> T + Send,
    ) -> Result<Option<(SessionId, T)>, SessionError> {
        let mut recalled = self.recall(key);
        for _ in 0..ATTEMPTS {
            let found = match recalled.take() {
                None => self.load(key).await?,
                recalled => recalled,
            };
            let Some(stored) = found else {
                return Ok(None);
            };
            let mut record = stored.current();
            record.expire(stored.now);
            let result = step(&mut record, stored.now);
            if self.swap(&stored, record).await? {
                return Ok(Some((stored.id, result)));
            }
        }
        Err(contended())
    }

    /// The session as this node has it in mind. A step on it counts only if it is swapped in.
    pub(super) fn recall(&self, key: SessionKey) -> Option<StoredSession> {
        let SessionKey::Id(id) = key else {
            return None;
        };
        self.0.store.recall(id)
    }

    /// Finds a session. One that may be forgotten is not there any more, even if the store still has
    /// it: it is closed.
    pub(super) async fn load(
        &self,
        key: SessionKey,
    ) -> Result<Option<StoredSession>, SessionError> {
        let Some(stored) = self.find(key).await? else {
            return Ok(None);
        };
        if !stored.record.is_forgotten(stored.now) {
            return Ok(Some(stored));
        }
        let mut record = stored.record.clone();
        record.expire(stored.now);
        self.swap(&stored, record).await?;
        Ok(None)
    }

    /// Asks the store for a session. One that was admitted here and is not there is lost: it is closed.
    async fn find(&self, key: SessionKey) -> Result<Option<StoredSession>, SessionError> {
        let parts = &*self.0;
        let found = parts.store.load(key).await?;
        let SessionKey::Id(id) = key else {
            return Ok(found);
        };
        if found.is_some() || !parts.connections.was_admitted(id) {
            return Ok(found);
        }
        // It may have been made between the two looks.
        let found = parts.store.load(key).await?;
        if found.is_none() {
            parts.connections.lose(id);
        }
        Ok(found)
    }

    /// Puts a changed record in the place of the stored one, if that is still the same. If it closes
    /// the session, its connections here are cut. Returns whether the record counts. One that was recalled,
    /// and did not change, does not: the store was not asked.
    pub(super) async fn swap(
        &self,
        stored: &StoredSession,
        record: Record,
    ) -> Result<bool, SessionError> {
        let closed_by_it = match stored.record.closed() {
            None => record.closed(),
            Some(_) => None,
        };
        let generation = record.generation();
        let parts = &*self.0;
        let counts = if record == stored.record {
            !stored.is_recalled
        } else {
            let swapped = parts.store.swap(stored, record).await;
            // Whether it is closed is not known. If it is not, its client comes back.
            swapped.inspect_err(|_| {
                if closed_by_it.is_some() {
                    parts.connections.replace(stored.id, generation + 1);
                }
            })?
        };
        if counts && let Some(reason) = closed_by_it {
            let was_here = parts.connections.close(stored.id, generation, reason);
            let binding = stored.record.binding();
            if let Some(logs) = &parts.logs
                && !was_here
                && binding.owns_log
            {
                logs.remove_later(binding.log_name.clone(), binding.log_epoch);
            }
        }
        Ok(counts)
    }

    /// The log of a session that is not closed: the one that this node has, or the one in the store.
    pub(super) async fn log_of(
        &self,
        stored: &StoredSession,
    ) -> Result<Option<Arc<Log>>, SessionError> {
        let parts = &*self.0;
        let known = parts.connections.log(stored.id);
        let (None, Some(logs)) = (&known, &parts.logs) else {
            return Ok(known);
        };
        let binding = stored.record.binding();
        if stored.record.closed().is_some() {
            return Ok(None);
        }
        let owner = binding.owns_log.then(|| binding.grant.subject());
        let (name, epoch) = (&binding.log_name, binding.log_epoch);
        let log = logs.open(name, epoch, owner, &parts.chores).await;
        Ok(log.map_err(SessionError::unavailable)?.map(Arc::new))
    }

    /// Closes a session. Returns whether it was open.
    pub(super) async fn close_one(
        &self,
        key: SessionKey,
        reason: CloseReason,
    ) -> Result<bool, SessionError> {
        let close = |record: &mut Record, _| record.close(reason);
        let closed = self.change(key, close).await?;
        Ok(closed.is_some_and(|(_, was_open)| was_open))
    }

    /// Keeps a new session. At a cap, one that may go makes room.
    pub(super) async fn create(&self, id: SessionId, record: &Record) -> Result<(), SessionError> {
        let store = &self.0.store;
        let mut created = store.create(id, record.clone()).await;
        for _ in 0..ATTEMPTS {
            let has_room = match &created {
                Err(error) if error.kind() == SessionErrorKind::FullForSubject => {
                    self.displace(record).await?
                }
                Err(error) if error.kind() == SessionErrorKind::Full => self.expire_first().await?,
                Ok(()) | Err(_) => false,
            };
            if !has_room {
                break;
            }
            created = store.create(id, record.clone()).await;
        }
        created
    }

    /// Notes in a session's record that a connection is gone.
    pub(super) async fn note(&self, departure: Departure) {
        let connections = self.connections();
        let Departure {
            session,
            generation,
            delivered,
            at,
            may_be_early,
        } = departure;
        let log = connections.log(session);
        let release = |record: &mut Record, now: SteadyTime| {
            let since_then = self.steady().saturating_since(at);
            record.release(generation, delivered, now.saturating_sub(since_then));
            if let Some(log) = &log {
                record.note_log_end(&log.bounds());
            }
        };
        match self.change(SessionKey::Id(session), release).await {
            Ok(Some(_)) => {}
            Ok(None) => {
                connections.forget(session);
                if may_be_early {
                    connections.keep_unnoted(Departure {
                        may_be_early: false,
                        ..departure
                    });
                }
            }
            Err(_) => connections.keep_unnoted(departure),
        }
    }

    /// Closes sessions whose time is up. Returns whether there may be more.
    pub(super) async fn close_due(&self) -> Result<bool, SessionError> {
        let due = self.0.store.due(DUE_AT_A_TIME).await?;
        self.expire(due.sessions).await?;
        Ok(due.has_more)
    }

    /// Closes the oldest session of the record's subject that waits for its client. Returns whether
    /// there was one.
    async fn displace(&self, newcomer: &Record) -> Result<bool, SessionError> {
        let subject = newcomer.binding().grant.subject().clone();
        let waiting = self.0.store.waiting(subject, 1).await?;
        let Some(oldest) = waiting.first() else {
            return Ok(false);
        };
        let close = |record: &mut Record, _| {
            if !record.is_attached() {
                record.close(CloseReason::Displaced);
            }
        };
        self.change(SessionKey::Id(*oldest), close).await?;
        Ok(true)
    }

    /// Makes room among all: closes the first sessions whose time is up. Returns whether there were
    /// any.
    async fn expire_first(&self) -> Result<bool, SessionError> {
        let due = self.0.store.due(1).await?;
        let has_room = !due.sessions.is_empty();
        self.expire(due.sessions).await?;
        Ok(has_room)
    }

    pub(super) async fn expire(&self, due: Vec<SessionId>) -> Result<(), SessionError> {
        // One that can't be closed does not keep the others open.
        let mut result = Ok(());
        for id in due {
            if let Err(error) = self.change(SessionKey::Id(id), |_, _| ()).await {
                result = Err(error);
            }
        }
        result
    }
}

/// Others change the session all the time.
pub(super) fn contended() -> SessionError {
    SessionError::unavailable("session is changed by others again and again")
}
