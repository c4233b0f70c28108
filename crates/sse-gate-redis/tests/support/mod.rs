//! What the checks share: one server for all of them, and a prefix for each.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sse_gate_redis::{Redis, RedisOptions, SealingKey, SealingKeys};
use sse_gate_redis_server::RedisServer;
use tokio::runtime::Runtime;

pub(crate) mod proxy;

/// The server of this test program. It ends with the program.
pub(crate) static SERVER: LazyLock<RedisServer> = LazyLock::new(RedisServer::start);

/// How exactly the checks look at ends: the clock of a real server goes on meanwhile, and the machine may be busy.
pub(crate) const PRECISION: Duration = Duration::from_millis(200);

/// After so long a silence, the checks count a node as gone.
pub(crate) const NODE_TTL: Duration = Duration::from_millis(1_500);

/// What one check has: a runtime, and a prefix that no other check uses.
pub(crate) struct Check {
    runtime: Runtime,
    prefix: String,
}

impl Check {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            runtime: Runtime::new().expect("a runtime can be made"),
            prefix: format!("check-{number}"),
        }
    }

    /// Another node, with a connection of its own.
    pub(crate) async fn node(&self) -> Redis {
        self.node_at(&SERVER.url()).await
    }

    /// Another node, which reaches the server at this address.
    pub(crate) async fn node_at(&self, address: &str) -> Redis {
        self.node_with(address, Duration::from_secs(5)).await
    }

    /// Another node, which does not wait long for an answer.
    pub(crate) async fn hasty_node_at(&self, address: &str) -> Redis {
        self.node_with(address, Duration::from_millis(500)).await
    }

    async fn node_with(&self, address: &str, timeout: Duration) -> Redis {
        let options = RedisOptions::sealed(SealingKeys::new(SealingKey::new([7; 32])))
            .with_prefix(&self.prefix)
            .with_timeout(timeout)
            .with_node_ttl(NODE_TTL);
        let redis = Redis::connect(address, options).await;
        redis.expect("the server is fit")
    }

    /// What all keys of this check begin with.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

/// Waits until this holds.
///
/// # Panics
///
/// It does not hold within 20 s.
pub(crate) async fn wait_until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds().await {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
