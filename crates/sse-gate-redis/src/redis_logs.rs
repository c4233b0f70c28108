//! The store of logs: [`RedisLogs`].

use std::sync::Arc;

use bytes::Bytes;
use sse_gate_resume::backend::{
    LogEnd, LogId, LogName, LogStore, LogWindows, NewLog, StoredEvents, StoredLog,
};
use sse_gate_resume::error::{AppendError, AppendErrorKind, LogError};

use crate::Redis;
use crate::fault::Fault;
use crate::handle::Shared;
use crate::logs;
use crate::server::Server;

/// How many logs there may be by default.
const LOGS: usize = 50_000;

/// Keeps event logs on a [`Redis`] server. What one node publishes is read on all nodes.
///
/// ```no_run
/// use sse_gate_codec::Event;
/// use sse_gate_redis::{Redis, RedisLogs, RedisOptions};
/// use sse_gate_resume::{Logs, Topics};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let redis = Redis::connect("redis://127.0.0.1", RedisOptions::unsealed()).await?;
/// let topics = Topics::new(Logs::default().with_store(RedisLogs::new(&redis)));
/// let first = topics.publish("news", None, &Event::new().data("one")).await?;
///
/// // Another node goes on with the same topic.
/// let redis = Redis::connect("redis://127.0.0.1", RedisOptions::unsealed()).await?;
/// let topics = Topics::new(Logs::default().with_store(RedisLogs::new(&redis)));
/// let second = topics.publish("news", None, &Event::new().data("two")).await?;
/// assert_eq!(second, first + 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it costs
///
/// To append, to read and to end are one round trip each, with one script. Appending takes seven or eight commands in the
/// script, however long the log is, and tells the other nodes on the same trip. To open a log takes a second trip if
/// its writer is another node, and to create one takes two.
///
/// An event of 100 bytes takes about 180 bytes on the server if it is sealed, and 130 if it is not. A log takes about
/// half a kilobyte, and five as soon as it has an event: a stream begins with a piece of four.
///
/// There is no bound on the bytes of all logs together. The number of logs is bounded, and each has limits of its
/// own. If the memory of the server is full, a new log is [`Full`](sse_gate_resume::error::LogErrorKind::Full), and an
/// append to a log whose oldest events make no room is refused with
/// [`NoRoom`](sse_gate_resume::error::AppendErrorKind::NoRoom).
///
/// # An append whose answer is lost
///
/// If the connection breaks while an append is under way, the event may be in the log, or not. The append fails as
/// [`Unavailable`](sse_gate_resume::error::AppendErrorKind::Unavailable), and is not repeated: a reader would
/// perhaps get the event twice.
///
/// # A node that dies
///
/// A log that [`create_for`](sse_gate_resume::Logs::create_for) makes has one writer. If its node gives no sign of life
/// for [some time](crate::RedisOptions::with_node_ttl), the log is orphaned. Another node may then take it over, or end
/// it. If the first node was only cut off, it learns that when it is back: its appends are
/// [`Closed`](sse_gate_resume::error::AppendErrorKind::Closed), and so is its end.
///
/// ```no_run
/// use std::time::Duration;
/// use sse_gate_core::Subject;
/// use sse_gate_redis::{Redis, RedisLogs, RedisOptions};
/// use sse_gate_resume::Logs;
/// use sse_gate_resume::backend::{LogId, LogStore};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let one = Redis::connect("redis://127.0.0.1", RedisOptions::unsealed()).await?;
/// let two = Redis::connect("redis://127.0.0.1", RedisOptions::unsealed()).await?;
/// let logs = Logs::default().with_store(RedisLogs::new(&one));
/// let log = logs.create_for(&Subject::new("alice")?).await?;
/// let id = LogId { name: log.name(), epoch: log.epoch() };
///
/// // The first node lives, so its log is not taken over.
/// let store = RedisLogs::new(&two);
/// assert!(!store.claim(id.clone()).await?);
///
/// drop((log, logs, one));
/// tokio::time::sleep(Duration::from_secs(10)).await;
/// assert!(store.claim(id.clone()).await?);
/// assert!(!store.claim(id).await?, "it is taken over once");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Damage
///
/// | what was changed on the server | what readers see |
/// |---|---|
/// | the bytes of an event, or the log that it is in | a gap, and the events behind it under their own numbers |
/// | an event is missing | the same |
/// | the order of a log's events, or one of them is there twice | the events under other numbers |
/// | the epoch of a log | no log |
/// | the numbers of a log, so that they make no sense | no log, and its name is free |
///
/// The number of an event is given by the script that stores it, so an event is sealed without its number. Someone who
/// can write to the server can repeat and reorder the events of one log, but can't forge an event, and can't move one
/// to another log. On a server that is not sealed, they can also write events.
///
/// # A failover
///
/// Redis answers before its replicas know. So a replica that is promoted, or a server that restarts, may lack the last
/// events of a log, and can't know whether it does. If it gave their numbers again, a reader that has had the lost
/// events would take the next ones for them.
///
/// So the first append to a log in another run of the server leaves out a million numbers. No number is given twice,
/// and each reader of the log is told of a gap once, even if nothing is lost. In a cluster, the same is done when the
/// log's slot has moved to another server.
///
/// # What is freed, and when
///
/// A session's own log goes with the session. A topic's log goes when the topic does. A log that no node uses goes one
/// hour after its events are too old. A node that has a handle of a log uses it, even if nothing is appended.
#[derive(Clone, Debug)]
pub struct RedisLogs {
    shared: Arc<Shared>,
    max_logs: usize,
}

