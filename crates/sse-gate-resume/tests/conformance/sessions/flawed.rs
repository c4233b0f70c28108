//! Makes stores with one flaw: [`Flawed`].

use std::cell::Cell;
use std::time::Duration;

use sse_gate_core::ManualClock;
use sse_gate_resume::SessionLimits;
use sse_gate_resume::backend::{Bus, Notices};
use sse_gate_resume::conformance::SessionBackend;

use super::flaw::Flaw;
use super::naive::Naive;

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
}

impl Flawed {
    pub(crate) fn new(flaw: Flaw) -> Self {
        Self {
            flaw,
            clock: ManualClock::default(),
        }
    }
}

impl SessionBackend for Flawed {
    type Store = Naive;

    fn set_up() -> Self {
        Self::new(FLAW.get())
    }

    async fn store(&self, limits: SessionLimits) -> Naive {
        Naive::new(self.flaw, self.clock.clone(), limits)
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    fn set_wall_back(&self, span: Duration) {
        self.clock.set_wall_back(span);
    }

    async fn other_node(&self, store: &Naive) -> Option<Naive> {
        Some(store.other_node())
    }

    async fn kill(&self, node: Naive) {
        node.die();
    }

    async fn subscribe(&self, store: &Naive) -> Option<Notices> {
        store.bus.subscribe().await.ok()
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(1)
    }
}
