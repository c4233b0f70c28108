//! The logs of a store that this node has: [`LogWindows`].

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use super::shared::SharedLog;
use super::{LogEnd, LogEpoch, StopReason};
use crate::sync::Mutex;

/// The logs of a store that have a handle on this node. Each has one window, so that what one handle
/// appends wakes the readers of all.
///
/// A [`LogStore`](crate::backend::LogStore) keeps one for all [`Logs`](crate::Logs) that use it. Clones share
/// the windows.
#[derive(Clone, Debug, Default)]
pub struct LogWindows(Arc<Mutex<HashMap<LogEpoch, Weak<SharedLog>>>>);

impl LogWindows {
    pub(super) fn get(&self, epoch: LogEpoch) -> Option<Arc<SharedLog>> {
        self.0.lock().get(&epoch).and_then(Weak::upgrade)
    }

    /// Keeps a log, unless there is one of its epoch already. Returns the one that is kept.
    pub(super) fn keep(&self, log: SharedLog) -> Arc<SharedLog> {
        let new = Arc::new(log);
        let mut logs = self.0.lock();
        let known = logs.get(&new.epoch).and_then(Weak::upgrade);
        let kept = known.unwrap_or_else(|| {
            logs.insert(new.epoch, Arc::downgrade(&new));
            Arc::clone(&new)
        });
        // One that is not kept takes the lock when it is dropped.
        drop(logs);
        kept
    }

    /// The store has events of a log up to this number, and may have ended the log.
    pub(crate) fn hear(&self, epoch: LogEpoch, last: u64, end: Option<LogEnd>) {
        if let Some(log) = self.get(epoch) {
            log.hear(last, end);
        }
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

    /// The logs that clients read here, and whose one writer is on another node.
    pub(crate) fn read_from_afar(&self) -> Vec<LogEpoch> {
        let logs = self.all();
        let far = logs.iter().filter(|log| log.is_read_from_afar());
        far.map(|log| log.epoch).collect()
    }

    /// Looks into the store for what the windows may lack. Returns whether the store answered.
    pub(crate) async fn refresh(&self) -> bool {
        let mut has_answered = true;
        for log in self.all() {
            has_answered &= log.refresh().await;
        }
        has_answered
    }

    /// All logs, in the order of their epochs.
    fn all(&self) -> Vec<Arc<SharedLog>> {
        let mut all: Vec<_> = self.0.lock().values().filter_map(Weak::upgrade).collect();
        all.sort_unstable_by_key(|log| log.epoch.to_bytes());
        all
    }

    /// The last hold on a log is gone.
    pub(super) fn forget(&self, epoch: LogEpoch) {
        let mut logs = self.0.lock();
        // Another one of the same epoch may have taken its place already.
        if logs.get(&epoch).is_some_and(|log| log.strong_count() == 0) {
            logs.remove(&epoch);
        }
    }
}