impl RedisLogs {
    /// The logs on a server: at most 50,000 of them.
    ///
    /// How many events a log holds, and for how long, is set by the [`Logs`](sse_gate_resume::Logs) that make it,
    /// and stays with the log.
    pub fn new(redis: &Redis) -> Self {
        Self {
            shared: Arc::clone(redis.shared()),
            max_logs: LOGS,
        }
    }

    /// Sets how many logs there may be on all nodes together. A log that is refused is
    /// [`Full`](sse_gate_resume::error::LogErrorKind::Full). All nodes need the same setting.
    ///
    /// ```no_run
    /// use sse_gate_redis::{Redis, RedisLogs, RedisOptions};
    /// use sse_gate_resume::Logs;
    /// use sse_gate_resume::error::LogErrorKind;
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let redis = Redis::connect("redis://127.0.0.1", RedisOptions::unsealed()).await?;
    /// let logs = Logs::default().with_store(RedisLogs::new(&redis).with_max_logs(1));
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

    async fn run<T, F>(&self, operation: impl FnMut(Arc<Server>) -> F) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        self.shared.link.with(operation).await
    }
}

impl LogStore for RedisLogs {
    fn windows(&self) -> &LogWindows {
        &self.shared.windows
    }

    async fn create(&self, log: NewLog) -> Result<(), LogError> {
        let (shared, max, log) = (&self.shared, self.max_logs, &log);
        let create =
            |server: Arc<Server>| async move { logs::create(&server, shared, max, log).await };
        self.run(create).await?
    }

    async fn open(&self, name: LogName) -> Result<Option<StoredLog>, LogError> {
        let (shared, name) = (&self.shared, &name);
        let open = |server: Arc<Server>| async move { logs::open(&server, shared, name).await };
        Ok(self.run(open).await?)
    }

    async fn claim(&self, log: LogId) -> Result<bool, LogError> {
        let (shared, log) = (&self.shared, &log);
        let claim = |server: Arc<Server>| async move { logs::claim(&server, shared, log).await };
        Ok(self.run(claim).await?)
    }

    async fn append(&self, log: LogId, event: Bytes) -> Result<u64, AppendError> {
        let (shared, log, event) = (&self.shared, &log, &event);
        let append =
            |server: Arc<Server>| async move { logs::append(&server, shared, log, event).await };
        self.run(append).await?
    }

    async fn read(
        &self,
        log: LogId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Option<StoredEvents>, LogError> {
        let (shared, log) = (&self.shared, &log);
        let read = |server: Arc<Server>| async move {
            logs::read(&server, shared, log, after, max_bytes).await
        };
        Ok(self.run(read).await?)
    }

    async fn end(&self, log: LogId, how: LogEnd) -> Result<(), AppendError> {
        let (shared, log) = (&self.shared, &log);
        let end = |server: Arc<Server>| async move { logs::end(&server, shared, log, how).await };
        if self.run(end).await? {
            Ok(())
        } else {
            Err(AppendErrorKind::Closed.into())
        }
    }

    async fn remove(&self, log: LogId) -> Result<(), LogError> {
        let (shared, log) = (&self.shared, &log);
        let remove = |server: Arc<Server>| async move { logs::remove(&server, shared, log).await };
        Ok(self.run(remove).await?)
    }
}
