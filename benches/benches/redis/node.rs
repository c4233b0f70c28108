//! A node, as a service has it: [`Node`], with a thread of its own.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use sse_gate::sessions::backend::Written;
use sse_gate::sessions::{
    Log, LogLimits, Logs, Opening, ResumeKey, ResumeKeys, SessionLimits, Sessions, Start,
    Subscription, Topics,
};
use sse_gate_codec::Event;
use sse_gate_core::{Grant, GrantRequest, MemoryStore, Resource, Subject, TokenGate, TokenKey};
use sse_gate_redis::{Redis, RedisBus, RedisLogs, RedisOptions, RedisSessions, RedisTokens};
use tokio::runtime::Runtime;

use crate::scene::{Scene, limits, runtime};

/// A node: tokens, sessions, logs and topics on the server, and a runtime with one thread.
pub(crate) struct Node {
    pub(crate) runtime: Runtime,
    pub(crate) redis: Redis,
    pub(crate) gate: TokenGate<Arc<RedisTokens>>,
    pub(crate) logs: Logs,
    pub(crate) sessions: Sessions,
    pub(crate) topics: Topics,
}

impl Node {
    pub(crate) fn start(scene: &Scene, options: RedisOptions) -> Self {
        let runtime = runtime();
        let redis = runtime.block_on(scene.connect(options));
        let limits_of_logs = LogLimits::default()
            .with_max_events(100_000)
            .with_max_bytes(1 << 30);
        let store = RedisLogs::new(&redis).with_max_logs(1_000_000);
        let logs = Logs::default()
            .with_limits(limits_of_logs)
            .with_store(store);
        let handle = runtime.handle().clone();
        let logs = logs.with_spawn(move |chore| {
            handle.spawn(chore);
            None
        });
        let limits_of_sessions = SessionLimits::default().with_max(1_000_000);
        let handle = runtime.handle().clone();
        let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).expect("a good key"));
        let sessions = Sessions::new(RedisSessions::new(&redis, limits_of_sessions), keys)
            .with_logs(&logs)
            .with_bus(RedisBus::new(&redis))
            .with_spawn(move |chore| {
                handle.spawn(chore);
                None
            });
        runtime.spawn(sessions.listen(tokio::time::sleep));
        while !sessions.is_connected() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Self {
            gate: TokenGate::new(RedisTokens::new(&redis, limits())),
            topics: Topics::new(logs.clone()),
            logs,
            sessions,
            redis,
            runtime,
        }
    }

    /// Opens a session on a log that others use, too, and returns its token's key.
    pub(crate) async fn open(
        sessions: &Sessions,
        grant: &Grant,
        key: TokenKey,
        log: Log,
    ) -> Subscription {
        let arrival = sessions.arrival().await.expect("the server answers");
        let opening = Opening::new(arrival, grant, key, Arc::new(log))
            .on_shared_log()
            .with_start(Start::Last(0));
        sessions.open(opening).await.expect("there is room")
    }
}

/// The key of a token that was never issued: sessions don't ask.
pub(crate) fn key(number: usize) -> TokenKey {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_be_bytes());
    TokenKey::from_bytes(key)
}

pub(crate) fn request(number: usize) -> GrantRequest {
    let subject = Subject::new(format!("{number:016}")).expect("a short name");
    GrantRequest::new(subject, resource())
}

/// Issues a token and redeems it.
pub(crate) async fn shake_hands(gate: &TokenGate<Arc<RedisTokens>>, number: usize) {
    let issued = gate.issue(request(number)).await.expect("room");
    let resource = resource();
    let redeemed = gate.redeem(issued.token().expose(), &resource).await;
    redeemed.expect("a good token");
}

/// A grant of a store in memory, so that the server is not asked.
pub(crate) async fn grant(number: usize) -> Grant {
    let gate = TokenGate::new(MemoryStore::default());
    gate.grant(request(number)).await.expect("a good request")
}

/// 24 bytes.
fn resource() -> Resource {
    Resource::new(["a-resource-of-24-bytes-!"]).expect("a short part")
}

/// An event with 100 bytes of data, which begin with its number.
pub(crate) fn data(number: usize) -> String {
    format!("{number:<100}")
}

pub(crate) fn event(data: &str) -> Event<'_> {
    Event::new().data(data)
}

/// The next piece that a connection gets.
pub(crate) async fn next(subscription: &mut Subscription) -> String {
    let mut bytes = BytesMut::new();
    poll_fn(|cx| subscription.poll_write(cx, &mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Gives each piece that a connection gets to `tell`, as long as that wants more.
pub(crate) async fn follow(mut subscription: Subscription, mut tell: impl FnMut(&[u8]) -> bool) {
    let mut bytes = BytesMut::new();
    while poll_fn(|cx| subscription.poll_write(cx, &mut bytes)).await == Written::More {
        subscription.confirm();
        if !tell(&bytes) {
            return;
        }
        bytes.clear();
    }
}
