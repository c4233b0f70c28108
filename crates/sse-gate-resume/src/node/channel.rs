//! Whether this node hears what the others do: [`Channel`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sse_gate_core::{Clock, SteadyTime};

use crate::store::SharedBus;

/// How often a node asks itself whether it hears the others.
const PROBE_EVERY: Duration = Duration::from_millis(2_500);

/// How old may be what a node has heard last, before it emits nothing more.
const MAX_SILENCE: Duration = Duration::from_secs(10);

/// The bus, and until when this node may emit without having heard more from it.
///
/// Each probe that comes back shows that all that was published before it was sent has come, too. So a
/// connection that was replaced on another node emits nothing from [`MAX_SILENCE`] on, even if all
/// notices are lost. That depends on no timer: each emission looks at the clock.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) bus: SharedBus,
    heard: Arc<Heard>,
    pub(crate) probe_every: Duration,
    pub(crate) max_silence: Duration,
}

#[derive(Debug, Default)]
struct Heard {
    /// In milliseconds of the node's steady time.
    counts_until: AtomicU64,
    has_listener: AtomicBool,
}

impl Channel {
    /// A node that hears nothing yet.
    pub(crate) fn new(bus: SharedBus) -> Self {
        Self {
            bus,
            heard: Arc::default(),
            probe_every: PROBE_EVERY,
            max_silence: MAX_SILENCE,
        }
    }

    /// Whether what this node knows of the others counts.
    pub(crate) fn hears(&self, clock: &dyn Clock) -> bool {
        // In this order: one that finds that nothing counts has looked at the clock before the listener
        // does, and is woken.
        let now = clock.steady().as_millis();
        now < self.heard.counts_until.load(Ordering::SeqCst)
    }

    /// All that was published until this moment has come. Returns until when it counted before, in
    /// milliseconds.
    pub(super) fn heard_at(&self, moment: SteadyTime) -> u64 {
        let counts_until = moment.saturating_add(self.max_silence).as_millis();
        let heard = &self.heard.counts_until;
        heard.fetch_max(counts_until, Ordering::SeqCst)
    }

    /// Begins to listen, unless something listens already.
    pub(super) fn claim(&self) -> Option<Listening> {
        let had_one = self.heard.has_listener.swap(true, Ordering::AcqRel);
        (!had_one).then(|| Listening(Arc::clone(&self.heard)))
    }
}

/// The right to listen. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Listening(Arc<Heard>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.has_listener.store(false, Ordering::Release);
    }
}
