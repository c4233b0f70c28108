//! The store of logs: [`SqliteLogs`].

use std::sync::Arc;

use bytes::Bytes;
use sse_gate_resume::backend::{
    LogEnd, LogId, LogName, LogStore, LogWindows, NewLog, NodeId, StoredEvents, StoredLog,
};
use sse_gate_resume::error::{AppendError, LogError};

use crate::Database;
use crate::database::Shared;
use crate::engine::{Step, WhenAbandoned};
use crate::logs::{self, Appending, LogCaps, LogKey, Newcomer, NotAppended};

/// How many logs there may be by default.
const LOGS: usize = 50_000;

/// How many bytes all logs may have by default.
const BYTES: usize = 1024 * 1024 * 1024;

/// The share of all bytes that the logs of one subject may have by default.
const SHARES: usize = 16;

/// Keeps event logs in a [`Database`]. An event is answered when it is committed: what
/// [`publish`](sse_gate_resume::Publisher::publish) has acknowledged is as durable as the
/// [`Durability`](crate::Durability) of the database says.
///
/// Appends that wait at the same moment are committed together. So many writers cost little more than one.
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_resume::{Logs, Topics};
/// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteLogs};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("sse-gate.db");
/// # pollster::block_on(async {
/// let database = Database::open(&path, DatabaseOptions::unsealed())?;
/// let topics = Topics::new(Logs::default().with_store(SqliteLogs::new(&database)));
/// topics.publish("news", None, &Event::new().data("one")).await?;
/// database.close()?;
///
/// // The process has been started again.
/// let database = Database::open(&path, DatabaseOptions::unsealed())?;
/// let topics = Topics::new(Logs::default().with_store(SqliteLogs::new(&database)));
/// let seq = topics.publish("news", None, &Event::new().data("two")).await?;
/// assert_eq!(seq, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # An answer whose process has died
///
/// A log that [`create_for`](sse_gate_resume::Logs::create_for) makes has one writer. If the process dies before the
/// writer has ended it, the log is orphaned. The next process finds it so when the client comes back, and either
/// takes the work over or ends the log as failed.
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_core::Subject;
/// use sse_gate_resume::Logs;
/// use sse_gate_resume::backend::{LogId, LogStore};
/// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteLogs};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("sse-gate.db");
/// # pollster::block_on(async {
/// let database = Database::open(&path, DatabaseOptions::unsealed())?;
/// let logs = Logs::default().with_store(SqliteLogs::new(&database));
/// let log = logs.create_for(&Subject::new("alice")?).await?;
/// log.append(&Event::new().data("half of the answer")).await?;
/// let id = LogId { name: log.name(), epoch: log.epoch() };
/// database.close()?;
///
/// // The process has been started again.
/// let store = SqliteLogs::new(&Database::open(&path, DatabaseOptions::unsealed())?);
/// let stored = store.open(id.name.clone()).await?.expect("it is in the file");
/// assert!(stored.is_orphaned);
/// assert!(store.claim(id.clone()).await?);
/// assert!(!store.claim(id.clone()).await?, "it is taken over once");
/// assert_eq!(store.append(id, "data: the rest\n\n".into()).await?, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Damage
///
/// | what was changed in the file | what readers see |
/// |---|---|
/// | the bytes, the place or the number of an event | a gap, and the events behind it under their own numbers |
/// | an event is missing | the same |
/// | the name or the epoch of a log | no log, or one whose events are all gone |
/// | the numbers of a log, so that they make no sense | no log: it is freed when it is opened, or at the next start |
///
/// No event is given under a number or a name that is not its own. In a file that is not sealed, someone who can
/// write to it can also write events.
///
/// # What is freed, and when
///
/// A session's own log goes with the session. A topic's log goes when the topic is
/// [removed](sse_gate_resume::Topics::remove). A log that an earlier process has left, and that this one has not
/// used, goes when its events are too old, and so does that of a topic that made room for others.
#[derive(Clone, Debug)]
pub struct SqliteLogs {
    shared: Arc<Shared>,
    max_logs: usize,
    caps: LogCaps,
}

