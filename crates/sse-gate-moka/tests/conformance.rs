//! Every law of `TokenStore`.

use std::time::Duration;

use sse_gate_core::conformance::Backend;
use sse_gate_core::{Limits, ManualClock};
use sse_gate_moka::MokaStore;

struct Moka(ManualClock);

impl Backend for Moka {
    type Store = MokaStore;

    fn set_up() -> Self {
        Self(ManualClock::default())
    }

    async fn store(&self, limits: Limits) -> MokaStore {
        MokaStore::with_clock(limits, self.0.clone())
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

sse_gate_core::token_store_conformance!(moka: Moka);
