//! How many connections there are: [`Stats`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the connections of a server, for its metrics. Clones count together.
///
/// ```
/// use sse_gate_serve::Stats;
///
/// let stats = Stats::default();
/// // Given to a server: `serve(listener, app).with_stats(&stats)`.
/// assert_eq!((stats.connections(), stats.parked()), (0, 0));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stats(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    connections: AtomicUsize,
    parked: AtomicUsize,
}

impl Stats {
    /// How many connections are open, those of parked streams included.
    pub fn connections(&self) -> usize {
        self.0.connections.load(Ordering::Relaxed)
    }

    /// How many streams are parked.
    pub fn parked(&self) -> usize {
        self.0.parked.load(Ordering::Relaxed)
    }

    pub(crate) fn connection(&self) -> Counted {
        Counted::new(&self.0, |counts| &counts.connections)
    }

    pub(crate) fn park(&self) -> Counted {
        Counted::new(&self.0, |counts| &counts.parked)
    }
}

/// Something that counts until it is dropped.
pub(crate) struct Counted {
    counts: Arc<Counts>,
    which: fn(&Counts) -> &AtomicUsize,
}

impl Counted {
    fn new(counts: &Arc<Counts>, which: fn(&Counts) -> &AtomicUsize) -> Self {
        which(counts).fetch_add(1, Ordering::Relaxed);
        Self {
            counts: Arc::clone(counts),
            which,
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        (self.which)(&self.counts).fetch_sub(1, Ordering::Relaxed);
    }
}
