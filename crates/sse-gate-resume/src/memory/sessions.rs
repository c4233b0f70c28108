//! Sessions in this process's memory: [`MemorySessions`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Clock, SteadyTime, Subject, SystemClock, TokenKey};

use super::SessionLimits;
use super::deferred::Deferred;
use super::table::Table;
use crate::id::SessionId;
use crate::log::ReadLog;
use crate::node::Fence;
use crate::session::{
    Binding, CloseReason, Delivered, Record, SessionEpoch, SessionError, SessionErrorKind, ShownId,
};
use crate::store::{Reopened, SessionFilter, SessionStore, StepOutcome};
use crate::sync::Mutex;

/// Sessions in memory, under one lock that is held only for a few steps in a table.
///
/// Sessions that are over are freed step by step as others come and go, and all at once by
/// [`Sessions::sweep`](crate::Sessions::sweep). All sessions end with the process. With the default
/// bounds and keys, [`Sessions::in_memory`](crate::Sessions::in_memory) is shorter.
///
/// ```
/// use sse_gate_core::{ManualClock, SystemEntropy};
/// use sse_gate_resume::{MemorySessions, ResumeKeys, SessionLimits, Sessions};
///
/// // A test that moves the time gives both the same clock.
/// let clock = ManualClock::default();
/// let store = MemorySessions::new(SessionLimits::default()).with_clock(clock.clone());
/// assert!(store.is_empty());
/// let keys = ResumeKeys::generate(&SystemEntropy)?;
/// let sessions = Sessions::new(store, keys).with_clock(clock);
/// # let _ = sessions;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct MemorySessions {
    table: Mutex<Table>,
    clock: Arc<dyn Clock>,
}

impl MemorySessions {
    /// A store without sessions, which keeps to these bounds.
    pub fn new(limits: SessionLimits) -> Self {
        Self {
            table: Mutex::new(Table::new(limits)),
            clock: Arc::new(SystemClock),
        }
    }

    /// Sets the clock, the system's by default.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How many sessions are not over.
    pub fn len(&self) -> usize {
        self.step(|table, _, _| table.open())
    }

    /// Whether all sessions are over.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many sessions it remembers, those included that are over.
    pub fn remembered(&self) -> usize {
        self.table.lock().len()
    }

    /// Takes one step on the table. Then, without the lock, it does what the step has deferred.
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

/// All sessions are over when the store is dropped.
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
        while self.step(Table::expire_many) {}
    }
}
