//! Sessions in this process's memory: [`MemorySessions`].

use std::fmt;
use std::sync::Arc;

use sse_gate_core::{Clock, Subject, SystemClock};

use super::table::{Swapped, Table};
use super::{MemoryBus, SessionLimits};
use crate::id::SessionId;
use crate::session::{NodeId, Record, SessionError};
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
/// A test of several nodes gives each a handle of its own: [`with_node`](Self::with_node). Clones are of
/// the same node.
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
#[derive(Clone)]
pub struct MemorySessions {
    table: Arc<Mutex<Table>>,
    clock: Arc<dyn Clock>,
    node: NodeId,
    bus: Option<MemoryBus>,
}

impl MemorySessions {
    /// A store without sessions, which keeps to these bounds.
    pub fn new(limits: SessionLimits) -> Self {
        Self {
            table: Arc::new(Mutex::new(Table::new(limits))),
            clock: Arc::new(SystemClock),
            node: NodeId::NONE,
            bus: None,
        }
    }

    /// Sets the clock, the system's by default.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Makes this handle another node's. The store stays the same.
    ///
    /// ```
    /// use sse_gate_resume::MemorySessions;
    /// use sse_gate_resume::backend::{NodeId, SessionStore};
    ///
    /// let store = MemorySessions::default();
    /// let [one, two] = [1, 2].map(|n| store.clone().with_node(NodeId::from_bytes([n; 8])));
    /// assert_ne!(one.node(), two.node());
    /// // The first one dies: the sessions that it served wait for their clients.
    /// store.forget_node(one.node());
    /// ```
    pub fn with_node(mut self, node: NodeId) -> Self {
        self.node = node;
        self
    }

    /// Tells the nodes on this bus what changes through this handle.
    pub fn with_bus(mut self, bus: &MemoryBus) -> Self {
        self.bus = Some(bus.clone());
        self
    }

    /// Says that a node is gone. The sessions that it served wait for their clients. Call it when the
    /// node's tasks no longer run.
    pub fn forget_node(&self, node: NodeId) {
        let now = self.clock.steady();
        self.table.lock().lose(node, now);
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
    fn node(&self) -> NodeId {
        self.node
    }

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

    async fn swap(&self, from: &StoredSession, record: Record) -> Result<bool, SessionError> {
        let swapped = self.table.lock().swap(from.id, from.version, record);
        let Swapped::Done(notice) = swapped else {
            return Ok(false);
        };
        if let (Some(bus), Some(notice)) = (&self.bus, notice) {
            bus.tell(notice);
        }
        Ok(true)
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
