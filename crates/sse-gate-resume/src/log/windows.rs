//! The logs of a store that this node has: [`LogWindows`].

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, Weak};

use super::shared::SharedLog;
use super::{LogEpoch, StopReason};
use crate::node::{Chores, Work, join};
use crate::room::shrink;
use crate::store::LogId;
use crate::sync::Mutex;

/// The logs of a store that have a handle on this node. Each has one window, so that what one handle
/// appends wakes the readers of all.
///
/// A [`LogStore`](crate::backend::LogStore) keeps one for all [`Logs`](crate::Logs) that use it. Clones share
/// the windows.
#[derive(Clone, Debug, Default)]
pub struct LogWindows(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    logs: Mutex<HashMap<LogEpoch, Weak<SharedLog>>>,
    /// Logs that this node may have claimed without knowing.
    doubtful: Mutex<HashMap<LogEpoch, Arc<SharedLog>>>,
    /// Where the store is asked in the background.
    chores: OnceLock<Chores>,
}

/// So many logs are looked at in the store at a time.
const LOGS_AT_A_TIME: usize = 64;

impl LogWindows {
    pub(super) fn get(&self, epoch: LogEpoch) -> Option<Arc<SharedLog>> {
        self.0.logs.lock().get(&epoch).and_then(Weak::upgrade)
    }

    /// Keeps a log, unless there is one of its epoch already. Returns the one that is kept.
    pub(super) fn keep(&self, log: SharedLog) -> Arc<SharedLog> {
        let new = Arc::new(log);
        let mut logs = self.0.logs.lock();
        let known = logs.get(&new.epoch).and_then(Weak::upgrade);
        let kept = known.unwrap_or_else(|| {
            logs.insert(new.epoch, Arc::downgrade(&new));
            Arc::clone(&new)
        });
        // One that is not kept takes the lock when it is dropped.
        drop(logs);
        kept
    }

