//! Every law of `Bus`, on a real server. Each node has a way to the server that can be cut.

use std::time::Duration;

use sse_gate_core::{Limits, TokenStore};
use sse_gate_redis::{Redis, RedisBus, RedisTokens};
use sse_gate_resume::backend::{Bus, Notice, Notices};
use sse_gate_resume::conformance::BusBackend;
use sse_gate_resume::error::BusError;

mod support;
use support::proxy::Proxy;
use support::{Check, SERVER, wait_until};

/// A node and its way to the server.
#[derive(Debug)]
struct Node {
    redis: Redis,
    bus: RedisBus,
    proxy: Proxy,
}

impl Bus for Node {
    async fn publish(&self, notice: Notice) -> Result<(), BusError> {
        self.bus.publish(notice).await
    }

    async fn subscribe(&self) -> Result<Notices, BusError> {
        self.bus.subscribe().await
    }
}

async fn node(check: &Check) -> Node {
    let proxy = Proxy::new(SERVER.port()).await;
    let redis = check.node_at(&proxy.url()).await;
    Node {
        bus: RedisBus::new(&redis),
        redis,
        proxy,
    }
}

impl BusBackend for Check {
    type Bus = Node;

    fn set_up() -> Self {
        Self::new()
    }

    async fn bus(&self) -> Node {
        node(self).await
    }

    async fn other_node(&self, _: &Node) -> Node {
        node(self).await
    }

    async fn break_channel(&self, node: &Node) -> bool {
        node.proxy.cut();
        true
    }

    async fn mend_channel(&self, node: &Node) {
        node.proxy.mend();
        // After a failure, the node does not try for a moment.
        let tokens = RedisTokens::new(&node.redis, Limits::default());
        wait_until("the node is connected", async || {
            tokens.epoch().await.is_ok()
        })
        .await;
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(20)
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.block_on(future)
    }
}

sse_gate_resume::bus_conformance!(bus: Check);
