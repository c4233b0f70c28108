//! A store of logs in memory: [`MemoryLogStore`].

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use sse_gate_core::{Clock, SystemClock};

use super::MemoryBus;
use super::kept_log::KeptLog;
use crate::log::{
    AppendError, AppendErrorKind, Bounds, LogEnd, LogEpoch, LogError, LogErrorKind, LogName,
    LogWindows,
};
use crate::session::NodeId;
use crate::store::{LogId, LogStore, NewLog, Notice, StoredEvents, StoredLog};
use crate::sync::Mutex;

/// Logs in memory that outlive the nodes that use them, for tests and simulations of several nodes or
/// of a restart. Each handle is one node's, and clones are of the same node.
///
/// A service with one process needs no store: [`Logs`](crate::Logs) keeps its logs in memory already.
///
/// At the bound on logs, those make room that have ended or are orphaned, and were not used for as long
/// as their events are kept. Owners are not counted.
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_core::Subject;
/// use sse_gate_resume::{Logs, Publisher};
/// use sse_gate_resume::backend::{LogStore, MemoryLogStore, NodeId};
///
/// # pollster::block_on(async {
/// let [one, two] = [1, 2].map(|n| NodeId::from_bytes([n; 8]));
/// let store = MemoryLogStore::default().with_node(one);
///
/// // The first node dies while its handler writes.
/// let logs = Logs::default().with_store(store.clone());
/// let log = logs.create_for(&Subject::new("alice")?).await?;
/// log.append(&Event::new().data("hello")).await?;
/// let name = log.name();
/// store.forget_node(one);
///
/// // The second one finds the log, and what was written.
/// let found = store.with_node(two).open(name).await?.expect("it is kept");
/// assert_eq!((found.bounds.last, found.is_orphaned), (1, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct MemoryLogStore {
    logs: Arc<Mutex<HashMap<LogName, KeptLog>>>,
    max_logs: usize,
    clock: Arc<dyn Clock>,
    node: NodeId,
    windows: LogWindows,
    bus: Option<MemoryBus>,
}

impl MemoryLogStore {
    /// An empty store for at most this many logs. The default is 10,000. Its handle is of
    /// [no node](NodeId::NONE).
    pub fn new(max_logs: usize) -> Self {
        Self {
            logs: Arc::default(),
            max_logs,
            clock: Arc::new(SystemClock),
            node: NodeId::NONE,
            windows: LogWindows::default(),
            bus: None,
        }
    }

    /// Sets the clock by which events age, the system's by default. Handles that were made before keep
    /// their clock.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sse_gate_codec::Event;
    /// use sse_gate_core::ManualClock;
    /// use sse_gate_resume::Logs;
    /// use sse_gate_resume::backend::{LogStore, MemoryLogStore};
    ///
    /// # pollster::block_on(async {
    /// let clock = ManualClock::default();
    /// let store = MemoryLogStore::default().with_clock(clock.clone());
    /// let logs = Logs::default().with_clock(clock.clone()).with_store(store.clone());
    /// let log = logs.create().await?;
    /// log.append(&Event::new().data("hello")).await?;
    ///
    /// // By default, a log keeps its events for ten minutes.
    /// clock.advance(Duration::from_secs(600));
    /// let found = store.open(log.name()).await?.expect("the log stays");
    /// assert_eq!((found.bounds.first, found.bounds.last), (2, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Makes this handle another node's. The store stays the same.
    pub fn with_node(mut self, node: NodeId) -> Self {
        self.node = node;
        self.windows = LogWindows::default();
        self
    }

    /// Tells the nodes on this bus what changes through this handle.
    pub fn with_bus(mut self, bus: &MemoryBus) -> Self {
        self.bus = Some(bus.clone());
        self
    }