impl SqliteLogs {
    /// The logs in a database: at most 50,000 of them, and 1 GiB of events in all, a sixteenth of that for
    /// the logs of one subject.
    ///
    /// How many events a log holds, and for how long, is set by the [`Logs`](sse_gate_resume::Logs) that make it,
    /// and stays with the log over restarts.
    ///
    /// ```
    /// use sse_gate_codec::Event;
    /// use sse_gate_resume::backend::{LogName, LogStore};
    /// use sse_gate_resume::{LogLimits, Logs, Topics};
    /// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteLogs};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("sse-gate.db");
    /// # pollster::block_on(async {
    /// let database = Database::open(path, DatabaseOptions::unsealed())?;
    /// let store = SqliteLogs::new(&database);
    /// let prices = Logs::default()
    ///     .with_limits(LogLimits::default().with_max_events(2))
    ///     .with_store(store.clone());
    /// let topics = Topics::new(prices);
    /// for price in ["100", "101", "99"] {
    ///     topics.publish("gold", None, &Event::new().data(price)).await?;
    /// }
    /// let stored = store.open(LogName::new("topic/gold")?).await?.expect("it was made");
    /// assert_eq!((stored.bounds.first, stored.bounds.last), (2, 3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(database: &Database) -> Self {
        Self {
            shared: Arc::clone(database.shared()),
            max_logs: LOGS,
            caps: LogCaps {
                bytes: BYTES,
                bytes_per_owner: BYTES / SHARES,
            },
        }
    }

    /// Sets how many logs there may be. A log that is refused is
    /// [`Full`](sse_gate_resume::error::LogErrorKind::Full).
    ///
    /// ```
    /// use sse_gate_resume::Logs;
    /// use sse_gate_resume::error::LogErrorKind;
    /// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteLogs};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("sse-gate.db");
    /// # pollster::block_on(async {
    /// let database = Database::open(path, DatabaseOptions::unsealed())?;
    /// let logs = Logs::default().with_store(SqliteLogs::new(&database).with_max_logs(1));
    /// let _first = logs.create().await?;
    /// let refused = logs.create().await.unwrap_err();
    /// assert_eq!(refused.kind(), LogErrorKind::Full);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_max_logs(mut self, logs: usize) -> Self {
        self.max_logs = logs;
        self
    }

    /// Sets how many bytes the events of all logs may have, and those of one subject's logs. At either
    /// bound, the oldest events of a log make room for its new ones. An event counts with its bytes and 64
    /// more.
    ///
    /// If other logs have all the room, an append is refused, and its log keeps all its events. A log that
    /// belongs to no subject has the first bound alone.
    ///
    /// ```
    /// use sse_gate_codec::Event;
    /// use sse_gate_resume::Logs;
    /// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteLogs};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("sse-gate.db");
    /// # pollster::block_on(async {
    /// let database = Database::open(path, DatabaseOptions::unsealed())?;
    /// // So little that one event fits in.
    /// let store = SqliteLogs::new(&database).with_max_bytes(100, 100);
    /// let log = Logs::default().with_store(store).create().await?;
    /// assert_eq!(log.append(&Event::new().data("one")).await?, 1);
    /// assert_eq!(log.append(&Event::new().data("two")).await?, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_max_bytes(mut self, in_all: usize, per_subject: usize) -> Self {
        self.caps = LogCaps {
            bytes: in_all,
            bytes_per_owner: per_subject,
        };
        self
    }

    fn key(&self, log: &LogId) -> LogKey {
        LogKey {
            name: self.tag(&log.name),
            epoch: log.epoch,
        }
    }

    /// A name's tag. No subject has the same one.
    fn tag(&self, name: &LogName) -> sse_gate_seal::Tag {
        let name = [b"log\0", name.as_str().as_bytes()].concat();
        self.shared.keys.tags.tag(&name)
    }
}

