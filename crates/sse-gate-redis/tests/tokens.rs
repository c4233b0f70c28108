//! What is counted of tokens: nothing stays when they are taken, withdrawn or have ended.

use std::time::{Duration, Instant};

use sse_gate_core::conformance::Sample;
use sse_gate_core::{Cap, Limits, StoreErrorKind, Subject, TokenStore};
use sse_gate_redis::{Redis, RedisOptions, RedisTokens};
use sse_gate_redis_server::RedisServer;

const TTL: Duration = Duration::from_secs(600);

async fn tokens(server: &RedisServer) -> RedisTokens {
    let limits = Limits::default()
        .with_tokens_per_subject(1_000)
        .with_payload_bytes_per_subject(30);
    tokens_within(server, limits).await
}

async fn tokens_within(server: &RedisServer, limits: Limits) -> RedisTokens {
    let options = RedisOptions::unsealed().with_timeout(Duration::from_secs(5));
    let redis = Redis::connect(&server.url(), options).await;
    RedisTokens::new(&redis.expect("it is fit"), limits)
}

async fn insert(store: &RedisTokens, subject: &str, payload: usize, ttl: Duration) -> Sample {
    let sample = Sample::of(subject, payload);
    let inserted = store.insert(sample.key, sample.entry.clone(), ttl).await;
    inserted.expect("there is room");
    sample
}

async fn take(store: &RedisTokens, sample: &Sample) {
    let taken = store.take(sample.key).await.expect("it works");
    assert!(taken.is_some(), "it is fresh");
}

async fn withdraw(store: &RedisTokens, name: &str) -> usize {
    let subject = Subject::new(name).expect("it is short");
    store.withdraw(subject).await.expect("it works")
}

/// What kinds of keys there are, beside the marks of withdrawals, and how many bytes of payloads are counted.
fn left(server: &RedisServer) -> String {
    let script = "local found = {}
        for _, key in ipairs(redis.call('KEYS', '{sse-gate}:t:*')) do
          local kind = string.match(key, '^{sse%-gate}:t:(%a+)')
          if kind == 'payloads' then
            for _, bytes in ipairs(redis.call('HVALS', key)) do
              table.insert(found, kind .. '=' .. bytes)
            end
          elseif kind ~= 'marks' then
            table.insert(found, kind)
          end
        end
        table.sort(found)
        return table.concat(found, ' ')";
    server.cli(&["EVAL", script, "0"])
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_stays_of_a_token() {
    let server = RedisServer::start();
    let store = tokens(&server).await;
    let sample = insert(&store, "alice", 0, TTL).await;
    assert_eq!(left(&server), "e ends of owners");
    take(&store, &sample).await;
    assert_eq!(left(&server), "");
    insert(&store, "alice", 0, TTL).await;
    assert_eq!(withdraw(&store, "alice").await, 1);
    assert_eq!(left(&server), "");
}

/// The sum of all payloads is counted, and those of each subject that has some.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_stays_of_a_payload() {
    let server = RedisServer::start();
    let store = tokens(&server).await;
    let first = insert(&store, "alice", 10, TTL).await;
    let second = insert(&store, "alice", 20, TTL).await;
    take(&store, &first).await;
    assert_eq!(left(&server), "e ends of owners payloads=20 payloads=20");
    take(&store, &second).await;
    assert_eq!(left(&server), "payloads=0");
    insert(&store, "alice", 10, TTL).await;
    assert_eq!(withdraw(&store, "alice").await, 1);
    assert_eq!(left(&server), "payloads=0");
}

/// Tokens that have ended are counted out by an insertion after them, of whichever subject.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_stays_of_a_token_that_has_ended() {
    let server = RedisServer::start();
    let store = tokens(&server).await;
    for name in ["alice", "bob"] {
        insert(&store, name, 10, Duration::from_millis(1)).await;
    }
    let begun = Instant::now();
    while left(&server) != "payloads=0" {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{}",
            left(&server)
        );
        let sample = insert(&store, "mallory", 0, TTL).await;
        take(&store, &sample).await;
    }
}

