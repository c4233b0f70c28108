//! A replica is promoted, and lacks what the primary has answered last.

use std::time::{Duration, Instant};

use sse_gate_core::TokenGate;
use sse_gate_redis::{Redis, RedisSessions, RedisTokens};
use sse_gate_redis_server::RedisServer;
use sse_gate_resume::SessionLimits;
use sse_gate_resume::backend::SessionStore;

use crate::proxy::Proxy;
use crate::stage::{IN_TIME, PATIENCE, issue, limits, patient, redeem, until_it_works};

/// How often a replica is promoted; `SSE_GATE_FAILOVERS` sets another number.
const FAILOVERS: usize = 5;

pub(crate) fn failovers() -> usize {
    let given = std::env::var("SSE_GATE_FAILOVERS").ok();
    given.map_or(FAILOVERS, |given| given.parse().expect("a number"))
}

/// A3, E1: a primary becomes a replica of a server that has not heard of a take, and is promoted again. It is the same
/// process as before, and the token is back.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_a_failback_brings_back_is_refused() {
    let primary = RedisServer::start_with(&["--save", "", "--repl-diskless-sync-delay", "0"]);
    let redis = Redis::connect(&primary.url(), patient()).await;
    let gate = TokenGate::new(RedisTokens::new(&redis.expect("it is fit"), limits()));
    let replica = replica_of(&primary);
    let taken = issue(&gate).await.expect("it works");
    let count = "return #redis.call('KEYS', '{sse-gate}:t:e:*')";
    let tokens = |server: &RedisServer| server.cli(&["EVAL", count, "0"]);
    let begun = Instant::now();
    while tokens(&replica) != "1" {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it does not replicate"
        );
    }
    replica.cli(&["REPLICAOF", "NO", "ONE"]);
    redeem(&gate, &taken).await.expect("it is fresh");

    let port = replica.port().to_string();
    primary.cli(&["REPLICAOF", "127.0.0.1", &port]);
    assert!(issue(&gate).await.is_err(), "it takes no writes");
    while primary.info("master_link_status") != "up" {
        assert!(
            begun.elapsed() < Duration::from_secs(40),
            "it does not replicate"
        );
    }
    primary.cli(&["REPLICAOF", "NO", "ONE"]);
    assert_eq!(tokens(&primary), "1", "the token is back");
    until_it_works(&gate).await;
    assert!(redeem(&gate, &taken).await.is_err(), "it entered twice");
}

/// A3, E1: the same, and no operation has seen that the primary was a replica. The node sees it with its next sign of life.
#[tokio::test(flavor = "multi_thread")]
async fn a_failback_that_no_operation_has_seen_is_noticed() {
    let primary = RedisServer::start_with(&["--save", "", "--repl-diskless-sync-delay", "0"]);
    // Long enough for a failback between two signs of life.
    let options = patient().with_node_ttl(Duration::from_secs(12));
    let redis = Redis::connect(&primary.url(), options).await;
    let gate = TokenGate::new(RedisTokens::new(&redis.expect("it is fit"), limits()));
    let unused = issue(&gate).await.expect("it works");
    let begun = Instant::now();
    let until_next_sign = |after: &str| {
        let seen = || primary.cli(&["ZRANGE", "{sse-gate}:nodes", "0", "-1", "WITHSCORES"]);
        let before = if after.is_empty() {
            seen()
        } else {
            after.to_owned()
        };
        while seen() == before {
            assert!(begun.elapsed() < Duration::from_secs(60), "no sign of life");
            std::thread::sleep(Duration::from_millis(10));
        }
        seen()
    };
    let seen = until_next_sign("");
    let replica = replica_of(&primary);
    replica.cli(&["REPLICAOF", "NO", "ONE"]);
    let port = replica.port().to_string();
    primary.cli(&["REPLICAOF", "127.0.0.1", &port]);
    while primary.info("master_link_status") != "up" {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "it does not replicate"
        );
    }
    primary.cli(&["REPLICAOF", "NO", "ONE"]);
    until_next_sign(&seen);
    let refused = redeem(&gate, &unused).await;
    assert!(refused.is_err(), "it is of the run before");
}

