//! The open connections of this node: [`Connections`].

mod local;

use std::collections::hash_map::Entry;
use std::sync::Arc;

use local::{Connection, Deferred, LocalSession};
use rustc_hash::FxHashMap;

use super::{CutReason, Departure, Fence};
use crate::id::SessionId;
use crate::log::{Log, LogEpoch, StopReason};
use crate::room::shrink;
use crate::session::CloseReason;
use crate::sync::Mutex;

/// The sessions that have connections or a log on this node.
///
/// A connection is [registered](Self::register) **before** the store is asked for the step that lets it
/// in, and [admitted](Self::admit) after that. If the session is closed in between, the connection is
/// there to be cut.
#[derive(Debug, Default)]
pub(crate) struct Connections(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Names of sessions and logs can't be chosen by clients, so a fast hash is enough for them.
    sessions: FxHashMap<SessionId, LocalSession>,
    /// How logs are read.
    logs: FxHashMap<LogEpoch, Readership>,
    /// Connections that are gone, which the store could not be told.
    unnoted: Vec<Departure>,
}

/// How a log is read.
#[derive(Debug, Default)]
struct Readership {
    /// How many sessions that are not over read it.
    sessions: usize,
    /// Whether a session owns it.
    is_owned: bool,
}

impl Connections {
    /// Makes the fence of a new connection, which is not admitted yet.
    pub(crate) fn register(
        &self,
        session: SessionId,
        generation: u64,
        log: &Arc<Log>,
        owns_log: bool,
    ) -> Fence {
        let fence = Fence::new();
        let connection = Connection {
            generation,
            fence: fence.clone(),
        };
        let mut inner = self.0.lock();
        let Inner { sessions, logs, .. } = &mut *inner;
        let local = sessions.entry(session).or_insert_with(|| {
            let readership = logs.entry(log.epoch()).or_default();
            readership.sessions += 1;
            readership.is_owned |= owns_log;
            LocalSession {
                log: Arc::clone(log),
                owns_log,
                was_admitted: false,
                connections: Vec::with_capacity(1),
            }
        });
        local.connections.push(connection);
        fence
    }

    /// The connection of this generation is let in: those before it are cut.
    pub(crate) fn admit(&self, session: SessionId, generation: u64) {
        let mut deferred = Deferred::default();
        if let Some(local) = self.0.lock().sessions.get_mut(&session) {
            local.was_admitted = true;
            local.log.keep();
            local.cut_before(generation, &mut deferred);
        }
        deferred.run();
    }

    /// A connection of this generation was let in elsewhere, or may have been: those before it are cut.
    pub(crate) fn replace(&self, session: SessionId, generation: u64) {
        let mut deferred = Deferred::default();
        if let Some(local) = self.0.lock().sessions.get_mut(&session) {
            local.cut_before(generation, &mut deferred);
        }
        deferred.run();
    }

    /// The writers of these logs are gone with their nodes: the clients that read them are sent away, and
    /// come back.
    pub(crate) fn cut_readers(&self, logs: &[LogEpoch]) {
        let mut deferred = Deferred::default();
        for local in self.0.lock().sessions.values_mut() {
            if logs.contains(&local.log.epoch()) {
                local.cut_all(CutReason::WriterGone, &mut deferred);
            }
        }
        deferred.run();
    }

    /// The sessions that have something here, and whether they were ever admitted. One that was not may be
    /// closed elsewhere before the answer comes that lets it in.
    pub(crate) fn sessions(&self) -> Vec<(SessionId, bool)> {
        let inner = self.0.lock();
        let sessions = inner.sessions.iter();
        let mut sessions: Vec<_> = sessions
            .map(|(session, local)| (*session, local.was_admitted))
            .collect();
        sessions.sort_unstable();
        sessions
    }

    /// Whether a connection of this session was ever admitted here.
    pub(crate) fn was_admitted(&self, session: SessionId) -> bool {
        let inner = self.0.lock();
        let local = inner.sessions.get(&session);
        local.is_some_and(|local| local.was_admitted)
    }

    /// The store has lost a session that was admitted before. It could not be revoked any more, so it is
    /// closed.
    pub(crate) fn lose(&self, session: SessionId) {
        self.close(session, 0, CloseReason::Rollback);
    }

    /// Wakes all connections: they may emit again.
    pub(crate) fn wake(&self) {
        let fences: Vec<_> = {
            let inner = self.0.lock();
            let connections = inner.sessions.values().flat_map(|local| &local.connections);
            connections
                .map(|connection| connection.fence.clone())
                .collect()
        };
        fences.iter().for_each(Fence::wake);
    }

    /// A connection is gone. The session stays: its client may come back.
    pub(crate) fn leave(&self, session: SessionId, fence: &Fence) {
        if let Some(local) = self.0.lock().sessions.get_mut(&session) {
            local.remove(fence);
        }
    }

    /// A connection was not let in. If the session was never here, it is forgotten.
    pub(crate) fn give_up(&self, session: SessionId, fence: &Fence) {
        self.give_up_if(session, |local| {
            local.remove(fence);
            local.connections.is_empty() && !local.was_admitted
        });
    }

    /// The store could not be told of a departure.
    pub(crate) fn keep_unnoted(&self, departure: Departure) {
        self.0.lock().unnoted.push(departure);
    }

