//! sse-gate on Redis or Valkey: tokens, sessions, event logs and stream caps that many nodes share.

mod error;
mod fault;
mod handle;
mod keyspace;
mod limiter;
mod logs;
mod nodes;
mod options;
mod redis_bus;
mod redis_limiter;
mod redis_logs;
mod redis_sessions;
mod redis_tokens;
mod reply;
mod server;
mod sessions;
mod tokens;

pub use error::{ServerError, ServerErrorKind};
pub use handle::Redis;
pub use options::RedisOptions;
pub use redis_bus::RedisBus;
pub use redis_limiter::RedisLimiter;
pub use redis_logs::RedisLogs;
pub use redis_sessions::RedisSessions;
pub use redis_tokens::RedisTokens;
pub use sse_gate_seal::{SealingKey, SealingKeys};
