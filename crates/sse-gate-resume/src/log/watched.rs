//! A log in a registry that is told when it has no handle any more: [`WatchedLog`].

use std::sync::Arc;

use sse_gate_core::SteadyTime;

use super::shared::SharedLog;
use super::{Log, StopReason};

/// A registry's own hold on a log. It is no handle, so dropping it calls nothing.
pub(crate) struct WatchedLog(Arc<SharedLog>);

impl WatchedLog {
    /// Watches a log: `released` is called each time its last handle is dropped. A log has one watch.
    pub(crate) fn new(log: &Log, released: impl Fn() + Send + Sync + 'static) -> Self {
        let shared = Arc::clone(log.shared());
        // Topics watch a log once: when it gets its place in their table.
        let _ = shared.released.set(Box::new(released));
        Self(shared)
    }

    pub(crate) fn handle(&self) -> Log {
        Log::new(Arc::clone(&self.0))
    }

    /// Whether nothing can be appended to it any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.0.look().stop == Some(StopReason::Closed)
    }

    /// Whether there is a handle.
    pub(crate) fn is_held(&self) -> bool {
        self.0.is_held()
    }

    /// When the last event that this node has of the log is too old, if it has one. It is right as long as
    /// there is no handle: nothing can be appended here then. A store may have younger events.
    pub(crate) fn empty_at(&self) -> Option<SteadyTime> {
        self.0.look().retained.empty_at()
    }

    /// Lets go of the log, and tells its store.
    pub(crate) fn release(self) {
        let backing = self.0.backing.clone();
        // The store looks whether this process has a window on it.
        drop(self);
        if let Some(backing) = backing {
            backing.release_later();
        }
    }
}
