//! Every law of `SessionStore`, on a real server.

use std::time::Duration;

use sse_gate_redis::{RedisBus, RedisSessions};
use sse_gate_resume::SessionLimits;
use sse_gate_resume::backend::{Bus, Notices};
use sse_gate_resume::conformance::SessionBackend;

mod support;
use support::{Check, NODE_TTL, PRECISION};

impl SessionBackend for Check {
    type Store = RedisSessions;

    fn set_up() -> Self {
        Self::new()
    }

    async fn store(&self, limits: SessionLimits) -> RedisSessions {
        RedisSessions::new(&self.node().await, limits)
    }

    async fn advance(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }

    async fn other_node(&self, _: &RedisSessions) -> Option<RedisSessions> {
        Some(RedisSessions::new(
            &self.node().await,
            SessionLimits::default(),
        ))
    }

    async fn kill(&self, node: RedisSessions) {
        drop(node);
        // The other node sees it with its next sign of life.
        tokio::time::sleep(NODE_TTL * 3 / 2).await;
    }

    async fn subscribe(&self, _: &RedisSessions) -> Option<Notices> {
        let bus = RedisBus::new(&self.node().await);
        Some(bus.subscribe().await.expect("the server is up"))
    }

    fn precision(&self) -> Duration {
        PRECISION
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.block_on(future)
    }
}

sse_gate_resume::session_store_conformance!(sessions: Check);
