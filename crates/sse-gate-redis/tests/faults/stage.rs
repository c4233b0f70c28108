//! What the tests share: a server of their own, and a gate on it.

use std::time::{Duration, Instant};

use sse_gate_core::{
    GrantRequest, IssueError, Issued, Limits, RedeemError, Resource, Subject, TokenGate,
};
use sse_gate_redis::{Redis, RedisOptions, RedisTokens, SealingKey, SealingKeys};
use sse_gate_redis_server::RedisServer;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What a node has for an answer by default, or to be back, and a margin for a busy machine. Faults last longer.
pub(crate) const IN_TIME: Duration = Duration::from_secs(5);

pub(crate) type Gate = TokenGate<std::sync::Arc<RedisTokens>>;

pub(crate) fn keys() -> SealingKeys {
    SealingKeys::new(SealingKey::new([7; 32]))
}

/// A node that waits long for an answer: a busy machine is no fault.
pub(crate) fn patient() -> RedisOptions {
    RedisOptions::sealed(keys()).with_timeout(Duration::from_secs(5))
}

pub(crate) async fn connect(server: &RedisServer) -> Redis {
    let redis = Redis::connect(&server.url(), patient()).await;
    redis.expect("the server is fit")
}

/// One subject may have as many tokens as all together: a test that asks until the server answers, or until it does
/// not, is told about the server and not about a cap.
pub(crate) fn limits() -> Limits {
    let all = Limits::default().max_tokens();
    Limits::default().with_tokens_per_subject(all)
}

/// The gate of another node.
pub(crate) async fn gate(server: &RedisServer) -> Gate {
    TokenGate::new(RedisTokens::new(&connect(server).await, limits()))
}

/// The gate of another node, with the time limit that nodes have by default. On a busy machine, an operation may fail
/// without a fault.
pub(crate) async fn hasty_gate(server: &RedisServer) -> Gate {
    let begun = Instant::now();
    loop {
        match Redis::connect(&server.url(), RedisOptions::sealed(keys())).await {
            Ok(redis) => return TokenGate::new(RedisTokens::new(&redis, limits())),
            Err(error) => assert!(begun.elapsed() < PATIENCE, "it is not fit: {error:?}"),
        }
    }
}

pub(crate) fn feed() -> Resource {
    Resource::new(["feed"]).expect("it is short")
}

pub(crate) async fn issue(gate: &Gate) -> Result<Issued, IssueError> {
    let alice = Subject::new("alice").expect("it is short");
    gate.issue(GrantRequest::new(alice, feed())).await
}

pub(crate) async fn redeem(gate: &Gate, issued: &Issued) -> Result<(), RedeemError> {
    gate.redeem(issued.token().expose(), &feed())
        .await
        .map(drop)
}

/// Waits until a token can be issued again. Returns how long that took.
pub(crate) async fn until_it_works(gate: &Gate) -> Duration {
    let begun = Instant::now();
    while let Err(error) = issue(gate).await {
        assert!(
            begun.elapsed() < PATIENCE,
            "it does not work again: {error:?}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    begun.elapsed()
}
