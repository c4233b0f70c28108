//! Stores for `sse-gate` on Redis 6.2 or newer, or Valkey, so that many nodes serve one stream.
//!
//! ```no_run
//! use sse_gate_core::{Limits, TokenGate};
//! use sse_gate_redis::{
//!     Redis, RedisBus, RedisLimiter, RedisLogs, RedisOptions, RedisSessions, RedisTokens,
//!     SealingKey, SealingKeys,
//! };
//! use sse_gate_resume::{Logs, ResumeKey, ResumeKeys, SessionLimits, Sessions, StreamLimits};
//!
//! # let (sealing, resume) = ([1; 32], [2; 32]);
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! // Two secrets of 32 random bytes, the same on all nodes.
//! let keys = SealingKeys::new(SealingKey::new(sealing));
//! let redis = Redis::connect("redis://127.0.0.1", RedisOptions::sealed(keys)).await?;
//!
//! let gate = TokenGate::new(RedisTokens::new(&redis, Limits::default()));
//! let logs = Logs::default().with_store(RedisLogs::new(&redis));
//! let store = RedisSessions::new(&redis, SessionLimits::default());
//! let sessions = Sessions::new(store, ResumeKeys::new(ResumeKey::new('a', resume)?))
//!     .with_logs(&logs)
//!     .with_bus(RedisBus::new(&redis));
//! // `StreamSlots::with_limiter` of `sse-gate` takes it.
//! let limiter = RedisLimiter::new(&redis, StreamLimits::default());
//! # let _ = (gate, sessions, limiter);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # One connection
//!
//! All operations of a node go over one connection, and many are under way on it at a time. Beside it, a
//! [`RedisBus`] has one that only listens. Operations are bounded in number and in time:
//! [`RedisOptions::with_operations`], [`RedisOptions::with_timeout`].
//!
//! If the connection breaks, operations under way fail, and are not repeated: they may have been done. The next
//! operation connects anew, and all others wait for that attempt. After a failed attempt, the next one begins 200 ms
//! later at the earliest.
//!
//! # Which server it is
//!
//! Each new connection asks the server what it is. A server that is too old, may evict keys, or is a replica is
//! [refused](ServerErrorKind). Its name of this run, `run_id`, is remembered: answers on this connection come from this
//! run and from no other. Before each sign of life, the node asks again. It gives up a connection to a server that
//! would be refused now.
//!
//! | what has happened | what the nodes do |
//! |---|---|
//! | the server was restarted, or a replica was promoted | unused tokens are refused, as one that was used may be back. Callers who were authenticated before have to come back, as their sign-out may be lost. The first append to a log leaves out numbers, and its readers are told of a gap |
//! | the server has lost its data | the same, and sessions are gone: clients begin anew |
//! | the server is the same, only the connection broke | nothing is lost |
//! | the server was away for longer than a node may be silent | no node counts as gone for that: their sessions and logs go on when they are back |
//!
//! # Time
//!
//! All times are the server's. No two clocks are compared, and the nodes' clocks may differ. If the server's clock goes
//! back, a session's time stands still for each node until it has caught up.
//!
//! # Keys
//!
//! All keys begin with the prefix, `sse-gate` by default, in braces where scripts need them together. Scripts compute
//! some names of keys. So an access list needs the prefix as a pattern: `~{sse-gate}:*` and `~sse-gate:*`, with
//! `&sse-gate:bus` for the channel.
//!
//! What ends is removed by and by, by the nodes that are still there. If no node runs any more, tokens and logs end by
//! themselves, and what is left of sessions can be deleted by its prefix.
//!
//! | a value | is sealed and bound to |
//! |---|---|
//! | a token's entry | its digest, and the run of the server |
//! | a session's record | its name, its token's digest, its subject's tag, its version |
//! | an event | its log's name and epoch |
//!
//! Names that are searched by, such as a subject's, stand on the server as tags: an HMAC under a key that is itself
//! kept sealed. Times, counts and sizes stand in clear.
//!
//! # Several servers
//!
//! | feature | adds |
//! |---|---|
//! | `sentinel` | `Redis::connect_sentinel`: the primary that sentinels name, also after a failover |
//! | `cluster` | `Redis::connect_cluster`: each log has a slot of its own; tokens, sessions and counts share one |
//! | `tls` | addresses that begin with `rediss://`, over rustls, and `RedisOptions::with_certificates`. If those of sentinels begin so, the primary is reached over TLS, too |

mod copies;
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
