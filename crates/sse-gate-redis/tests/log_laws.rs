//! Every law of `LogStore`, on a real server.

use std::time::Duration;

use sse_gate_redis::{RedisBus, RedisLogs};
use sse_gate_resume::backend::{Bus, Notices};
use sse_gate_resume::conformance::LogBackend;

mod support;
use support::{Check, NODE_TTL, PRECISION};

impl LogBackend for Check {
    type Store = RedisLogs;

    fn set_up() -> Self {
        Self::new()
    }

    async fn store(&self, max_logs: usize) -> RedisLogs {
        RedisLogs::new(&self.node().await).with_max_logs(max_logs)
    }

    async fn advance(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }

    async fn other_node(&self, _: &RedisLogs) -> Option<RedisLogs> {
        Some(RedisLogs::new(&self.node().await))
    }

    async fn kill(&self, node: RedisLogs) {
        drop(node);
        tokio::time::sleep(NODE_TTL + PRECISION).await;
    }

    async fn subscribe(&self, _: &RedisLogs) -> Option<Notices> {
        let bus = RedisBus::new(&self.node().await);
        Some(bus.subscribe().await.expect("the server is up"))
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.block_on(future)
    }

    fn precision(&self) -> Duration {
        PRECISION
    }
}

sse_gate_resume::log_store_conformance!(logs: Check);
