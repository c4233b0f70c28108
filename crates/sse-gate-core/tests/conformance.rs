//! Every law of `TokenStore` over the stores of this crate.

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::conformance::Backend;
use sse_gate_core::{Limits, ManualClock, MemoryStore, SharedStore};

struct Memory(ManualClock);

impl Backend for Memory {
    type Store = MemoryStore;

    fn set_up() -> Self {
        Self(ManualClock::default())
    }

    async fn store(&self, limits: Limits) -> MemoryStore {
        MemoryStore::with_clock(limits, self.0.clone())
    }

    async fn advance(&self, span: Duration) {
        self.0.advance(span);
    }

    fn set_wall_ahead(&self, span: Duration) {
        self.0.set_wall_ahead(span);
    }

    fn set_wall_back(&self, span: Duration) {
        self.0.set_wall_back(span);
    }
}

/// The erased handle changes nothing, nor does sharing a store.
struct Shared(Memory);

impl Backend for Shared {
    type Store = SharedStore;

    fn set_up() -> Self {
        Self(Memory::set_up())
    }

    async fn store(&self, limits: Limits) -> SharedStore {
        SharedStore::new(Arc::new(self.0.store(limits).await))
    }

    async fn advance(&self, span: Duration) {
        self.0.advance(span).await;
    }

    fn set_wall_ahead(&self, span: Duration) {
        self.0.set_wall_ahead(span);
    }

    fn set_wall_back(&self, span: Duration) {
        self.0.set_wall_back(span);
    }
}

sse_gate_core::token_store_conformance!(memory: Memory);
sse_gate_core::token_store_conformance!(shared: Shared);
