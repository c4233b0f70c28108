//! Makes stores of logs that have a [`Flaw`]: [`Flawed`].

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use sse_gate_core::ManualClock;
use sse_gate_resume::backend::{Bus, MemoryBus, MemoryLogStore, NodeId, Notices};
use sse_gate_resume::conformance::LogBackend;

use super::flaw::Flaw;
use super::wrapper::Wrapper;

thread_local! {
    /// The flaw of the stores that [`Flawed::set_up`] makes on this thread.
    static FLAW: Cell<Flaw> = const { Cell::new(Flaw::None) };
}

/// Runs a check that sets up its own backend.
pub(crate) fn with_flaw<T>(flaw: Flaw, check: impl FnOnce() -> T) -> T {
    FLAW.set(flaw);
    check()
}

/// Makes stores with one flaw.
pub(crate) struct Flawed {
    flaw: Flaw,
    clock: ManualClock,
    bus: MemoryBus,
    nodes: AtomicU8,
}

impl Flawed {
    pub(crate) fn new(flaw: Flaw) -> Self {
        Self {
            flaw,
            clock: ManualClock::default(),
            bus: MemoryBus::default(),
            nodes: AtomicU8::new(0),
        }
    }

    /// The next node's handle.
    fn node(&self, inner: &MemoryLogStore) -> Wrapper {
        let number = self.nodes.fetch_add(1, Ordering::Relaxed) + 1;
        let node = NodeId::from_bytes([number; 8]);
        let inner = inner.clone().with_node(node);
        Wrapper::new(self.flaw, inner, &self.bus)
    }
}

impl LogBackend for Flawed {
    type Store = Wrapper;

    fn set_up() -> Self {
        Self::new(FLAW.get())
    }

    async fn store(&self, max_logs: usize) -> Wrapper {
        let room = match self.flaw {
            Flaw::CountsNoLogs => usize::MAX,
            _ => max_logs,
        };
        self.node(&MemoryLogStore::new(room).with_clock(self.clock.clone()))
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    async fn other_node(&self, store: &Wrapper) -> Option<Wrapper> {
        Some(self.node(store.inner()))
    }

    async fn kill(&self, node: Wrapper) {
        node.inner().forget_node(node.inner().node());
    }

    async fn subscribe(&self, _: &Wrapper) -> Option<Notices> {
        self.bus.subscribe().await.ok()
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(1)
    }
}
