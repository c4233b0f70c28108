//! A log in a registry that is told when it has no handle any more: [`WatchedLog`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sse_gate_core::SteadyTime;

use super::MemoryLog;
use super::shared::SharedLog;

/// A registry's own hold on a log. It is no handle, so dropping it calls nothing.
pub(crate) struct WatchedLog(Arc<SharedLog>);

/// Counts the handles of a log.
pub(super) struct Watch {
    handles: AtomicUsize,
    released: Box<dyn Fn() + Send + Sync>,
}

impl WatchedLog {
    pub(super) fn new(log: SharedLog) -> Self {
        Self(Arc::new(log))
    }

    /// Makes a handle. Only this function makes one where there was none: other handles are clones of
    /// it.
    pub(crate) fn handle(&self) -> MemoryLog {
        MemoryLog::new(Arc::clone(&self.0))
    }

    /// Whether there is a handle.
    pub(crate) fn is_held(&self) -> bool {
        let watch = self.0.watch.as_ref();
        watch.is_some_and(|watch| watch.handles.load(Ordering::Acquire) > 0)
    }

    /// When the log's last event is too old, if it has one. It is right as long as there is no
    /// handle: nothing can be appended then.
    pub(crate) fn empty_at(&self) -> Option<SteadyTime> {
        self.0.lock().retained.empty_at()
    }
}

impl Watch {
    pub(super) fn new(released: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            handles: AtomicUsize::new(0),
            released: Box::new(released),
        }
    }

    pub(super) fn add(&self) {
        self.handles.fetch_add(1, Ordering::Relaxed);
    }

    /// A handle is dropped. The last one calls the registry.
    pub(super) fn remove(&self) {
        if self.handles.fetch_sub(1, Ordering::AcqRel) == 1 {
            (self.released)();
        }
    }
}