    /// The node that this handle is for.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// Says that a node is gone. Its logs with one writer that have not ended are
    /// [orphaned](StoredLog::is_orphaned). Call it when the node's tasks no longer run.
    ///
    /// ```
    /// use sse_gate_core::Subject;
    /// use sse_gate_resume::Logs;
    /// use sse_gate_resume::backend::{LogId, LogStore, MemoryLogStore, NodeId};
    ///
    /// # pollster::block_on(async {
    /// let [one, two] = [1, 2].map(|n| NodeId::from_bytes([n; 8]));
    /// let store = MemoryLogStore::default();
    /// let logs = Logs::default().with_store(store.clone().with_node(one));
    /// let log = logs.create_for(&Subject::new("alice")?).await?;
    /// let id = LogId { name: log.name(), epoch: log.epoch() };
    ///
    /// // A writer that lives is not replaced.
    /// let other = store.clone().with_node(two);
    /// assert!(!other.claim(id.clone()).await?);
    ///
    /// // One that died is, once.
    /// store.forget_node(one);
    /// assert!(other.claim(id.clone()).await?);
    /// assert!(!store.claim(id).await?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn forget_node(&self, node: NodeId) {
        for log in self.logs.lock().values_mut() {
            log.lose(node);
        }
    }

    /// How many logs it keeps.
    pub fn len(&self) -> usize {
        self.logs.lock().len()
    }

    /// Whether it keeps no log.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Does something with a log, if it is there. A log of another epoch is another log.
    fn with<T>(&self, id: &LogId, run: impl FnOnce(&mut KeptLog) -> T) -> Option<T> {
        let mut logs = self.logs.lock();
        let log = logs.get_mut(&id.name);
        log.filter(|log| log.epoch == id.epoch).map(run)
    }

    /// Tells the other nodes how far a log is.
    fn tell(&self, log: LogEpoch, bounds: &Bounds) {
        if let Some(bus) = &self.bus {
            let Bounds { last, end, .. } = *bounds;
            bus.tell(Notice::Appended { log, last, end });
        }
    }
}

impl LogStore for MemoryLogStore {
    fn windows(&self) -> &LogWindows {
        &self.windows
    }

    async fn create(&self, log: NewLog) -> Result<(), LogError> {
        let now = self.clock.steady();
        let mut logs = self.logs.lock();
        if logs.contains_key(&log.id.name) {
            return Err(LogErrorKind::Exists.into());
        }
        if logs.len() >= self.max_logs {
            logs.retain(|_, kept| !kept.is_spent(now));
        }
        if logs.len() >= self.max_logs {
            return Err(LogErrorKind::Full.into());
        }
        let kept = KeptLog::new(&log, self.node, now);
        logs.insert(log.id.name, kept);
        Ok(())
    }

    async fn open(&self, name: LogName) -> Result<Option<StoredLog>, LogError> {
        let now = self.clock.steady();
        let mut logs = self.logs.lock();
        Ok(logs.get_mut(&name).map(|log| log.stored(now)))
    }

    async fn claim(&self, log: LogId) -> Result<bool, LogError> {
        let claimed = self.with(&log, |log| log.claim(self.node));
        Ok(claimed.unwrap_or(false))
    }

    async fn append(&self, log: LogId, event: Bytes) -> Result<u64, AppendError> {
        let now = self.clock.steady();
        let appended = self.with(&log, |log| (log.append(event, now), log.bounds()));
        let Some((appended, bounds)) = appended else {
            return Err(AppendErrorKind::Closed.into());
        };
        let seq = appended?;
        self.tell(log.epoch, &bounds);
        Ok(seq)
    }

    async fn read(
        &self,
        log: LogId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Option<StoredEvents>, LogError> {
        let now = self.clock.steady();
        Ok(self.with(&log, |log| log.read(after, max_bytes, now)))
    }

    async fn end(&self, log: LogId, how: LogEnd) -> Result<(), AppendError> {
        let now = self.clock.steady();
        let ended = self.with(&log, |log| (log.end(self.node, how, now), log.bounds()));
        match ended {
            Some((true, bounds)) => self.tell(log.epoch, &bounds),
            Some((false, _)) => return Err(AppendErrorKind::Closed.into()),
            None => {}
        }
        Ok(())
    }

    async fn remove(&self, log: LogId) -> Result<(), LogError> {
        let mut logs = self.logs.lock();
        if logs
            .get(&log.name)
            .is_some_and(|kept| kept.epoch == log.epoch)
        {
            logs.remove(&log.name);
        }
        Ok(())
    }
}

impl Default for MemoryLogStore {
    fn default() -> Self {
        Self::new(10_000)
    }
}

impl fmt::Debug for MemoryLogStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLogStore")
            .field("node", &self.node)
            .field("logs", &self.len())
            .finish_non_exhaustive()
    }
}
