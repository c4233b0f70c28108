//! Sessions in this process's memory: [`MemorySessions`].

use std::fmt;
use std::sync::Arc;

use sse_gate_core::{Clock, Subject, SystemClock};

use super::SessionLimits;
use super::table::Table;
use crate::id::SessionId;
use crate::session::{Record, SessionError};
use crate::store::{Due, Moment, SessionKey, SessionStore, StoredSession};
use crate::sync::Mutex;

/// How many sessions whose time is up are named whenever a token is shown.
const DUE_A_MOMENT: usize = 8;

/// Sessions in memory, under one lock that is held only for a few steps in a table.
///
/// Sessions that are over are freed step by step as others come, and all at once by
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

    /// How many sessions are not closed.
    pub fn len(&self) -> usize {
        self.table.lock().open()
    }

    /// Whether all sessions are closed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many sessions it remembers, those included that are closed.
    pub fn remembered(&self) -> usize {
        self.table.lock().len()
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
    async fn moment(&self) -> Result<Moment, SessionError> {
        let now = self.clock.steady();
        let mut table = self.table.lock();
        Ok(Moment {
            epoch: table.epoch(),
            now,
            due: table.due(DUE_A_MOMENT, now).sessions,
        })
    }

    async fn create(&self, id: SessionId, record: Record) -> Result<(), SessionError> {
        Ok(self.table.lock().create(id, record)?)
    }

    async fn load(&self, key: SessionKey) -> Result<Option<StoredSession>, SessionError> {
        let now = self.clock.steady();
        Ok(self.table.lock().load(key, now))
    }

    async fn swap(
        &self,
        id: SessionId,
        version: u64,
        record: Record,
    ) -> Result<bool, SessionError> {
        Ok(self.table.lock().swap(id, version, record))
    }

    async fn waiting(
        &self,
        subject: Subject,
        limit: usize,
    ) -> Result<Vec<SessionId>, SessionError> {
        Ok(self.table.lock().waiting(&subject, limit))
    }

    async fn due(&self, limit: usize) -> Result<Due, SessionError> {
        let now = self.clock.steady();
        Ok(self.table.lock().due(limit, now))
    }

    async fn revoke(&self, subject: Subject) -> Result<Vec<SessionId>, SessionError> {
        Ok(self.table.lock().revoke(&subject))
    }
}
