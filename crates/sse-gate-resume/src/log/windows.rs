//! The logs of a store that this node has: [`LogWindows`].

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use super::LogEpoch;
use super::shared::SharedLog;
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

    /// The last hold on a log is gone.
    pub(super) fn forget(&self, epoch: LogEpoch) {
        let mut logs = self.0.lock();
        // Another one of the same epoch may have taken its place already.
        if logs.get(&epoch).is_some_and(|log| log.strong_count() == 0) {
            logs.remove(&epoch);
        }
    }
}
