//! Every law over the stores and the bus of this crate, with several nodes.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use sse_gate_core::ManualClock;
use sse_gate_resume::backend::{
    Bus, MemoryBus, MemoryLimiter, MemoryLogStore, NodeId, Notices, SessionStore, SharedLimiter,
};
use sse_gate_resume::conformance::{BusBackend, LimiterBackend, LogBackend, SessionBackend};
use sse_gate_resume::{MemorySessions, SessionLimits, StreamLimits};

/// What all nodes share. Each has another number as its name.
#[derive(Default)]
struct Memory {
    clock: ManualClock,
    bus: MemoryBus,
    nodes: AtomicU8,
}

impl Memory {
    fn next_node(&self) -> NodeId {
        let number = self.nodes.fetch_add(1, Ordering::Relaxed) + 1;
        NodeId::from_bytes([number; 8])
    }
}

impl SessionBackend for Memory {
    type Store = MemorySessions;

    fn set_up() -> Self {
        Self::default()
    }

    async fn store(&self, limits: SessionLimits) -> MemorySessions {
        let store = MemorySessions::new(limits).with_clock(self.clock.clone());
        store.with_bus(&self.bus).with_node(self.next_node())
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    fn set_wall_back(&self, span: Duration) {
        self.clock.set_wall_back(span);
    }

    async fn other_node(&self, store: &MemorySessions) -> Option<MemorySessions> {
        Some(store.clone().with_node(self.next_node()))
    }

    async fn kill(&self, node: MemorySessions) {
        node.forget_node(node.node());
    }

    async fn subscribe(&self, _: &MemorySessions) -> Option<Notices> {
        self.bus.subscribe().await.ok()
    }
}

impl LogBackend for Memory {
    type Store = MemoryLogStore;

    fn set_up() -> Self {
        Self::default()
    }

    async fn store(&self, max_logs: usize) -> MemoryLogStore {
        let store = MemoryLogStore::new(max_logs).with_clock(self.clock.clone());
        store.with_bus(&self.bus).with_node(self.next_node())
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    async fn other_node(&self, store: &MemoryLogStore) -> Option<MemoryLogStore> {
        Some(store.clone().with_node(self.next_node()))
    }

    async fn kill(&self, node: MemoryLogStore) {
        node.forget_node(node.node());
    }

    async fn subscribe(&self, _: &MemoryLogStore) -> Option<Notices> {
        self.bus.subscribe().await.ok()
    }
}

impl BusBackend for Memory {
    type Bus = MemoryBus;

    fn set_up() -> Self {
        Self::default()
    }

    async fn bus(&self) -> MemoryBus {
        self.bus.clone()
    }

    async fn other_node(&self, bus: &MemoryBus) -> MemoryBus {
        bus.clone()
    }
}

impl LimiterBackend for Memory {
    type Limiter = MemoryLimiter;

    fn set_up() -> Self {
        Self::default()
    }

    async fn limiter(&self, limits: StreamLimits) -> MemoryLimiter {
        MemoryLimiter::new(limits).with_clock(self.clock.clone())
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
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
sse_gate_resume::log_store_conformance!(logs: Memory);
sse_gate_resume::bus_conformance!(bus: Memory);
sse_gate_resume::stream_limiter_conformance!(limiter: Memory);
sse_gate_resume::stream_limiter_conformance!(shared_limiter: Erased);
