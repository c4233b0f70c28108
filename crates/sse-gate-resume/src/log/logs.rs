//! Makes logs: [`Logs`].

use std::sync::Arc;

use sse_gate_core::{Clock, Entropy, Subject, SystemClock, SystemEntropy};

use super::backing::Backing;
use super::retained::Retained;
use super::shared::SharedLog;
use super::{
    Bounds, Log, LogBudget, LogEpoch, LogError, LogErrorKind, LogLimits, LogName, LogWindows,
};
use crate::node::{Chores, Finished, Spawn};
use crate::store::{LogId, LogStore, NewLog, SharedLogStore, StoredLog};

/// Makes logs that have the same limits, and share a clock, a budget and a store.
///
/// A log is made for each piece of work behind a stream, or for each feed. Feeds that have names are
/// easier with [`Topics`](crate::Topics).
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_core::Subject;
/// use sse_gate_resume::{LogBudget, LogLimits, Logs, Publisher};
///
/// # pollster::block_on(async {
/// let logs = Logs::new(LogLimits::default().with_max_events(2), LogBudget::default());
/// let log = logs.create_for(&Subject::new("alice")?).await?;
/// let publisher = Publisher::new(log.clone());
/// for data in ["one", "two", "three"] {
///     publisher.publish(&Event::new().data(data)).await?;
/// }
/// // The first event has made room for the third.
/// assert_eq!((log.bounds().first, log.bounds().last), (2, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Logs {
    limits: LogLimits,
    budget: LogBudget,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    stored: Option<Stored>,
}

/// What logs in a store share.
#[derive(Clone, Debug)]
struct Stored {
    store: SharedLogStore,
    windows: LogWindows,
    chores: Chores,
}

impl Logs {
    /// Makes logs with these limits, within this budget. They are in memory, and end with the process.
    pub fn new(limits: LogLimits, budget: LogBudget) -> Self {
        Self {
            limits,
            budget,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            stored: None,
        }
    }

    /// Keeps the logs in this store. What is in memory then is a window of the last events of each log
    /// that is in use, within the budget.
    pub fn with_store(mut self, store: impl LogStore) -> Self {
        self.stored = Some(Stored {
            windows: store.windows().clone(),
            store: SharedLogStore::new(store),
            chores: Chores::default(),
        });
        self
    }

    /// Sets what runs work in the background that a log leaves behind, such as telling its store that
    /// its writer is gone. It changes logs in a store that are made from now on.
    pub fn with_spawn(mut self, spawn: impl Spawn) -> Self {
        if let Some(stored) = &mut self.stored {
            stored.chores = std::mem::take(&mut stored.chores).with_spawn(spawn);
        }
        self
    }

