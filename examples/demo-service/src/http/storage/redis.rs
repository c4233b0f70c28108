//! What many nodes share, on a Redis server: [`RedisData`].

use std::path::Path;

use sse_gate::core::Limits;
use sse_gate::sessions::{SessionLimits, Sessions, StreamLimits};
use sse_gate::{Gate, GateBuilder, Logs, StreamSlots};
use sse_gate_redis::{
    Redis, RedisBus, RedisLimiter, RedisLogs, RedisOptions, RedisSessions, RedisTokens,
};

use super::SetupError;
use super::secrets::Secrets;

/// A server with tokens, sessions, answers, topics and the places of open streams.
#[derive(Debug)]
pub(in crate::http) struct RedisData {
    redis: Redis,
    pub(super) secrets: Secrets,
}

impl RedisData {
    /// Connects to the server. All nodes have the same file of secrets.
    ///
    /// # Errors
    ///
    /// The server can't be reached or is not fit, or the file can't be read.
    pub(super) async fn connect(address: &str, secrets: &Path) -> Result<Self, SetupError> {
        let secrets = Secrets::open(secrets)?;
        let options = RedisOptions::sealed(secrets.sealing()).with_prefix("demo");
        let redis = Redis::connect(address, options).await?;
        Ok(Self { redis, secrets })
    }

    pub(super) fn gate(&self, builder: GateBuilder, limits: Limits) -> Gate {
        builder.build(RedisTokens::new(&self.redis, limits))
    }

    pub(super) fn sessions(&self, limits: SessionLimits) -> Result<Sessions, SetupError> {
        let store = RedisSessions::new(&self.redis, limits);
        Ok(Sessions::new(store, self.secrets.resume()?)
            .with_logs(&self.logs())
            .with_bus(RedisBus::new(&self.redis)))
    }

    pub(super) fn logs(&self) -> Logs {
        Logs::default().with_store(RedisLogs::new(&self.redis))
    }

    /// The same caps hold on this node, and over all nodes together.
    pub(super) fn slots(&self, streams: usize, per_subject: usize) -> StreamSlots {
        let limits = StreamLimits::default()
            .with_max(streams)
            .with_max_per_subject(per_subject);
        let limiter = RedisLimiter::new(&self.redis, limits);
        StreamSlots::new(streams, per_subject).with_limiter(limiter)
    }
}
