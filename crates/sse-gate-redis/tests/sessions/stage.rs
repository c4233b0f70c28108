//! What the tests share: a server of their own, and sessions on it.

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{
    GrantRequest, MemoryStore, Resource, SteadyTime, Subject, TokenGate, TokenKey,
};
use sse_gate_redis::{Redis, RedisOptions, RedisSessions, SealingKey, SealingKeys};
use sse_gate_redis_server::RedisServer;
use sse_gate_resume::backend::{
    Binding, Bounds, Delivered, LogEpoch, LogName, Outcome, Record, SessionId, SessionKey,
    SessionStore, ShownId, StoredSession,
};
use sse_gate_resume::error::SessionError;
use sse_gate_resume::{ResumePolicy, SessionLimits};

/// After so long a silence, a node counts as gone.
pub(crate) const NODE_TTL: Duration = Duration::from_millis(600);

/// How long a session waits for its client.
pub(crate) const IDLE: Duration = Duration::from_millis(400);

/// Longer than any test runs.
pub(crate) const LONG: Duration = Duration::from_secs(600);

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A node: one session for each subject.
pub(crate) async fn node(server: &RedisServer) -> RedisSessions {
    node_with_ttl(server, NODE_TTL).await
}

/// A node that counts as gone after so long a silence.
pub(crate) async fn node_with_ttl(server: &RedisServer, node_ttl: Duration) -> RedisSessions {
    node_of(&connect(server, node_ttl).await)
}

/// A connection of a node that counts as gone after so long a silence.
pub(crate) async fn connect(server: &RedisServer, node_ttl: Duration) -> Redis {
    let keys = SealingKeys::new(SealingKey::new([7; 32]));
    let options = RedisOptions::sealed(keys)
        .with_timeout(Duration::from_secs(2))
        .with_node_ttl(node_ttl);
    let redis = Redis::connect(&server.url(), options).await;
    redis.expect("the server is fit")
}

/// The sessions of a node: one for each subject.
pub(crate) fn node_of(redis: &Redis) -> RedisSessions {
    RedisSessions::new(redis, SessionLimits::default().with_max_per_subject(1))
}

pub(crate) fn id(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

/// Opens a session of this subject on a node.
pub(crate) async fn open(
    store: &RedisSessions,
    name: &str,
    number: u8,
) -> Result<SessionId, SessionError> {
    let record = record(store, name, number, IDLE).await?;
    store.create(id(number), record).await?;
    Ok(id(number))
}

/// A session of this subject whose first connection is open, and which waits for its client for so long.
pub(crate) async fn record(
    store: &RedisSessions,
    name: &str,
    number: u8,
    idle: Duration,
) -> Result<Record, SessionError> {
    let request = GrantRequest::new(
        Subject::new(name).expect("it is short"),
        Resource::new(["chat"]).expect("it is short"),
    );
    record_of(store, request, number, idle).await
}

/// A session of a subject of its own, with this payload.
pub(crate) async fn record_with(store: &RedisSessions, payload: &str, number: u8) -> Record {
    let request = GrantRequest::new(
        Subject::new(format!("user-{number}")).expect("it is short"),
        Resource::new(["chat"]).expect("it is short"),
    );
    let request = request.with_payload(payload).expect("it is not too long");
    let record = record_of(store, request, number, LONG).await;
    record.expect("the server works")
}

async fn record_of(
    store: &RedisSessions,
    request: GrantRequest,
    number: u8,
    idle: Duration,
) -> Result<Record, SessionError> {
    let moment = store.moment().await?;
    let grant = TokenGate::new(MemoryStore::default()).grant(request).await;
    let mut record = Record::new(Arc::new(Binding {
        token: TokenKey::from_bytes([number; 32]),
        grant: grant.expect("it is small"),
        salt: [2; 32],
        log_name: LogName::new("answer").expect("it is short"),
        log_epoch: LogEpoch::from_bytes([3; 8]),
        owns_log: true,
        base: 0,
        start_after: 0,
        arrival_epoch: moment.epoch,
        arrived_at: moment.now,
        ends_at: moment.now.saturating_add(Duration::from_secs(3_600)),
        policy: ResumePolicy::default().with_idle(idle),
    }));
    record.serve_from(store.node());
    Ok(record)
}

pub(crate) async fn load(store: &RedisSessions, number: u8) -> Option<StoredSession> {
    let found = store.load(SessionKey::Id(id(number))).await;
    found.expect("the server works")
}

/// Changes session 1.
pub(crate) async fn change(store: &RedisSessions, step: impl FnOnce(&mut Record, SteadyTime)) {
    let stored = load(store, 1).await.expect("it is there");
    let mut record = stored.record.clone();
    step(&mut record, stored.now);
    let counts = store.swap(&stored, record).await;
    assert!(counts.expect("the server works"));
}

/// Session 1, of alice, which waits for its client for longer than any test runs.
pub(crate) async fn open_long(store: &RedisSessions) {
    let record = record(store, "alice", 1, LONG).await;
    let created = store.create(id(1), record.expect("the server works")).await;
    created.expect("there is room");
}

/// Its connection ends.
pub(crate) fn release(record: &mut Record, now: SteadyTime) {
    record.release(record.generation(), Delivered::Confirmed, now);
}

/// Its client comes back.
pub(crate) fn reopen(record: &mut Record, now: SteadyTime) {
    assert!(record.reopen(LONG, now));
}

/// Its client comes back with the id of the present generation.
pub(crate) fn come_back(record: &mut Record, now: SteadyTime) {
    let (token, seq) = (record.binding().token, 0);
    let shown = ShownId {
        generation: record.generation(),
        seq,
        token,
    };
    let log = Bounds {
        first: 1,
        last: 0,
        end: None,
    };
    let outcome = record.redeem(&shown, &log, now);
    assert!(matches!(outcome, Outcome::Resumed { .. }), "{outcome:?}");
}
