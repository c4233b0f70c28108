//! Every law over the stores of this crate.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use sse_gate_core::ManualClock;
use sse_gate_resume::backend::{MemoryLimiter, MemoryLogStore, NodeId, SharedLimiter};
use sse_gate_resume::conformance::{LimiterBackend, LogBackend, SessionBackend};
use sse_gate_resume::{MemorySessions, SessionLimits, StreamLimits};

struct Memory(ManualClock);

impl SessionBackend for Memory {
    type Store = MemorySessions;

    fn set_up() -> Self {
        Self(ManualClock::default())
    }

    async fn store(&self, limits: SessionLimits) -> MemorySessions {
        MemorySessions::new(limits).with_clock(self.0.clone())
    }

    async fn advance(&self, span: Duration) {
        self.0.advance(span);
    }

    fn set_wall_back(&self, span: Duration) {
        self.0.set_wall_back(span);
    }
}

/// Names each node by a number.
struct MemoryLogs {
    clock: ManualClock,
    nodes: AtomicU8,
}

impl LogBackend for MemoryLogs {
    type Store = MemoryLogStore;

    fn set_up() -> Self {
        Self {
            clock: ManualClock::default(),
            nodes: AtomicU8::new(0),
        }
    }

    async fn store(&self, max_logs: usize) -> MemoryLogStore {
        let store = MemoryLogStore::new(max_logs).with_clock(self.clock.clone());
        self.next_node(store)
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    async fn other_node(&self, store: &MemoryLogStore) -> Option<MemoryLogStore> {
        Some(self.next_node(store.clone()))
    }

    async fn kill(&self, node: MemoryLogStore) {
        node.forget_node(node.node());
    }
}

impl MemoryLogs {
    fn next_node(&self, store: MemoryLogStore) -> MemoryLogStore {
        let number = self.nodes.fetch_add(1, Ordering::Relaxed) + 1;
        store.with_node(NodeId::from_bytes([number; 8]))
    }
}

impl LimiterBackend for Memory {
    type Limiter = MemoryLimiter;

    fn set_up() -> Self {
        Self(ManualClock::default())
    }

    async fn limiter(&self, limits: StreamLimits) -> MemoryLimiter {
        MemoryLimiter::new(limits).with_clock(self.0.clone())
    }

    async fn advance(&self, span: Duration) {
        self.0.advance(span);
    }

    async fn other_node(&self, limiter: &MemoryLimiter) -> MemoryLimiter {
        limiter.clone()
    }
}

/// A limiter that is chosen at run time.
struct Erased(Memory);

impl LimiterBackend for Erased {
    type Limiter = SharedLimiter;

    fn set_up() -> Self {
        Self(<Memory as LimiterBackend>::set_up())
    }

    async fn limiter(&self, limits: StreamLimits) -> SharedLimiter {
        SharedLimiter::new(self.0.limiter(limits).await)
    }

    async fn advance(&self, span: Duration) {
        LimiterBackend::advance(&self.0, span).await;
    }

    async fn other_node(&self, limiter: &SharedLimiter) -> SharedLimiter {
        limiter.clone()
    }
}

sse_gate_resume::session_store_conformance!(sessions: Memory);
sse_gate_resume::log_store_conformance!(logs: MemoryLogs);
sse_gate_resume::stream_limiter_conformance!(limiter: Memory);
sse_gate_resume::stream_limiter_conformance!(shared_limiter: Erased);
