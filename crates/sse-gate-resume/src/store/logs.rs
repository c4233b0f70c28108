//! Where logs are kept: [`LogStore`].

use std::fmt;

use bytes::Bytes;
use sse_gate_core::Subject;

use crate::log::{AppendError, Bounds, LogEnd, LogEpoch, LogError, LogLimits, LogName, LogWindows};

/// Which log it is: a name, and which log of that name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogId {
    /// The name by which it is found.
    pub name: LogName,
    /// Tells it from other logs that had the name.
    pub epoch: LogEpoch,
}

/// A log to [create](LogStore::create).
///
/// ```
/// use sse_gate_resume::LogLimits;
/// use sse_gate_resume::backend::{LogEpoch, LogId, LogName, LogStore, MemoryLogStore, NewLog};
/// use sse_gate_resume::error::LogErrorKind;
///
/// # pollster::block_on(async {
/// let id = LogId {
///     name: LogName::new("topic/chat")?,
///     epoch: LogEpoch::from_bytes([7; 8]),
/// };
/// let new = NewLog::new(id, LogLimits::default(), None);
/// let store = MemoryLogStore::default();
/// store.create(new.clone()).await?;
///
/// // A name is taken once.
/// let error = store.create(new).await.unwrap_err();
/// assert_eq!(error.kind(), LogErrorKind::Exists);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NewLog {
    /// Which log it is.
    pub id: LogId,
    /// How much it holds.
    pub limits: LogLimits,
    /// The subject that it counts for, if it is not the server's own.
    pub owner: Option<Subject>,
    /// Whether one writer of this node writes it, and its end is the end of the log. If the node dies
    /// before that, the log is [orphaned](StoredLog::is_orphaned).
    pub has_one_writer: bool,
}

impl NewLog {
    /// A log that several writers may write, as for a feed.
    pub fn new(id: LogId, limits: LogLimits, owner: Option<Subject>) -> Self {
        Self {
            id,
            limits,
            owner,
            has_one_writer: false,
        }
    }

    /// Says that one writer of this node writes it.
    pub fn with_one_writer(mut self) -> Self {
        self.has_one_writer = true;
        self
    }
}

/// A log as a store has it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLog {
    /// Which log of its name it is.
    pub epoch: LogEpoch,
    /// Which events it holds.
    pub bounds: Bounds,
    /// Whether its one writer is gone with its node, and has not ended it.
    pub is_orphaned: bool,
}

/// Some events of a log: see [`LogStore::read`].
///
/// ```
/// use sse_gate_resume::LogLimits;
/// use sse_gate_resume::backend::{LogEpoch, LogId, LogName, LogStore, MemoryLogStore, NewLog};
///
/// # pollster::block_on(async {
/// # let id = LogId { name: LogName::new("topic/chat")?, epoch: LogEpoch::from_bytes([7; 8]) };
/// let store = MemoryLogStore::default();
/// let limits = LogLimits::default().with_max_events(2);
/// store.create(NewLog::new(id.clone(), limits, None)).await?;
/// for event in ["one", "two", "three"] {
///     store.append(id.clone(), event.into()).await?;
/// }
/// // The first event is gone. A reader that has had none sees it by the number of the first one.
/// let read = store.read(id, 0, 1_000).await?.expect("the log is there");
/// assert_eq!((read.first, read.events.len()), (2, 2));
/// assert_eq!((read.bounds.first, read.bounds.last), (2, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvents {
    /// Which events the log holds.
    pub bounds: Bounds,
    /// The number of the first event of `events`.
    pub first: u64,
    /// The events' bytes, in order and without holes. There may be more.
    pub events: Vec<Bytes>,
}

