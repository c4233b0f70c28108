//! Stores whose calls are slow, lost, or never answered: [`Faults`].

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use sse_gate_core::Subject;
use sse_gate_resume::MemorySessions;
use sse_gate_resume::backend::{
    Binding, Due, LogEnd, LogId, LogName, LogStore, LogWindows, MemoryLogStore, Moment, NewLog,
    NodeId, Record, SessionId, SessionKey, SessionStore, StoredEvents, StoredLog, StoredSession,
};
use sse_gate_resume::error::{AppendError, LogError, SessionError, SessionErrorKind};

use crate::ledger::Ledger;
use crate::plan::{Chance, Plan};
use crate::rules::Rule;
use crate::support::{Executor, Fate, Fates};

/// A step that a node takes from memory counts only if the time that it goes by is not older.
const MAX_LAG: Duration = Duration::from_secs(1);

/// What goes wrong between one node and its stores.
#[derive(Clone)]
pub(crate) struct Faults {
    pub(crate) executor: Executor,
    pub(crate) chance: Chance,
    pub(crate) plan: Plan,
    pub(crate) ledger: Ledger,
    pub(crate) is_healed: Arc<AtomicBool>,
    pub(crate) node: u64,
    /// The node runs. If it does not, its calls come to nothing.
    pub(crate) is_alive: Arc<AtomicBool>,
}

impl Faults {
    /// Fates by the plan.
    pub(crate) fn fates(&self) -> Fates {
        let fates = Fates::default();
        let faults = self.clone();
        fates.set(move |operation| faults.clone().decide(operation));
        fates
    }

    async fn decide(self, operation: &'static str) -> Fate {
        let Self {
            chance,
            plan,
            ledger,
            ..
        } = &self;
        if !self.is_healed.load(Ordering::Relaxed) {
            if chance.permille(plan.slow) {
                let most = if chance.permille(100) { 5_000 } else { 60 };
                self.executor.sleep(chance.millis(most)).await;
            }
            if operation != "answer" && chance.permille(plan.failing) {
                ledger.tally(|tally| tally.failed_calls += 1);
                let is_lost = chance.permille(500);
                let fate = if is_lost {
                    Fate::Lost
                } else {
                    Fate::Unanswered
                };
                ledger.trace(|| format!("{operation} of node {} is {fate:?}", self.node));
                return fate;
            }
        }
        ledger.trace(|| format!("{operation} of node {}", self.node));
        if self.is_alive.load(Ordering::Relaxed) {
            return Fate::Done;
        }
        Fate::Hangs
    }
}

/// The store of sessions, as one node has it.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    pub(crate) inner: MemorySessions,
    pub(crate) fates: Fates,
    pub(crate) broken: Option<Rule>,
    /// Nodes that died.
    pub(crate) dead: Arc<Mutex<Vec<NodeId>>>,
    /// What the node has swapped in last, if it has that in mind.
    pub(crate) recent: Option<Arc<Mutex<BTreeMap<SessionId, StoredSession>>>>,
    pub(crate) ledger: Ledger,
}

impl Sessions {
    /// Compares and swaps. The clock of a node may stand still, so a step that is recalled may be late.
    async fn compare_and_swap(
        &self,
        from: &StoredSession,
        record: Record,
    ) -> Result<bool, SessionError> {
        let Some(recent) = &self.recent else {
            return self.inner.swap(from, record).await;
        };
        recent.lock().unwrap().remove(&from.id);
        let now = self.inner.moment().await?.now;
        let is_late = from.is_recalled && now.saturating_since(from.now) > MAX_LAG;
        let is_swapped = !is_late && self.inner.swap(from, record).await?;
        if from.is_recalled {
            self.ledger.tally(|tally| {
                tally.recalled += u64::from(is_swapped);
                tally.recalled_in_vain += u64::from(!is_swapped);
            });
        }
        let stored = self.inner.load(SessionKey::Id(from.id)).await?;
        if let Some(mut stored) = stored
            && is_swapped
            && stored.record.node() == self.inner.node()
        {
            stored.is_recalled = true;
            recent.lock().unwrap().insert(from.id, stored);
        }
        Ok(is_swapped)
    }
}

impl SessionStore for Sessions {
    fn node(&self) -> NodeId {
        self.inner.node()
    }

    async fn moment(&self) -> Result<Moment, SessionError> {
        let work = self.inner.moment();
        self.fates
            .run("moment", work, SessionError::unavailable)
            .await
    }

    async fn create(&self, id: SessionId, record: Record) -> Result<(), SessionError> {
        let work = async {
            let created = self.inner.create(id, record.clone()).await;
            match created {
                Err(error)
                    if error.kind() == SessionErrorKind::Revoked
                        && self.broken == Some(Rule::Epochs) =>
                {
                    let binding = Binding {
                        arrival_epoch: self.inner.moment().await?.epoch,
                        ..(**record.binding()).clone()
                    };
                    self.inner.create(id, Record::new(Arc::new(binding))).await
                }
                created => created,
            }
        };
        self.fates
            .run("create", work, SessionError::unavailable)
            .await
    }