/// Many tokens of others have ended before. They are not in the way of a subject's next payload, and its own are not.
#[tokio::test(flavor = "multi_thread")]
async fn a_payload_that_has_ended_makes_room_at_once() {
    let server = RedisServer::start();
    let store = tokens(&server).await;
    insert(&store, "alice", 30, TTL).await;
    for number in 0..200 {
        insert(&store, &format!("user-{number}"), 0, TTL).await;
    }
    let end = "local owners = redis.call('HGETALL', '{sse-gate}:t:owners')
        for at = 1, #owners, 2 do
          local digest, tag = owners[at], string.sub(owners[at + 1], 1, 16)
          local is_last = string.sub(owners[at + 1], 17) ~= '0'
          redis.call('ZADD', '{sse-gate}:t:ends', is_last and 2 or 1, digest)
          redis.call('ZADD', '{sse-gate}:t:of:' .. tag, 1, digest)
          redis.call('DEL', '{sse-gate}:t:e:' .. digest)
        end
        return #owners / 2";
    assert_eq!(server.cli(&["EVAL", end, "0"]), "201");
    insert(&store, "alice", 30, TTL).await;
}

/// A server removes so many at a time, and the node asks until none is left.
#[tokio::test(flavor = "multi_thread")]
async fn all_tokens_of_a_subject_are_withdrawn_however_many_there_are() {
    let server = RedisServer::start();
    let store = tokens(&server).await;
    for tokens in [256, 257, 600] {
        let name = format!("alice {tokens}");
        for _ in 0..tokens {
            insert(&store, &name, 0, TTL).await;
        }
        let of_bob = insert(&store, "bob", 0, TTL).await;
        assert_eq!(withdraw(&store, &name).await, tokens);
        take(&store, &of_bob).await;
        assert_eq!(left(&server), "");
    }
}

/// A token whose owner was removed on the server is withdrawn all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_an_owner_is_withdrawn() {
    let server = RedisServer::start();
    let store = tokens(&server).await;
    insert(&store, "alice", 10, TTL).await;
    assert_eq!(server.cli(&["DEL", "{sse-gate}:t:owners"]), "1");
    assert_eq!(withdraw(&store, "alice").await, 1);
    assert_eq!(withdraw(&store, "alice").await, 0);
    assert_eq!(
        left(&server),
        "payloads=10 payloads=10",
        "no one knows whose they were"
    );
}

/// A subject's own tokens end when they end. Those of all may be used at any time, so the wait for them is short.
#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_how_long_to_wait_for_room() {
    let second = Duration::from_secs(1);
    let limits = || Limits::default().with_tokens_per_subject(100);
    let of_all = Duration::from_millis(1)..=second;
    for (limits, cap, wait) in [
        (
            limits().with_tokens_per_subject(1),
            Cap::TokensPerSubject,
            TTL.saturating_sub(second * 100)..=TTL,
        ),
        (
            limits().with_payload_bytes_per_subject(10),
            Cap::PayloadPerSubject,
            TTL.saturating_sub(second * 100)..=TTL,
        ),
        (limits().with_tokens(1), Cap::TokensInAll, of_all.clone()),
        (
            limits().with_payload_bytes(10),
            Cap::PayloadInAll,
            of_all.clone(),
        ),
    ] {
        let server = RedisServer::start();
        let store = tokens_within(&server, limits).await;
        insert(&store, "alice", 10, TTL).await;
        let Sample { key, entry } = Sample::of("alice", 10);
        let refused = store.insert(key, entry, TTL).await.unwrap_err();
        let StoreErrorKind::Full(full) = refused.kind() else {
            panic!("{cap:?}: {refused:?}");
        };
        assert_eq!(full.cap(), cap);
        assert!(wait.contains(&full.retry_after()), "{full:?}");
    }
}
