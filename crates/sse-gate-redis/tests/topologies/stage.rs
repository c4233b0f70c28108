//! What the tests share: all stores of one node, and a walk through them.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use sse_gate_codec::Event;
use sse_gate_core::{
    GrantRequest, IssueError, Issued, Limits, RedeemError, Resource, Subject, TokenGate,
};
use sse_gate_redis::{
    Redis, RedisBus, RedisLogs, RedisOptions, RedisTokens, SealingKey, SealingKeys, ServerError,
};
use sse_gate_resume::Logs;
use sse_gate_resume::backend::{Bus, LogEpoch, Notice};

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn options() -> RedisOptions {
    let keys = SealingKeys::new(SealingKey::new([7; 32]));
    RedisOptions::sealed(keys).with_timeout(Duration::from_secs(1))
}

/// Those of a node that waits for less time than the client would by itself.
pub(crate) fn impatient() -> RedisOptions {
    options().with_timeout(Duration::from_millis(400))
}

/// One node.
pub(crate) struct Node {
    pub(crate) redis: Redis,
    gate: TokenGate<std::sync::Arc<RedisTokens>>,
    pub(crate) logs: Logs,
}

impl Node {
    pub(crate) fn new(connected: Result<Redis, ServerError>) -> Self {
        let redis = connected.expect("the server is fit");
        let limits = Limits::default().with_tokens_per_subject(1_000);
        Self {
            gate: TokenGate::new(RedisTokens::new(&redis, limits)),
            logs: Logs::default().with_store(RedisLogs::new(&redis)),
            redis,
        }
    }

    /// One that has connected. Where all is slow, the first attempts of an impatient node may be late.
    pub(crate) async fn connected(connect: impl AsyncFn() -> Result<Redis, ServerError>) -> Self {
        for _ in 0..4 {
            if let Ok(redis) = connect().await {
                return Self::new(Ok(redis));
            }
        }
        Self::new(connect().await)
    }

    pub(crate) async fn issue(&self) -> Result<Issued, IssueError> {
        let alice = Subject::new("alice").expect("it is short");
        self.gate.issue(GrantRequest::new(alice, feed())).await
    }

    pub(crate) async fn redeem(&self, issued: &Issued) -> Result<(), RedeemError> {
        let token = issued.token().expose();
        self.gate.redeem(token, &feed()).await.map(drop)
    }

    pub(crate) async fn until_it_works(&self) -> Duration {
        let begun = Instant::now();
        while let Err(error) = self.issue().await {
            assert!(begun.elapsed() < PATIENCE, "it does not work: {error:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        begun.elapsed()
    }
}

/// An address whose machine hangs: it takes connections, and says nothing.
pub(crate) struct Hung(TcpListener);

impl Hung {
    pub(crate) fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").expect("a free port"))
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.0.local_addr().expect("it is bound"))
    }
}

fn feed() -> Resource {
    Resource::new(["feed"]).expect("it is short")
}

/// A token of one node is redeemed at the other, once; events and notices arrive.
pub(crate) async fn walk(one: &Node, other: &Node) {
    let issued = one.issue().await.expect("a token");
    other.redeem(&issued).await.expect("it is fresh");
    assert!(one.redeem(&issued).await.is_err(), "it is used");

    let mut notices = RedisBus::new(&other.redis)
        .subscribe()
        .await
        .expect("a channel");
    let log = one.logs.create().await.expect("a log");
    log.append(&Event::new().data("hello"))
        .await
        .expect("an event");
    let stop = Notice::Stop {
        log: LogEpoch::from_bytes([9; 8]),
    };
    RedisBus::new(&one.redis)
        .publish(stop)
        .await
        .expect("a channel");
    let (mut appended, mut stopped) = (false, false);
    while !(appended && stopped) {
        let heard = tokio::time::timeout(PATIENCE, notices.next()).await;
        match heard.expect("a notice comes") {
            Some(Notice::Appended {
                log: epoch,
                last: 1,
                ..
            }) if epoch == log.epoch() => {
                appended = true;
            }
            Some(notice) if notice == stop => stopped = true,
            Some(_) => {}
            None => panic!("the subscription has ended"),
        }
    }
}
