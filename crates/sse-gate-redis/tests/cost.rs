//! What an operation costs does not grow with what is there.

use std::time::Duration;

use sse_gate_core::conformance::Sample;
use sse_gate_core::{Limits, Subject, TokenStore};
use sse_gate_redis::{Redis, RedisOptions, RedisTokens};
use sse_gate_redis_server::RedisServer;

const TTL: Duration = Duration::from_secs(600);

/// How many commands, scripts' own ones included, an operation takes, on average of many.
async fn commands<F: Future>(server: &RedisServer, operations: u64, run: impl Fn(u64) -> F) -> f64 {
    server.cli(&["CONFIG", "RESETSTAT"]);
    for number in 0..operations {
        run(number).await;
    }
    let stats = server.cli(&["INFO", "commandstats"]);
    let calls = |line: &str| -> Option<u32> {
        line.split_once("calls=")?.1.split(',').next()?.parse().ok()
    };
    let all: u32 = stats.lines().filter_map(calls).sum();
    f64::from(all) / f64::from(u32::try_from(operations).expect("a few"))
}

/// With 10,000 tokens of one subject, to issue, redeem and sign another user out takes as many commands as with
/// none.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_cost_the_same_however_many_there_are() {
    let server = RedisServer::start();
    let options = RedisOptions::unsealed().with_timeout(Duration::from_secs(5));
    let redis = Redis::connect(&server.url(), options)
        .await
        .expect("it is fit");
    let limits = Limits::default().with_tokens_per_subject(100_000);
    let store = RedisTokens::new(&redis, limits);
    let handshake = async |_| {
        let Sample { key, entry } = Sample::of("alice", 100);
        store.insert(key, entry, TTL).await.expect("there is room");
        assert!(store.take(key).await.expect("it works").is_some());
        let bob = Subject::new("bob").expect("it is short");
        assert_eq!(store.withdraw(bob).await.expect("it works"), 0);
    };
    let few = commands(&server, 200, handshake).await;
    for _ in 0..10_000 {
        let Sample { key, entry } = Sample::of("alice", 10);
        store.insert(key, entry, TTL).await.expect("there is room");
    }
    let many = commands(&server, 200, handshake).await;
    assert!(many < few * 1.1, "{few} commands, then {many}");
}

/// Tokens that have ended are counted out a few at a time, so no insertion pays for many of them.
#[tokio::test(flavor = "multi_thread")]
async fn ended_tokens_are_counted_out_a_few_at_a_time() {
    let server = RedisServer::start();
    let options = RedisOptions::unsealed().with_timeout(Duration::from_secs(5));
    let redis = Redis::connect(&server.url(), options)
        .await
        .expect("it is fit");
    let limits = Limits::default().with_tokens_per_subject(100_000);
    let store = RedisTokens::new(&redis, limits);
    for number in 0..2_000 {
        let Sample { key, entry } = Sample::of(&format!("user-{number}"), 10);
        store
            .insert(key, entry, Duration::from_millis(1))
            .await
            .expect("there is room");
    }
    let insert = async |_| {
        let Sample { key, entry } = Sample::of("alice", 10);
        store.insert(key, entry, TTL).await.expect("there is room");
    };
    let mut left = i64::MAX;
    while left > 40 {
        let cost = commands(&server, 1, insert).await;
        assert!(
            cost < 64.0 * 2.0 * 9.0 + 50.0,
            "one insertion took {cost} commands"
        );
        let now: i64 = server
            .cli(&["ZCARD", "{sse-gate}:t:ends"])
            .parse()
            .expect("a number");
        assert!(now < left, "{now} tokens are left, and were {left}");
        left = now;
    }
    let bytes = server.cli(&["HGET", "{sse-gate}:t:payloads", ""]);
    let counted: i64 = server
        .cli(&["HLEN", "{sse-gate}:t:owners"])
        .parse()
        .expect("a number");
    assert_eq!(
        bytes.parse::<i64>().expect("a number"),
        counted * 10,
        "payloads are counted out, too"
    );
}
