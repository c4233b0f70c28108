//! The store that the guide shows keeps the laws.

use std::time::Duration;

use sse_gate_core::conformance::Backend;
use sse_gate_core::{Limits, ManualClock};
use sse_gate_guide::one_lock::OneLock;

struct OneLockBackend(ManualClock);

impl Backend for OneLockBackend {
    type Store = OneLock;

    fn set_up() -> Self {
        Self(ManualClock::default())
    }

    async fn store(&self, limits: Limits) -> OneLock {
        OneLock::new(limits, self.0.clone())
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

sse_gate_core::token_store_conformance!(one_lock_obeys: OneLockBackend);