    /// Sets the limits of each log that is made from now on.
    pub fn with_limits(mut self, limits: LogLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the budget that all logs share which are made from now on.
    pub fn with_budget(mut self, budget: LogBudget) -> Self {
        self.budget = budget;
        self
    }

    /// Sets the clock by which events age, the system's by default.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the source of the logs' epochs, the system's randomness by default.
    pub fn with_entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// Makes an empty log that counts for no subject, as for a feed of the server's.
    ///
    /// # Errors
    ///
    /// The random number generator failed, or the store did not take the log.
    pub async fn create(&self) -> Result<Log, LogError> {
        let epoch = LogEpoch::generate(&*self.entropy)?;
        self.create_named(LogName::own(epoch), epoch, None, false)
            .await
    }

    /// Makes an empty log for one piece of work. Its events count against this subject's
    /// [share](LogBudget::with_share) of the budget, too.
    ///
    /// # Errors
    ///
    /// As for [`create`](Self::create).
    pub async fn create_for(&self, subject: &Subject) -> Result<Log, LogError> {
        let epoch = LogEpoch::generate(&*self.entropy)?;
        self.create_named(LogName::own(epoch), epoch, Some(subject), true)
            .await
    }

    /// Finds the log that a session reads, in the store. Returns `None` if it is gone, or there is
    /// another one of its name. What the log does in the background runs where the session's chores do.
    pub(crate) async fn open(
        &self,
        name: &LogName,
        epoch: LogEpoch,
        owner: Option<&Subject>,
        chores: &Chores,
    ) -> Result<Option<Log>, LogError> {
        let Some(stored) = &self.stored else {
            return Ok(None);
        };
        if let Some(log) = stored.windows.get(epoch) {
            return Ok(Some(Log::new(log)));
        }
        let found = stored.store.open(name.clone()).await?;
        let found = found.filter(|found| found.epoch == epoch);
        let stored = Stored {
            chores: chores.clone(),
            ..stored.clone()
        };
        Ok(found.map(|found| self.adopt(&stored, name.clone(), &found, owner)))
    }

    /// The log of a topic: the one in the store, or a new one.
    pub(crate) async fn of_topic(
        &self,
        topic: &str,
        owner: Option<&Subject>,
    ) -> Result<Log, LogError> {
        let name = LogName::of_topic(topic);
        // Another node may make it, or free it, between two steps.
        for _ in 0..4 {
            if let Some(stored) = &self.stored
                && let Some(found) = stored.store.open(name.clone()).await?
            {
                return Ok(self.adopt(stored, name, &found, owner));
            }
            let epoch = LogEpoch::generate(&*self.entropy)?;
            match self.create_named(name.clone(), epoch, owner, false).await {
                Err(error) if error.kind() == LogErrorKind::Exists => {}
                created => return created,
            }
        }
        Err(LogErrorKind::Exists.into())
    }

    /// The log of a topic in the store, if there is one.
    pub(crate) async fn find_topic(&self, topic: &str) -> Result<Option<Log>, LogError> {
        let Some(stored) = &self.stored else {
            return Ok(None);
        };
        let Ok(name) = LogName::new(format!("topic/{topic}")) else {
            return Ok(None);
        };
        let found = stored.store.open(name.clone()).await?;
        Ok(found.map(|found| self.adopt(stored, name, &found, None)))
    }

    /// Frees the log of a topic in the store. Returns whether there was one.
    pub(crate) async fn remove_topic(&self, topic: &str) -> Result<bool, LogError> {
        let Some(log) = self.find_topic(topic).await? else {
            return Ok(false);
        };
        log.remove().await?;
        Ok(true)
    }

    /// Frees a log that a session owned, which is over. This node may not have it.
    pub(crate) fn remove_later(&self, name: LogName, epoch: LogEpoch) {
        if let Some(Stored { store, chores, .. }) = self.stored.clone() {
            chores.run(async move {
                // If it fails, the store frees the log when its events are too old.
                let _ = store.remove(LogId { name, epoch }).await;
            });
        }
    }

    /// The windows of the store's logs, if there is a store.
    pub(crate) fn windows(&self) -> Option<LogWindows> {
        self.stored.as_ref().map(|stored| stored.windows.clone())
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    async fn create_named(
        &self,
        name: LogName,
        epoch: LogEpoch,
        owner: Option<&Subject>,
        has_one_writer: bool,
    ) -> Result<Log, LogError> {
        let Some(stored) = &self.stored else {
            return Ok(Log::new(Arc::new(self.window(epoch, owner))));
        };
        stored.chores.run_kept();
        let id = LogId {
            name: name.clone(),
            epoch,
        };
        let new = NewLog {
            has_one_writer,
            ..NewLog::new(id, self.limits, owner.cloned())
        };
        let (logs, own, owner) = (self.clone(), stored.clone(), owner.cloned());
        let create = async move {
            own.store.create(new).await?;
            let log = logs.adopt(&own, name, &empty(epoch), owner.as_ref());
            // Until a session has it, nothing else knows its name.
            log.shared().set_claimed(!log.name().is_own());
            Ok(log)
        };
        Finished::new(create, &stored.chores).await
    }

    /// The handle of a log in the store: of the window that there is, or of a new one.
    fn adopt(
        &self,
        stored: &Stored,
        name: LogName,
        found: &StoredLog,
        owner: Option<&Subject>,
    ) -> Log {
        if let Some(log) = stored.windows.get(found.epoch) {
            return Log::new(log);
        }
        let backing = Backing {
            store: stored.store.clone(),
            id: LogId {
                name,
                epoch: found.epoch,
            },
            chores: stored.chores.clone(),
        };
        let windows = stored.windows.clone();
        let window = self.window(found.epoch, owner);
        let log = window.with_backing(backing, windows, &found.bounds, found.is_orphaned);
        Log::new(stored.windows.keep(log))
    }

    fn window(&self, epoch: LogEpoch, owner: Option<&Subject>) -> SharedLog {
        let account = match owner {
            Some(subject) => self.budget.account_of(subject),
            None => self.budget.account(),
        };
        let retained = Retained::new(self.limits, account);
        SharedLog::new(epoch, Arc::clone(&self.clock), retained)
    }
}

/// A log that was just made.
fn empty(epoch: LogEpoch) -> StoredLog {
    StoredLog {
        epoch,
        bounds: Bounds {
            first: 1,
            last: 0,
            end: None,
        },
        is_orphaned: false,
    }
}

impl Default for Logs {
    fn default() -> Self {
        Self::new(LogLimits::default(), LogBudget::default())
    }
}
