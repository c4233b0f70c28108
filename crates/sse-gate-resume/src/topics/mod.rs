//! Logs by name, for feeds that many clients follow: [`Topics`].

mod error;
mod idle;
mod table;
mod topic;

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use sse_gate_codec::Event;
use sse_gate_core::{SteadyTime, Subject};

pub use error::{TopicError, TopicErrorKind};

use crate::log::{Log, Logs, WatchedLog};
use crate::sync::{Mutex, MutexGuard};

use table::TopicTable;
use topic::Topic;

/// A registry of logs by name, for feeds that many clients follow. Clones share the topics.
///
/// A topic is made when it is used first, and counts as its owner's: the subject that asked for it,
/// or `None` for the server itself. Everyone who knows a name may use the topic then, so **check
/// first who may**. Its events count against the owner's [share](crate::LogBudget::with_share) of
/// the logs' budget.
///
/// Topics are bounded in number, in all and for each subject. At a bound, a topic that is *idle*
/// makes room: its log is empty, nothing holds a handle of the log, and it is not
/// [reserved](Self::reserve). A subscription holds a handle, and so does a session whose client is
/// away for a moment. If no topic is idle, the newcomer is refused with a [`TopicError`].
///
/// If the logs are in a store, these are bounds on what this process has in use: what it has in memory of
/// the log of an idle topic is empty. A topic that makes room is forgotten here only, as the store may have
/// younger events of it, and other nodes may follow it. Its log stays in the store, within the store's own
/// bounds, until its events are too old.
///
/// With *n* topics, a step takes O(log *n*), at a bound too. Only [`names`](Self::names) visits all
/// of them.
///
/// ```
/// use std::sync::Arc;
/// use sse_gate_codec::Event;
/// use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
/// use sse_gate_resume::{Logs, Opening, Sessions, Start, Topics};
///
/// # pollster::block_on(async {
/// let topics = Topics::new(Logs::default()).with_max(100);
/// // The server publishes by itself: the topic has no owner.
/// topics.publish("news", None, &Event::new().data("one")).await?;
///
/// // Alice follows, from the last event on.
/// # let gate = TokenGate::new(MemoryStore::default());
/// # let resource = Resource::new(["news"])?;
/// # let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, resource.clone())).await?;
/// # let sessions = Sessions::in_memory()?;
/// # let arrival = sessions.arrival().await?;
/// # let grant = gate.redeem(issued.token().expose(), &resource).await?;
/// # let key = issued.key();
/// let log = topics.log("news", grant.subject()).await?;
/// let opening = Opening::new(arrival, &grant, key, Arc::new(log))
///     .on_shared_log()
///     .with_start(Start::Last(1));
/// let mut subscription = sessions.open(opening).await?;
///
/// topics.publish("news", None, &Event::new().data("two")).await?;
/// let mut bytes = bytes::BytesMut::new();
/// std::future::poll_fn(|cx| subscription.poll_write(cx, &mut bytes)).await;
/// let text = String::from_utf8(bytes.to_vec())?;
/// assert!(text.contains("data: one\n") && text.contains("data: two\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Topics {
    logs: Logs,
    table: Arc<Mutex<TopicTable>>,
}

impl Topics {
    /// The longest name of a topic, in bytes.
    pub const MAX_NAME_LEN: usize = 256;

    /// No topics yet. Their logs will be of these, and time passes by the logs' clock.
    ///
    /// By default, there are at most 1,024 topics, and at most 16 of one subject.
    pub fn new(logs: Logs) -> Self {
        Self {
            logs,
            table: Arc::default(),
        }
    }

    /// Sets how many topics there may be. More that are there already stay.
    pub fn with_max(self, topics: usize) -> Self {
        self.lock().max = topics;
        self
    }

    /// Sets how many topics one subject may own. The server itself may own any number.
    pub fn with_max_per_subject(self, topics: usize) -> Self {
        self.lock().max_per_subject = topics;
        self
    }