/// E1, I19: a primary becomes a replica, and keeps its connections. A node that only reads notices, and gives its signs of
/// life to the new primary, so that its sessions go on.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_only_reads_follows_when_its_primary_steps_down() {
    let primary = RedisServer::start_with(&["--save", "", "--repl-diskless-sync-delay", "0"]);
    let proxy = Proxy::to(primary.port()).await;
    let options = patient().with_node_ttl(Duration::from_secs(2));
    let redis = Redis::connect(&proxy.url(), options).await;
    let reader = RedisSessions::new(&redis.expect("it is fit"), SessionLimits::default());
    let replica = replica_of(&primary);
    replica.cli(&["REPLICAOF", "NO", "ONE"]);
    let port = replica.port().to_string();
    proxy.lead_newcomers_to(replica.port());
    primary.cli(&["REPLICAOF", "127.0.0.1", &port]);

    let seen = || replica.cli(&["ZRANGE", "{sse-gate}:nodes", "0", "-1", "WITHSCORES"]);
    let (before, begun) = (seen(), Instant::now());
    assert!(!before.is_empty(), "the replica knows the node");
    while seen() == before {
        assert!(begun.elapsed() < PATIENCE, "no sign of life");
        // While it is on the way, it may fail.
        let _ = reader.moment().await;
    }
    reader.moment().await.expect("it works");
}

/// A replica that has all that the primary has.
pub(crate) fn replica_of(primary: &RedisServer) -> RedisServer {
    let port = primary.port().to_string();
    let replica = RedisServer::start_with(&["--save", "", "--replicaof", "127.0.0.1", &port]);
    let begun = Instant::now();
    while replica.info("master_link_status") != "up" {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it does not replicate"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    replica
}

/// A3, E1: a token that was taken comes back with a replica that had not heard of it. It is refused all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_a_failover_brings_back_is_refused() {
    let mut primary = RedisServer::start_with(&["--save", "", "--repl-diskless-sync-delay", "0"]);
    let proxy = Proxy::to(primary.port()).await;
    let redis = Redis::connect(&proxy.url(), patient()).await;
    let gate = TokenGate::new(RedisTokens::new(&redis.expect("it is fit"), limits()));
    for round in 0..failovers() {
        let replica = replica_of(&primary);
        let taken = issue(&gate).await.expect("it works");
        let unused = issue(&gate).await.expect("it works");
        let tokens = || {
            replica.cli(&[
                "EVAL",
                "return #redis.call('KEYS', '{sse-gate}:t:e:*')",
                "0",
            ])
        };
        let begun = Instant::now();
        while tokens() != (2).to_string() {
            assert!(begun.elapsed() < Duration::from_secs(20), "{}", tokens());
        }
        // From here on, the replica hears of nothing.
        replica.cli(&["REPLICAOF", "NO", "ONE"]);
        redeem(&gate, &taken).await.expect("it is fresh");
        primary.kill();
        assert_eq!(tokens(), "2", "the replica has both tokens");
        proxy.point_at(replica.port());

        assert!(
            redeem(&gate, &taken).await.is_err(),
            "round {round}: it entered twice"
        );
        let took = until_it_works(&gate).await;
        assert!(took < IN_TIME, "round {round}: it took {took:?}");
        assert!(
            redeem(&gate, &taken).await.is_err(),
            "round {round}: it entered twice"
        );
        assert!(
            redeem(&gate, &unused).await.is_err(),
            "it is of the run before"
        );
        let fresh = issue(&gate).await.expect("it works");
        redeem(&gate, &fresh).await.expect("it is of this run");
        replica.cli(&[
            "EVAL",
            "return redis.call('DEL', unpack(redis.call('KEYS', '{sse-gate}:t:e:*')))",
            "0",
        ]);
        primary = replica;
    }
}
