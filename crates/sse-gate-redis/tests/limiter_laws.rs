//! Every law of `StreamLimiter`, on a real server.

use std::sync::OnceLock;
use std::time::Duration;

use sse_gate_redis::RedisLimiter;
use sse_gate_resume::StreamLimits;
use sse_gate_resume::conformance::LimiterBackend;

mod support;
use support::{Check, PRECISION};

/// A check, and the limits that its nodes share.
struct Nodes {
    check: Check,
    limits: OnceLock<StreamLimits>,
}

impl Nodes {
    async fn node(&self) -> RedisLimiter {
        let limits = self.limits.get().expect("the first node has set them");
        RedisLimiter::new(&self.check.node().await, *limits)
    }
}

impl LimiterBackend for Nodes {
    type Limiter = RedisLimiter;

    fn set_up() -> Self {
        Self {
            check: Check::new(),
            limits: OnceLock::new(),
        }
    }

    async fn limiter(&self, limits: StreamLimits) -> RedisLimiter {
        self.limits.get_or_init(|| limits);
        self.node().await
    }

    async fn other_node(&self, _: &RedisLimiter) -> RedisLimiter {
        self.node().await
    }

    async fn advance(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.check.block_on(future)
    }

    fn precision(&self) -> Duration {
        // Their places last for 60 times as long, and they wait for many ends.
        PRECISION / 2
    }
}

sse_gate_resume::stream_limiter_conformance!(limiter: Nodes);
