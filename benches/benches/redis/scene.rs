//! A server, and the ways to it: [`Scene`].

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client};
use sse_gate_core::Limits;
use sse_gate_redis::{Redis, RedisOptions, SealingKey, SealingKeys};
use sse_gate_redis_server::RedisServer;
use tokio::runtime::{Builder, Runtime};

/// No answer takes that long, also not to the last of many tasks on a machine with much other work.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Longer than a part runs, so that no sign of life is among what is counted.
const NODE_TTL: Duration = Duration::from_secs(3600);

/// A server of one part. It ends with the part.
pub(crate) struct Scene {
    pub(crate) server: RedisServer,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self {
            server: RedisServer::start(),
        }
    }

    /// Options under which a node does nothing by itself while a part runs.
    pub(crate) fn quiet(is_sealed: bool, prefix: &str) -> RedisOptions {
        Self::options(is_sealed, prefix).with_node_ttl(NODE_TTL)
    }

    /// Options as they are by default, but for the patience.
    pub(crate) fn options(is_sealed: bool, prefix: &str) -> RedisOptions {
        let options = if is_sealed {
            RedisOptions::sealed(SealingKeys::new(SealingKey::new([7; 32])))
        } else {
            RedisOptions::unsealed()
        };
        options
            .with_prefix(prefix)
            .with_timeout(TIMEOUT)
            .with_operations(100_000)
    }

    pub(crate) async fn connect(&self, options: RedisOptions) -> Redis {
        let redis = Redis::connect(&self.server.url(), options).await;
        redis.expect("the server is fit")
    }

    /// A connection of bare redis-rs, which waits as long as ours.
    pub(crate) async fn bare(&self) -> MultiplexedConnection {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT));
        let client = self.client();
        let connection = client.get_multiplexed_async_connection_with_config(&config);
        connection.await.expect("the server answers")
    }

    pub(crate) fn client(&self) -> Client {
        Client::open(self.server.url()).expect("a good address")
    }
}

/// A runtime with one thread: the node's processor. The server has the other one.
pub(crate) fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(1).enable_all();
    builder.build().expect("a thread")
}

/// Caps that nothing here comes near.
pub(crate) fn limits() -> Limits {
    Limits::default().with_tokens(1_000_000)
}
