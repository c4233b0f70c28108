//! Servers that are not fit to be used.

use sse_gate_redis::{Redis, RedisOptions, ServerErrorKind};
use sse_gate_redis_server::RedisServer;

use crate::stage::{connect, gate, issue, keys, until_it_works};

async fn kind(url: &str) -> Option<ServerErrorKind> {
    let connected = Redis::connect(url, RedisOptions::sealed(keys())).await;
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

/// D11: an address may hold a password. What is printed of a server does not show it.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_does_not_print() {
    let server = RedisServer::start();
    server.cli(&["CONFIG", "SET", "requirepass", "secret"]);
    let url = format!("redis://:secret@127.0.0.1:{}", server.port());
    let redis = Redis::connect(&url, RedisOptions::sealed(keys())).await;
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