impl LogStore for SqliteLogs {
    fn windows(&self) -> &LogWindows {
        &self.shared.windows
    }

    async fn create(&self, log: NewLog) -> Result<(), LogError> {
        let shared = &*self.shared;
        let owner = log.owner.as_ref();
        let newcomer = Newcomer {
            key: self.key(&log.id),
            limits: log.limits,
            owner: owner.map(|owner| shared.keys.tags.tag(owner.as_str().as_bytes())),
            writer: if log.has_one_writer {
                shared.node
            } else {
                NodeId::NONE
            },
        };
        let max = self.max_logs;
        let create = move |step: &Step<'_>| logs::create(step, max, &newcomer);
        Ok(shared.engine.write(WhenAbandoned::Skip, create).await??)
    }

    async fn open(&self, name: LogName) -> Result<Option<StoredLog>, LogError> {
        let (name, node) = (self.tag(&name), self.shared.node);
        let open = move |step: &Step<'_>| logs::open(step, name, node);
        Ok(self.shared.engine.write(WhenAbandoned::Skip, open).await?)
    }

    async fn claim(&self, log: LogId) -> Result<bool, LogError> {
        let (key, node) = (self.key(&log), self.shared.node);
        let claim = move |step: &Step<'_>| logs::claim(step, key, node);
        Ok(self.shared.engine.write(WhenAbandoned::Run, claim).await?)
    }

    async fn append(&self, log: LogId, event: Bytes) -> Result<u64, AppendError> {
        let appending = Appending {
            key: self.key(&log),
            caps: self.caps,
            keys: Arc::clone(&self.shared.keys),
            event,
        };
        let append = move |step: &Step<'_>| logs::append(step, &appending);
        match self.shared.engine.write(WhenAbandoned::Run, append).await? {
            Ok(seq) => Ok(seq),
            Err(NotAppended::Kind(kind)) => Err(kind.into()),
            Err(NotAppended::NoEntropy(error)) => Err(AppendError::unavailable(error)),
        }
    }

    async fn read(
        &self,
        log: LogId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Option<StoredEvents>, LogError> {
        let key = self.key(&log);
        let (max, mut lost) = (max_bytes.max(1), None);
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        loop {
            let after = lost.unwrap_or(after);
            let read = move |step: &Step<'_>| logs::read(step, key, after, max);
            let Some(found) = self.shared.engine.read(read).await? else {
                return Ok(None);
            };
            let opened = found.open(key, &self.shared.keys.sealer);
            if opened.lost.is_some() && opened.stored.events.is_empty() {
                // There may be some that can be opened behind them.
                lost = opened.lost;
            } else {
                return Ok(Some(opened.behind(lost)));
            }
        }
    }

    async fn end(&self, log: LogId, how: LogEnd) -> Result<(), AppendError> {
        let key = self.key(&log);
        let end = move |step: &Step<'_>| logs::end(step, key, how);
        self.shared.engine.write(WhenAbandoned::Run, end).await?;
        Ok(())
    }

    async fn remove(&self, log: LogId) -> Result<(), LogError> {
        let key = self.key(&log);
        let remove = move |step: &Step<'_>| logs::remove(step, key);
        Ok(self.shared.engine.write(WhenAbandoned::Run, remove).await?)
    }

    async fn release(&self, log: LogId) -> Result<(), LogError> {
        let (key, windows) = (self.key(&log), self.windows().clone());
        let release = move |step: &Step<'_>| {
            // It may have been opened again meanwhile.
            if windows.in_use().contains(&log) {
                return Ok(());
            }
            logs::release(step, key)
        };
        Ok(self
            .shared
            .engine
            .write(WhenAbandoned::Run, release)
            .await?)
    }
}
