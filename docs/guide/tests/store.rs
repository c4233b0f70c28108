//! The stores that the guide shows keep the laws.

use std::time::Duration;

use sse_gate_core::conformance::Backend;
use sse_gate_core::{Limits, ManualClock};
use sse_gate_guide::contended::Contended;
use sse_gate_guide::one_lock::OneLock;
use sse_gate_resume::conformance::SessionBackend;
use sse_gate_resume::{MemorySessions, SessionLimits};

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

struct ContendedBackend(ManualClock);

impl SessionBackend for ContendedBackend {
    type Store = Contended<MemorySessions>;

    fn set_up() -> Self {
        Self(ManualClock::default())
    }

    async fn store(&self, limits: SessionLimits) -> Self::Store {
        Contended {
            inner: MemorySessions::new(limits).with_clock(self.0.clone()),
            ..Contended::default()
        }
    }

    async fn advance(&self, span: Duration) {
        self.0.advance(span);
    }
}

sse_gate_resume::session_store_conformance!(contended_obeys: ContendedBackend);
