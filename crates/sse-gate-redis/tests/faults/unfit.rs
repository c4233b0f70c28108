//! Servers that are not fit to be used.

use std::time::Instant;

use sse_gate_core::IssueErrorKind;
use sse_gate_redis::{Redis, ServerErrorKind};
use sse_gate_redis_server::RedisServer;

use crate::stage::{IN_TIME, connect, gate, hasty_gate, issue, patient, until_it_works};

async fn kind(url: &str) -> Option<ServerErrorKind> {
    let connected = Redis::connect(url, patient()).await;
    connected.err().map(|error| error.kind())
}

/// E1: the start says what is wrong with a server.
#[tokio::test(flavor = "multi_thread")]
async fn an_unfit_server_is_named_at_the_start() {
    let server = RedisServer::start();
    assert_eq!(kind(&server.url()).await, None);
    server.cli(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    assert_eq!(kind(&server.url()).await, None, "its memory has no bound");
    server.cli(&["CONFIG", "SET", "maxmemory", "100mb"]);
    assert_eq!(kind(&server.url()).await, Some(ServerErrorKind::Evicts));
    server.cli(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    assert_eq!(kind(&server.url()).await, None);
    server.cli(&["CONFIG", "SET", "requirepass", "secret"]);
    assert_eq!(kind(&server.url()).await, Some(ServerErrorKind::Denied));
    let with_password = format!("redis://:secret@127.0.0.1:{}", server.port());
    assert_eq!(kind(&with_password).await, None);
}

/// E1: a server that was started again answers, but not before it has loaded its data.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_loads_its_data_is_told_in_time_and_used_again() {
    let mut server = RedisServer::start_with(&[
        "--save",
        "",
        "--enable-debug-command",
        "yes",
        // Microseconds for each key, and how often it answers meanwhile.
        "--key-load-delay",
        "2000",
        "--loading-process-events-interval-bytes",
        "1024",
    ]);
    let gate = hasty_gate(&server).await;
    until_it_works(&gate).await;
    // It takes 20 s to load these.
    assert_eq!(
        server.cli(&["DEBUG", "POPULATE", "10000", "key", "1000"]),
        "OK"
    );
    assert_eq!(server.cli(&["SAVE"]), "OK");
    server.restart_loading();
    assert_eq!(kind(&server.url()).await, Some(ServerErrorKind::Loading));
    let begun = Instant::now();
    let error = issue(&gate).await.expect_err("it is loading");
    assert_eq!(error.kind(), IssueErrorKind::StoreUnavailable);
    assert!(begun.elapsed() < IN_TIME, "it takes as long as it loads");
    server.cli(&["CONFIG", "SET", "key-load-delay", "0"]);
    server.wait_until_up();
    let took = until_it_works(&gate).await;
    assert!(took < IN_TIME, "it took {took:?}");
}

/// D11: an address may hold a password. What is printed of a server does not show it.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_does_not_print() {
    let server = RedisServer::start();
    server.cli(&["CONFIG", "SET", "requirepass", "secret"]);
    let url = format!("redis://:secret@127.0.0.1:{}", server.port());
    let redis = Redis::connect(&url, patient()).await;
    let shown = format!("{:?}", redis.expect("it is fit"));
    assert!(shown.contains("Source"), "{shown}");
    assert!(!shown.contains("secret"), "{shown}");
}

/// E1: a server that becomes a replica takes no writes. When it is a primary again, it is used again.
#[tokio::test(flavor = "multi_thread")]
async fn a_primary_that_becomes_a_replica_is_given_up() {
    let (server, other) = (RedisServer::start(), RedisServer::start());
    let gate = gate(&server).await;
    issue(&gate).await.expect("it works");
    let port = other.port().to_string();
    server.cli(&["REPLICAOF", "127.0.0.1", &port]);
    for _ in 0..3 {
        assert!(issue(&gate).await.is_err());
    }
    assert!(matches!(
        kind(&server.url()).await,
        Some(ServerErrorKind::Replica | ServerErrorKind::Loading)
    ));
    server.cli(&["REPLICAOF", "NO", "ONE"]);
    until_it_works(&gate).await;
    connect(&server).await;
}
