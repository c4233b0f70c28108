//! What a step on the table leads to elsewhere: [`Deferred`].

use std::sync::Arc;

use crate::log::{ReadLog, StopReason};
use crate::session::{CutReason, Fence};

/// Connections to cut and writers to stop, collected under the lock and done without it.
#[derive(Default)]
pub(super) struct Deferred {
    stops: Vec<(Arc<dyn ReadLog>, StopReason)>,
    /// Kept so that nothing is freed under the lock.
    logs: Vec<Arc<dyn ReadLog>>,
    fences: Vec<Fence>,
}

impl Deferred {
    /// Cuts the fence at once, so that nothing is emitted after the step; the connection is woken
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
