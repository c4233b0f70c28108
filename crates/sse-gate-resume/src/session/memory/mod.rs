//! Sessions in this process's memory: [`MemorySessions`].

mod deferred;
mod limits;
mod table;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Clock, SteadyTime, Subject, SystemClock, TokenKey};

pub use limits::SessionLimits;

use deferred::Deferred;
use table::Table;

use super::{
    Binding, CloseReason, Delivered, Fence, Record, Reopened, SessionEpoch, SessionError,
    SessionErrorKind, SessionFilter, SessionStore, ShownId, StepOutcome,
};
use crate::id::SessionId;
use crate::log::ReadLog;
use crate::sync::Mutex;

/// Sessions in memory, all under one lock that is held for a few steps in a table.
///
/// What is over is freed little by little as others come and go, and all at once by
/// [`sweep`](SessionStore::sweep). All sessions end with the process.
pub struct MemorySessions {
    table: Mutex<Table>,
    clock: Arc<dyn Clock>,
}

impl MemorySessions {
    /// No sessions yet, and no more than these.
    pub fn new(limits: SessionLimits) -> Self {
        Self {
            table: Mutex::new(Table::new(limits)),
            clock: Arc::new(SystemClock),
        }
    }

    /// The clock to go by, the system's by default.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How many sessions there are that are not over.
    pub fn len(&self) -> usize {
        self.step(|table, _, _| table.open())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many sessions it remembers, those included that are over.
    pub fn remembered(&self) -> usize {
        self.table.lock().len()
    }

    /// One step on the table. What it leads to elsewhere happens when the lock is free again.
    fn step<T>(&self, step: impl FnOnce(&mut Table, SteadyTime, &mut Deferred) -> T) -> T {
        let now = self.clock.steady();
        let mut deferred = Deferred::default();
        let result = {
            let mut table = self.table.lock();
            table.expire_some(now, &mut deferred);
            step(&mut table, now, &mut deferred)
        };
        deferred.run();
        result
    }
}

/// With the store, all sessions are over.
impl Drop for MemorySessions {
    fn drop(&mut self) {
        let mut deferred = Deferred::default();
        self.table.lock().abandon(&mut deferred);
        deferred.run();
    }
}

impl Default for MemorySessions {
    fn default() -> Self {
        Self::new(SessionLimits::default())
    }
}

impl fmt::Debug for MemorySessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySessions")
            .field("remembered", &self.remembered())
            .finish_non_exhaustive()
    }
}

impl SessionStore for MemorySessions {
    async fn open(
        &self,
        id: SessionId,
        record: Record,
        log: Arc<dyn ReadLog>,
        owns_log: bool,
    ) -> Result<Fence, SessionError> {
        let opened: Result<Fence, SessionErrorKind> = self
            .step(|table, now, deferred| table.open_new(id, record, log, owns_log, now, deferred));
        Ok(opened?)
    }

    async fn epoch(&self) -> Result<SessionEpoch, SessionError> {
        Ok(self.table.lock().epoch())
    }

    async fn find(&self, id: SessionId) -> Result<Option<Arc<Binding>>, SessionError> {
        Ok(self.table.lock().binding(id))
    }

    async fn redeem(&self, id: SessionId, shown: ShownId) -> Result<StepOutcome, SessionError> {
        Ok(self.step(|table, now, deferred| table.redeem(id, &shown, now, deferred)))
    }

    async fn reopen(
        &self,
        token: TokenKey,
        window: Duration,
    ) -> Result<Option<Reopened>, SessionError> {
        Ok(self.step(|table, now, deferred| table.reopen(token, window, now, deferred)))
    }

    fn release(&self, id: SessionId, generation: u64, delivered: Delivered) {
        self.step(|table, now, _| table.release(id, generation, delivered, now));
    }

    fn confirm(&self, id: SessionId, generation: u64) {
        self.table.lock().confirm(id, generation);
    }

    async fn close(
        &self,
        whose: SessionFilter,
        reason: CloseReason,
    ) -> Result<usize, SessionError> {
        Ok(self.step(|table, _, deferred| table.close_all(&whose, reason, deferred)))
    }

    async fn stop(&self, token: TokenKey, subject: Subject) -> Result<bool, SessionError> {
        Ok(self.step(|table, _, deferred| table.stop(token, &subject, deferred)))
    }

    fn sweep(&self) {
        self.step(Table::expire_all);
    }
}