    /// Returns the log of a topic. If there is none of this name, a new one is made, which counts as
    /// this owner's.
    ///
    /// # Errors
    ///
    /// The name is too long, there are too many topics, or the random number generator failed.
    pub async fn log<'a>(
        &self,
        name: &str,
        owner: impl Into<Option<&'a Subject>>,
    ) -> Result<Log, TopicError> {
        self.reserve(name, owner, Duration::ZERO).await
    }

    /// Like [`log`](Self::log), and keeps the topic for at least `time`, even if nothing reads it.
    ///
    /// Use it when you issue a token for the topic: the client that gets the token may come as long
    /// as the token is good. A shorter reservation does not replace a longer one.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sse_gate_core::Subject;
    /// use sse_gate_resume::Topics;
    /// use sse_gate_resume::error::TopicErrorKind;
    ///
    /// # pollster::block_on(async {
    /// let topics = Topics::default().with_max(1);
    /// let alice = Subject::new("alice")?;
    /// // A token for this topic is good for 30 s.
    /// topics.reserve("chess", &alice, Duration::from_secs(30)).await?;
    ///
    /// // Nothing holds the log, and still the topic stays.
    /// let error = topics.log("go", None).await.unwrap_err();
    /// assert_eq!(error.kind(), TopicErrorKind::Full);
    /// assert!(error.retry_after().unwrap() <= Duration::from_secs(30));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`log`](Self::log).
    pub async fn reserve<'a>(
        &self,
        name: &str,
        owner: impl Into<Option<&'a Subject>>,
        time: Duration,
    ) -> Result<Log, TopicError> {
        if name.len() > Self::MAX_NAME_LEN {
            return Err(TopicErrorKind::NameTooLong.into());
        }
        let (now, owner) = (self.now(), owner.into());
        let reserved_until = now.saturating_add(time);
        {
            drop(self.remove_gone(name));
            let mut table = self.lock();
            if let Some(log) = table.hand_out(name, reserved_until) {
                return Ok(log);
            }
            table.find_room(owner, now)?;
        }
        let log = self.logs.of_topic(name, owner).await?;
        self.place(name, log, owner, reserved_until)
    }

    /// Returns the log of a topic, if there is one of this name.
    ///
    /// # Errors
    ///
    /// The store of the logs can't be reached, or there are too many topics to use another one.
    pub async fn get(&self, name: &str) -> Result<Option<Log>, TopicError> {
        let now = self.now();
        drop(self.remove_gone(name));
        if let Some(log) = self.lock().hand_out(name, now) {
            return Ok(Some(log));
        }
        match self.logs.find_topic(name).await? {
            Some(log) => Ok(Some(self.place(name, log, None, now)?)),
            None => Ok(None),
        }
    }

    /// Appends an event to the log of a topic, which is made if there is none, and returns the
    /// event's number.
    ///
    /// # Errors
    ///
    /// As for [`log`](Self::log), or the log does not take the event.
    pub async fn publish<'a>(
        &self,
        name: &str,
        owner: impl Into<Option<&'a Subject>>,
        event: &Event<'_>,
    ) -> Result<u64, TopicError> {
        let log = self.log(name, owner).await?;
        Ok(log.append(event).await?)
    }

    /// Forgets a topic, so that its name is free for a new one. Readers of the old log keep it. In a store,
    /// the log is freed.
    /// Returns whether there was such a topic.
    ///
    /// ```
    /// use sse_gate_resume::{Publisher, Topics};
    ///
    /// # pollster::block_on(async {
    /// let topics = Topics::default();
    /// // The match is over. Those who follow it are told so, and the next one begins anew.
    /// let publisher = Publisher::new(topics.log("match", None).await?);
    /// publisher.finish().await?;
    /// assert!(topics.remove("match").await?);
    /// assert!(topics.get("match").await?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The store of the logs can't be reached.
    pub async fn remove(&self, name: &str) -> Result<bool, TopicError> {
        let removed = self.lock().remove(name);
        let in_store = self.logs.remove_topic(name).await?;
        Ok(removed.is_some() || in_store)
    }

    /// The names of the topics that this process has used and not forgotten, in no order.
    pub fn names(&self) -> Vec<String> {
        let table = self.lock();
        table.names().map(str::to_owned).collect()
    }

    /// How many topics this process has used and not forgotten.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether there is no topic.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes a topic out whose log is gone from its store: another node has removed it. Drop what it
    /// returns without the lock.
    fn remove_gone(&self, name: &str) -> Option<Topic> {
        let mut table = self.lock();
        let is_gone = table.is_gone(name);
        is_gone.then(|| table.remove(name)).flatten()
    }

    /// Gives a log its place in the table, unless another task has filled it meanwhile. Returns the log
    /// that is there.
    fn place(
        &self,
        name: &str,
        log: Log,
        owner: Option<&Subject>,
        reserved_until: SteadyTime,
    ) -> Result<Log, TopicError> {
        let mut table = self.lock();
        if let Some(known) = table.hand_out(name, reserved_until) {
            // What is not used is freed without the lock.
            drop(table);
            return Ok(known);
        }
        let victim = match table.find_room(owner, self.now()) {
            Ok(victim) => victim,
            Err(full) => {
                drop(table);
                return Err(full);
            }
        };
        let name: Arc<str> = name.into();
        let watched = WatchedLog::new(&log, self.settle_later(&name));
        let evicted = victim.and_then(|victim| table.remove(&victim));
        let topic = Topic::new(watched, owner.cloned(), reserved_until);
        table.insert(name, topic);
        drop(table);
        // It is only forgotten. Its store may have events that this process never had, and others may use it.
        if let Some(evicted) = evicted {
            evicted.log.release();
        }
        Ok(log)
    }

    /// Tells the table when the last handle of a topic's log is dropped.
    fn settle_later(&self, name: &Arc<str>) -> impl Fn() + Send + Sync + 'static {
        let (table, name) = (Arc::downgrade(&self.table), Arc::clone(name));
        move || {
            if let Some(table) = Weak::upgrade(&table) {
                table.lock().settle(&name);
            }
        }
    }

    fn now(&self) -> SteadyTime {
        self.logs.clock().steady()
    }

    fn lock(&self) -> MutexGuard<'_, TopicTable> {
        self.table.lock()
    }
}

impl Default for Topics {
    /// Topics with the default logs and bounds.
    fn default() -> Self {
        Self::new(Logs::default())
    }
}

impl fmt::Debug for Topics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Topics")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