    /// The logs that are in use on this node, in the order of their epochs. A store that frees a log after
    /// some time without use keeps these.
    ///
    /// ```
    /// use sse_gate_resume::Logs;
    /// use sse_gate_resume::backend::{LogStore, MemoryLogStore};
    ///
    /// # pollster::block_on(async {
    /// let store = MemoryLogStore::default();
    /// let log = Logs::default().with_store(store.clone()).create().await?;
    /// let in_use = store.windows().in_use();
    /// assert_eq!((in_use.len(), &in_use[0].name), (1, &log.name()));
    ///
    /// drop(log);
    /// assert!(store.windows().in_use().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn in_use(&self) -> Vec<LogId> {
        let all = self.all().into_iter();
        all.filter_map(|log| Some(log.backing.as_ref()?.id.clone()))
            .collect()
    }

    /// Another node says that a log has events up to this number, and may have ended.
    pub(crate) fn hear(&self, epoch: LogEpoch, last: u64, has_ended: bool) {
        if let Some(log) = self.get(epoch) {
            log.hear(last, has_ended);
        }
    }

    /// Sets where the store is asked in the background for what other nodes have appended.
    pub(crate) fn set_chores(&self, chores: &Chores) {
        // The first sessions that listen run it.
        let _ = self.0.chores.set(chores.clone());
    }

    /// Where the store is asked in the background, or these.
    pub(super) fn chores(&self, own: Chores) -> Chores {
        self.0.chores.get().cloned().unwrap_or(own)
    }

    /// Asks the writer of a log to stop, if it is here.
    pub(crate) fn stop(&self, epoch: LogEpoch) {
        if let Some(log) = self.get(epoch) {
            log.stop(StopReason::Requested);
        }
    }

    /// A client reads a log on another node.
    pub(crate) fn note_reader(&self, epoch: LogEpoch) {
        if let Some(log) = self.get(epoch) {
            log.note_reader();
        }
    }

    /// Keeps a log that this node may have claimed, or drops it. Where no session listens, nothing is kept: the store would
    /// not be asked.
    pub(super) fn doubt(&self, log: &Arc<SharedLog>, may_be_own: bool) {
        let mut doubtful = self.0.doubtful.lock();
        let known = if may_be_own && self.0.chores.get().is_some() {
            doubtful.insert(log.epoch, Arc::clone(log))
        } else {
            doubtful.remove(&log.epoch)
        };
        drop(doubtful);
        drop(known);
    }

    /// The logs whose store is to be asked whether this node has claimed them.
    pub(crate) fn doubtful(&self) -> Vec<LogEpoch> {
        self.0.doubtful.lock().keys().copied().collect()
    }

    /// Asks the store again for what could not be fetched. Returns the logs that clients read here, and
    /// whose one writer is on another node, each with whether no event has come since the last call.
    pub(crate) fn tend(&self) -> Vec<(LogEpoch, bool)> {
        let logs = self.all().into_iter();
        let far = logs.filter(|log| {
            log.look_again();
            log.is_read_from_afar()
        });
        far.map(|log| (log.epoch, log.is_quiet())).collect()
    }

    /// Those of these logs whose one writer is gone with its node, as the store says.
    pub(crate) async fn orphans(&self, logs: Vec<LogEpoch>) -> Vec<LogEpoch> {
        let mut orphans = Vec::new();
        for logs in logs.chunks(LOGS_AT_A_TIME) {
            let known = logs.iter().filter_map(|epoch| self.get(*epoch));
            let asked = known.map(|log| {
                Box::pin(async move { log.look_for_writer().await.then_some(log.epoch) })
                    as Work<Option<LogEpoch>>
            });
            orphans.extend(join(asked.collect()).await.into_iter().flatten());
        }
        orphans
    }

    /// Looks into the store for what the windows may lack. Returns whether the store answered.
    pub(crate) async fn refresh(&self) -> bool {
        let mut has_answered = true;
        for logs in self.all().chunks(LOGS_AT_A_TIME) {
            let asked = logs.iter().map(|log| {
                let log = Arc::clone(log);
                Box::pin(async move { log.refresh().await }) as Work<bool>
            });
            let answered = join(asked.collect()).await;
            has_answered &= answered.into_iter().all(|has_answered| has_answered);
        }
        has_answered
    }

    /// All logs, in the order of their epochs.
    fn all(&self) -> Vec<Arc<SharedLog>> {
        let mut all: Vec<_> = self
            .0
            .logs
            .lock()
            .values()
            .filter_map(Weak::upgrade)
            .collect();
        all.sort_unstable_by_key(|log| log.epoch.to_bytes());
        all
    }

    /// The last hold on a log is gone.
    pub(super) fn forget(&self, epoch: LogEpoch) {
        let mut logs = self.0.logs.lock();
        // Another one of the same epoch may have taken its place already.
        if logs.get(&epoch).is_some_and(|log| log.strong_count() == 0) {
            logs.remove(&epoch);
            shrink(&mut logs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Logs;
    use crate::memory::MemoryLogStore;
    use crate::store::LogStore;

    /// Logs are kept where sessions listen, until it is known whose they are.
    #[test]
    fn a_log_in_doubt_is_kept_as_long_as_it_is() {
        let log = pollster::block_on(Logs::default().create()).expect("there is room");
        let windows = LogWindows::default();
        windows.doubt(log.shared(), true);
        assert!(windows.doubtful().is_empty());
        windows.set_chores(&Chores::default());
        windows.doubt(log.shared(), true);
        assert_eq!(windows.doubtful(), [log.epoch()]);
        windows.doubt(log.shared(), false);
        assert!(windows.doubtful().is_empty());
    }

    /// Nobody will ever say whose it was.
    #[test]
    fn a_log_in_doubt_that_is_gone_is_not_kept() {
        let store = MemoryLogStore::default();
        let logs = Logs::default().with_store(store.clone());
        let log = pollster::block_on(logs.create()).expect("there is room");
        let windows = store.windows();
        windows.set_chores(&Chores::default());
        windows.doubt(log.shared(), true);
        let id = windows.in_use().remove(0);
        pollster::block_on(store.remove(id)).expect("it is in memory");
        pollster::block_on(log.shared().look_for_writer());
        assert!(windows.doubtful().is_empty());
    }

    /// Whatever was read here once would stay here for ever.
    #[test]
    fn logs_without_handles_are_forgotten_and_give_their_room_back() {
        let store = MemoryLogStore::new(1_000);
        let logs = Logs::default().with_store(store.clone());
        let create = |_| pollster::block_on(logs.create()).expect("there is room");
        let in_use: Vec<_> = (0..1_000).map(create).collect();
        let known = || {
            let known = store.windows().0.logs.lock();
            (known.len(), known.capacity())
        };
        assert_eq!(known().0, 1_000);
        drop(in_use);
        let (count, room) = known();
        assert!(count == 0 && room <= 128, "{count} in {room}");
    }
}