    async fn load(&self, key: SessionKey) -> Result<Option<StoredSession>, SessionError> {
        let work = async {
            let mut loaded = self.inner.load(key).await?;
            if self.broken == Some(Rule::SessionsOutliveNodes) {
                let dead = self.dead.lock().unwrap();
                loaded = loaded.filter(|stored| !dead.contains(&stored.record.node()));
            }
            Ok(loaded)
        };
        self.fates
            .run("load", work, SessionError::unavailable)
            .await
    }

    fn recall(&self, id: SessionId) -> Option<StoredSession> {
        let recent = self.recent.as_ref()?.lock().unwrap();
        recent.get(&id).cloned()
    }

    async fn swap(&self, from: &StoredSession, record: Record) -> Result<bool, SessionError> {
        let work = async {
            if self.broken == Some(Rule::OneStep)
                && let Some(now) = self.inner.load(SessionKey::Id(from.id)).await?
            {
                return self.inner.swap(&now, record).await;
            }
            self.compare_and_swap(from, record).await
        };
        let swapped = self
            .fates
            .run("swap", work, SessionError::unavailable)
            .await;
        if self.broken == Some(Rule::ClosedWhenInDoubt) {
            // It will have been done.
            return Ok(swapped.unwrap_or(true));
        }
        swapped
    }

    async fn waiting(
        &self,
        subject: Subject,
        limit: usize,
    ) -> Result<Vec<SessionId>, SessionError> {
        let work = self.inner.waiting(subject, limit);
        self.fates
            .run("waiting", work, SessionError::unavailable)
            .await
    }

    async fn due(&self, limit: usize) -> Result<Due, SessionError> {
        let work = self.inner.due(limit);
        self.fates.run("due", work, SessionError::unavailable).await
    }

    async fn revoke(&self, subject: Subject) -> Result<Vec<SessionId>, SessionError> {
        let work = self.inner.revoke(subject);
        self.fates
            .run("revoke", work, SessionError::unavailable)
            .await
    }
}

/// The store of logs, as one node has it.
#[derive(Clone, Debug)]
pub(crate) struct Logs {
    pub(crate) inner: MemoryLogStore,
    pub(crate) fates: Fates,
    pub(crate) broken: Option<Rule>,
}

impl LogStore for Logs {
    fn windows(&self) -> &LogWindows {
        self.inner.windows()
    }

    async fn create(&self, log: NewLog) -> Result<(), LogError> {
        let work = self.inner.create(log);
        self.fates.run("create", work, LogError::unavailable).await
    }

    async fn open(&self, name: LogName) -> Result<Option<StoredLog>, LogError> {
        let work = async {
            let mut found = self.inner.open(name).await?;
            if let Some(found) = &mut found
                && self.broken == Some(Rule::OneWriter)
            {
                found.is_orphaned = found.bounds.end.is_none();
            }
            Ok(found)
        };
        self.fates.run("open", work, LogError::unavailable).await
    }

    async fn claim(&self, log: LogId) -> Result<bool, LogError> {
        let work = async {
            let claimed = self.inner.claim(log).await?;
            Ok(claimed || self.broken == Some(Rule::OneWriter))
        };
        self.fates.run("claim", work, LogError::unavailable).await
    }

    async fn append(&self, log: LogId, event: Bytes) -> Result<u64, AppendError> {
        let work = async {
            if self.broken == Some(Rule::KeptAppends)
                && let Ok(Some(found)) = self.inner.open(log.name.clone()).await
                && found.bounds.end.is_none()
                && log.name.as_str().starts_with("topic/")
                && found.bounds.last % 5 == 4
            {
                return Ok(found.bounds.last + 1);
            }
            self.inner.append(log, event).await
        };
        self.fates
            .run("append", work, AppendError::unavailable)
            .await
    }

    async fn read(
        &self,
        log: LogId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Option<StoredEvents>, LogError> {
        let work = self.inner.read(log, after, max_bytes);
        self.fates.run("read", work, LogError::unavailable).await
    }

    async fn end(&self, log: LogId, how: LogEnd) -> Result<(), AppendError> {
        let work = self.inner.end(log, how);
        self.fates.run("end", work, AppendError::unavailable).await
    }

    async fn remove(&self, log: LogId) -> Result<(), LogError> {
        let work = self.inner.remove(log);
        self.fates.run("remove", work, LogError::unavailable).await
    }
}

/// How long a node's death goes unnoticed at most.
pub(crate) const DEATH_IS_NOTICED_WITHIN: Duration = Duration::from_secs(5);
