//! What is done when the table is no longer locked: [`Deferred`].

use std::sync::Arc;

use crate::log::{ReadLog, StopReason};
use crate::node::{CutReason, Fence};

/// Connections to wake, writers to stop and logs to free. A step collects them under the lock.
#[derive(Default)]
pub(super) struct Deferred {
    stops: Vec<(Arc<dyn ReadLog>, StopReason)>,
    /// Logs that are freed without the lock.
    logs: Vec<Arc<dyn ReadLog>>,
    fences: Vec<Fence>,
}

impl Deferred {
    /// Cuts the fence at once, so that nothing is emitted after the step. The connection is woken
    /// later.
    pub(super) fn cut(&mut self, fence: &Fence, why: CutReason) {
        fence.mark(why);
        self.fences.push(fence.clone());
    }

    pub(super) fn stop(&mut self, log: Arc<dyn ReadLog>, reason: StopReason) {
        self.stops.push((log, reason));
    }

    pub(super) fn free(&mut self, log: Arc<dyn ReadLog>) {
        self.logs.push(log);
    }

    pub(super) fn run(self) {
        for fence in self.fences {
            fence.finish();
        }
        for (log, reason) in self.stops {
            log.stop(reason);
        }
    }
}