    /// Whether there are departures that the store was not told of.
    pub(crate) fn has_unnoted(&self) -> bool {
        !self.0.lock().unnoted.is_empty()
    }

    /// Takes the departures that the store was not told of.
    pub(crate) fn take_unnoted(&self) -> Vec<Departure> {
        std::mem::take(&mut self.0.lock().unnoted)
    }

    /// There is no such session. It is forgotten, unless a connection is registered anew.
    pub(crate) fn forget(&self, session: SessionId) {
        self.give_up_if(session, |local| local.connections.is_empty());
    }

    /// A session is over: its connections are cut. If no session reads its log any more, and one of
    /// them owned it, the log's writer is told.
    ///
    /// A connection before `generation`, the last one, was replaced already, and is told no more.
    ///
    /// Returns whether this node had anything of it.
    pub(crate) fn close(&self, session: SessionId, generation: u64, reason: CloseReason) -> bool {
        self.end(session, generation, reason, Log::stop)
    }

    /// Another node says that a session is over. Its log is left to that node: a notice frees nothing.
    pub(crate) fn close_as_told(&self, session: SessionId, generation: u64, reason: CloseReason) {
        self.end(session, generation, reason, |log, _| log.learn_closed());
    }

    fn end(
        &self,
        session: SessionId,
        generation: u64,
        reason: CloseReason,
        stop: impl FnOnce(&Log, StopReason),
    ) -> bool {
        let mut deferred = Deferred::default();
        let mut inner = self.0.lock();
        if let Some(local) = inner.sessions.remove(&session) {
            for connection in &local.connections {
                let why = if connection.generation < generation {
                    CutReason::Replaced
                } else {
                    CutReason::Closed(reason)
                };
                deferred.cut(&connection.fence, why);
            }
            if inner.leave_log(local.log.epoch()) {
                deferred.stopped = Some(Arc::clone(&local.log));
            }
            deferred.freed = Some(local);
            shrink(&mut inner.sessions);
        }
        drop(inner);
        let was_here = deferred.freed.is_some();
        let stopped = deferred.stopped.take();
        deferred.run();
        if let Some(log) = stopped {
            stop(&log, StopReason::Closed);
        }
        was_here
    }

    fn give_up_if(&self, session: SessionId, is_over: impl FnOnce(&mut LocalSession) -> bool) {
        let mut deferred = Deferred::default();
        let mut inner = self.0.lock();
        if inner.sessions.get_mut(&session).is_some_and(is_over)
            && let Some(local) = inner.sessions.remove(&session)
        {
            inner.leave_log(local.log.epoch());
            deferred.freed = Some(local);
            shrink(&mut inner.sessions);
        }
        drop(inner);
        deferred.run();
    }

    /// The log of a session, if this node has it.
    pub(crate) fn log(&self, session: SessionId) -> Option<Arc<Log>> {
        let inner = self.0.lock();
        let local = inner.sessions.get(&session)?;
        Some(Arc::clone(&local.log))
    }

    /// Asks the writer of the log that a session owns to stop. Returns whether there is such a log.
    pub(crate) fn stop(&self, session: SessionId) -> bool {
        let owned = {
            let inner = self.0.lock();
            let local = inner.sessions.get(&session);
            local
                .filter(|local| local.owns_log)
                .map(|local| Arc::clone(&local.log))
        };
        if let Some(log) = &owned {
            log.stop(StopReason::Requested);
        }
        owned.is_some()
    }
}

/// The sessions of this node are over when it is, unless their logs are in a store: then their clients go
/// on elsewhere, or after a restart.
impl Drop for Connections {
    fn drop(&mut self) {
        let sessions = std::mem::take(&mut self.0.lock().sessions);
        for local in sessions.into_values() {
            if local.owns_log && !local.log.has_store() {
                local.log.stop(StopReason::Closed);
            }
        }
    }
}

impl Inner {
    /// A session no longer reads this log. Returns whether the log is over with it: no other session
    /// reads it, and one of them owned it.
    fn leave_log(&mut self, epoch: LogEpoch) -> bool {
        let Entry::Occupied(mut readership) = self.logs.entry(epoch) else {
            return false;
        };
        readership.get_mut().sessions -= 1;
        if readership.get().sessions > 0 {
            return false;
        }
        let was_last_of_owned = readership.remove().is_owned;
        shrink(&mut self.logs);
        was_last_of_owned
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::log::{LogBudget, LogLimits, Logs};

    /// A session is forgotten because it is over, or because no connection of it was let in.
    #[test]
    fn room_is_given_back_when_sessions_have_gone() {
        let logs = Logs::new(LogLimits::default(), LogBudget::default());
        let connections = Connections::default();
        let room = || {
            let inner = connections.0.lock();
            [inner.sessions.capacity(), inner.logs.capacity()]
        };
        for was_let_in in [true, false] {
            let register = |number: u128| {
                let log = Arc::new(block_on(logs.create()).expect("a log"));
                let session = SessionId::from_bytes(number.to_be_bytes());
                (session, connections.register(session, 1, &log, true))
            };
            let registered: Vec<_> = (0..10_000).map(register).collect();
            assert!(room().iter().all(|room| *room >= 10_000));
            for (session, fence) in &registered {
                if was_let_in {
                    assert!(connections.close(*session, 1, CloseReason::Revoked));
                } else {
                    connections.give_up(*session, fence);
                }
            }
            assert!(room().iter().all(|room| *room <= 128));
        }
    }
}
