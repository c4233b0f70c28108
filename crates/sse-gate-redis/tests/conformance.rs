//! Every law of `TokenStore`, on a real server.

use std::time::Duration;

use sse_gate_core::Limits;
use sse_gate_core::conformance::Backend;
use sse_gate_redis::RedisTokens;

mod support;
use support::Check;

impl Backend for Check {
    type Store = RedisTokens;

    fn set_up() -> Self {
        Self::new()
    }

    async fn store(&self, limits: Limits) -> RedisTokens {
        RedisTokens::new(&self.node().await, limits)
    }

    async fn advance(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.block_on(future)
    }

    fn precision(&self) -> Duration {
        // A machine that is busy may wake a check late, and the lives here are long.
        Duration::from_secs(1)
    }
}

sse_gate_core::token_store_conformance!(tokens: Check);
