//! The topics that are idle or will be, in order: [`IdleQueue`].

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::SteadyTime;

/// Topics that nothing holds, the one that is idle first at the front.
#[derive(Default)]
pub(super) struct IdleQueue(BTreeSet<(SteadyTime, Arc<str>)>);

impl IdleQueue {
    const MIN_WAIT: Duration = Duration::from_secs(1);

    const MAX_WAIT: Duration = Duration::from_secs(60);

    /// How long to wait if it is not known when a topic is idle.
    const GUESSED_WAIT: Duration = Duration::from_secs(10);

    pub(super) fn insert(&mut self, idle_at: SteadyTime, name: &Arc<str>) {
        self.0.insert((idle_at, Arc::clone(name)));
    }

    pub(super) fn remove(&mut self, idle_at: SteadyTime, name: &Arc<str>) {
        self.0.remove(&(idle_at, Arc::clone(name)));
    }

    /// The topic that has been idle for the longest time; or else how long to wait for one.
    pub(super) fn first(&self, now: SteadyTime) -> Result<Arc<str>, Duration> {
        let Some((idle_at, name)) = self.0.first() else {
            return Err(Self::GUESSED_WAIT);
        };
        if idle_at.has_passed(now) {
            return Ok(Arc::clone(name));
        }
        let wait = idle_at.saturating_since(now);
        Err(wait.clamp(Self::MIN_WAIT, Self::MAX_WAIT))
    }
}