/// Keeps logs, as plain data. **Each operation is atomic**, whatever other tasks and nodes do at the
/// same time.
///
/// A store keeps the bytes of events and numbers them. Who waits for them is on the node:
/// [`Log`](crate::Log). What [`append`](Self::append) has acknowledged is kept as long as the log's
/// limits allow it, as durably as the store says.
///
/// # Example
///
/// A store around another one, which counts what is appended.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use bytes::Bytes;
/// use sse_gate_resume::backend::{
///     LogEnd, LogId, LogName, LogStore, LogWindows, NewLog, StoredEvents, StoredLog,
/// };
/// use sse_gate_resume::error::{AppendError, LogError};
///
/// #[derive(Debug)]
/// struct Counted<S> {
///     inner: S,
///     appended: AtomicU64,
/// }
///
/// impl<S: LogStore> LogStore for Counted<S> {
///     async fn append(&self, log: LogId, event: Bytes) -> Result<u64, AppendError> {
///         let seq = self.inner.append(log, event).await?;
///         self.appended.fetch_add(1, Ordering::Relaxed);
///         Ok(seq)
///     }
///
///     // All other operations are the inner store's.
///     fn windows(&self) -> &LogWindows {
///         self.inner.windows()
///     }
///
///     async fn create(&self, log: NewLog) -> Result<(), LogError> {
///         self.inner.create(log).await
///     }
///
///     async fn open(&self, name: LogName) -> Result<Option<StoredLog>, LogError> {
///         self.inner.open(name).await
///     }
///
///     async fn claim(&self, log: LogId) -> Result<bool, LogError> {
///         self.inner.claim(log).await
///     }
///
///     async fn read(
///         &self,
///         log: LogId,
///         after: u64,
///         max_bytes: usize,
///     ) -> Result<Option<StoredEvents>, LogError> {
///         self.inner.read(log, after, max_bytes).await
///     }
///
///     async fn end(&self, log: LogId, how: LogEnd) -> Result<(), AppendError> {
///         self.inner.end(log, how).await
///     }
///
///     async fn remove(&self, log: LogId) -> Result<(), LogError> {
///         self.inner.remove(log).await
///     }
///
///     async fn release(&self, log: LogId) -> Result<(), LogError> {
///         self.inner.release(log).await
///     }
/// }
/// ```
pub trait LogStore: fmt::Debug + Send + Sync + 'static {
    /// The windows that this node has on the store's logs. A store makes one when it is opened, and all of
    /// its handles return that one: else, what one appends would not wake the readers of another.
    fn windows(&self) -> &LogWindows;

    /// Makes an empty log.
    ///
    /// # Errors
    ///
    /// There is one of this name already ([`Exists`](crate::error::LogErrorKind::Exists)), or there are
    /// too many ([`Full`](crate::error::LogErrorKind::Full)).
    fn create(&self, log: NewLog) -> impl Future<Output = Result<(), LogError>> + Send;

    /// Finds the log of a name.
    fn open(
        &self,
        name: LogName,
    ) -> impl Future<Output = Result<Option<StoredLog>, LogError>> + Send;

    /// Makes this node the writer of a log that is [orphaned](StoredLog::is_orphaned). Returns whether
    /// it is: only one node takes a log over.
    fn claim(&self, log: LogId) -> impl Future<Output = Result<bool, LogError>> + Send;

    /// Appends an event, whose bytes these are, and returns its number. The oldest events make room for
    /// it.
    ///
    /// # Errors
    ///
    /// The log has ended (`Ended`) or is gone (`Closed`), the event is larger
    /// than the log may be (`TooLarge`), or there is no room (`NoRoom`): see
    /// [`AppendErrorKind`](crate::error::AppendErrorKind).
    fn append(
        &self,
        log: LogId,
        event: Bytes,
    ) -> impl Future<Output = Result<u64, AppendError>> + Send;

    /// Reads events behind number `after`: at least one, if there is one, and not many more than
    /// `max_bytes` of them. If events behind `after` are gone, it begins with the first that is still
    /// there. A log that has ended is still read. Returns `None` if there is no such log.
    fn read(
        &self,
        log: LogId,
        after: u64,
        max_bytes: usize,
    ) -> impl Future<Output = Result<Option<StoredEvents>, LogError>> + Send;

    /// Ends a log. A second end is ignored, and so is the end of a log that is gone.
    ///
    /// # Errors
    ///
    /// The log's one writer is on another node that lives (`Closed`).
    fn end(&self, log: LogId, how: LogEnd) -> impl Future<Output = Result<(), AppendError>> + Send;

    /// Frees a log and what it holds. Nothing is appended to it any more. A log that is gone is ignored.
    fn remove(&self, log: LogId) -> impl Future<Output = Result<(), LogError>> + Send;

    /// Notes that this process has no use for a log any more, until it is opened again. Other nodes may use it, and
    /// sessions that wait may come back to it. A store that keeps logs as long as its process uses them can free it when
    /// its events are too old. Others have nothing to do, and that is the default.
    fn release(&self, log: LogId) -> impl Future<Output = Result<(), LogError>> + Send {
        let _ = log;
        std::future::ready(Ok(()))
    }
}
