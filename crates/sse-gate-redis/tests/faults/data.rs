//! What the server keeps is lost, damaged, forged or of another kind.

use std::time::{Duration, Instant};

use sse_gate_core::{RefusalReason, Subject, TokenGate};
use sse_gate_redis::{Redis, RedisOptions, RedisSessions, RedisTokens, ServerErrorKind};
use sse_gate_redis_server::RedisServer;
use sse_gate_resume::SessionLimits;
use sse_gate_resume::backend::SessionStore;

use crate::stage::{PATIENCE, connect, gate, issue, limits, patient, redeem, until_it_works};

/// E1: the scripts are lost, as after a restart. They are sent again, and nobody notices.
#[tokio::test(flavor = "multi_thread")]
async fn lost_scripts_are_sent_again() {
    let server = RedisServer::start();
    let gate = gate(&server).await;
    for _ in 0..3 {
        let issued = issue(&gate).await.expect("the scripts are sent");
        server.cli(&["SCRIPT", "FLUSH"]);
        redeem(&gate, &issued)
            .await
            .expect("the scripts are sent again");
        server.cli(&["SCRIPT", "FLUSH"]);
    }
}

/// E8, D12: a value that was damaged or moved under another key is refused, and is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_or_moved_value_is_refused() {
    let server = RedisServer::start();
    let gate = gate(&server).await;
    let (one, two) = (issue(&gate).await.unwrap(), issue(&gate).await.unwrap());
    let script = "local keys = redis.call('KEYS', '{sse-gate}:t:e:*')
        local first, second = redis.call('GET', keys[1]), redis.call('GET', keys[2])
        redis.call('SET', keys[1], second, 'KEEPTTL')
        redis.call('SET', keys[2], string.sub(first, 1, -2) .. '!', 'KEEPTTL')
        return #keys";
    assert_eq!(server.cli(&["EVAL", script, "0"]), "2");
    for issued in [one, two] {
        let refused = redeem(&gate, &issued).await.expect_err("it was changed");
        assert_eq!(refused.reason(), RefusalReason::Corrupt);
        assert!(redeem(&gate, &issued).await.is_err(), "it is gone");
    }
}

/// D11: no command that reaches the server, and no value on it, shows a token or a subject.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_readable_is_on_the_server() {
    let server = RedisServer::start();
    server.cli(&["CONFIG", "SET", "slowlog-log-slower-than", "0"]);
    let gate = gate(&server).await;
    let issued = issue(&gate).await.expect("it works");
    let token = issued.token().expose().to_owned();
    let script = "local all = {}
        for _, key in ipairs(redis.call('KEYS', '*')) do
          table.insert(all, key)
          table.insert(all, redis.call('DUMP', key))
        end
        return all";
    let seen = server.cli(&["EVAL", script, "0"]) + &server.cli(&["SLOWLOG", "GET", "1000"]);
    assert!(seen.contains("{sse-gate}:t:e:"), "{seen}");
    for secret in ["alice", &token, &token[6..30]] {
        assert!(!seen.contains(secret), "{secret} is on the server");
    }
}

/// E1: a key of another type under the name of ours.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_type_is_told() {
    let server = RedisServer::start();
    server.cli(&["SET", "{sse-gate}:state", "something"]);
    let refused = Redis::connect(&server.url(), patient()).await;
    assert_eq!(refused.unwrap_err().kind(), ServerErrorKind::Foreign);
    server.cli(&["DEL", "{sse-gate}:state"]);
    server.cli(&["HSET", "{sse-gate}:state", "some", "thing"]);
    let refused = Redis::connect(&server.url(), patient()).await;
    assert_eq!(refused.unwrap_err().kind(), ServerErrorKind::Foreign);
    assert_eq!(server.cli(&["HLEN", "{sse-gate}:state"]), "1");
    server.cli(&["DEL", "{sse-gate}:state"]);
    let gate = gate(&server).await;
    server.cli(&["SET", "{sse-gate}:t:ends", "something"]);
    assert!(issue(&gate).await.is_err());
    server.cli(&["DEL", "{sse-gate}:t:ends"]);
    until_it_works(&gate).await;
}

/// E1: a script that failed may have done something. It is not sent again.
#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_failed_is_not_sent_again() {
    let server = RedisServer::start();
    let gate = gate(&server).await;
    issue(&gate).await.expect("it works");
    server.cli(&["DEL", "{sse-gate}:t:ends"]);
    server.cli(&["SET", "{sse-gate}:t:ends", "something"]);
    server.cli(&["CONFIG", "RESETSTAT"]);
    assert!(issue(&gate).await.is_err());
    let stats = server.cli(&["INFO", "commandstats"]);
    assert!(stats.contains("cmdstat_evalsha:"), "{stats}");
    assert!(!stats.contains("cmdstat_eval:"), "{stats}");
}

/// D12, E15: other keys, or none, don't open what is there.
#[tokio::test(flavor = "multi_thread")]
async fn wrong_sealing_keys_are_told_at_the_start() {
    use sse_gate_redis::{SealingKey, SealingKeys};

    let server = RedisServer::start();
    connect(&server).await;
    let new = || SealingKey::new([8; 32]);
    let kind = async |options: RedisOptions| {
        let options = options.with_timeout(PATIENCE);
        let connected = Redis::connect(&server.url(), options).await;
        connected.err().map(|error| error.kind())
    };
    let wrong = Some(ServerErrorKind::WrongKeys);
    assert_eq!(kind(RedisOptions::unsealed()).await, wrong);
    let only_new = SealingKeys::new(new());
    assert_eq!(kind(RedisOptions::sealed(only_new)).await, wrong);
    // With the old one as the previous one, they are good, and from then on without it.
    let both = SealingKeys::new(new()).with_previous(SealingKey::new([7; 32]));
    assert_eq!(kind(RedisOptions::sealed(both)).await, None);
    let only_new = SealingKeys::new(new());
    assert_eq!(kind(RedisOptions::sealed(only_new)).await, None);
}

/// E1: the memory of the server is full. Newcomers are refused; what is there can be taken, a user can sign out, and nodes
/// give signs of life. When there is memory again, there is room again.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_memory_refuses_newcomers_only() {
    let server = RedisServer::start();
    let redis = connect(&server).await;
    let gate = TokenGate::new(RedisTokens::new(&redis, limits()));
    let (issued, other) = (issue(&gate).await.unwrap(), issue(&gate).await.unwrap());
    let last_seen = || server.cli(&["ZRANGE", "{sse-gate}:nodes", "0", "-1", "WITHSCORES"]);
    server.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    let before = last_seen();
    assert!(issue(&gate).await.is_err());
    redeem(&gate, &issued).await.expect("to take frees memory");
    let alice = Subject::new("alice").expect("it is short");
    assert_eq!(
        gate.withdraw_all(&alice)
            .await
            .expect("to sign out frees memory"),
        1
    );
    assert!(redeem(&gate, &other).await.is_err());
    RedisSessions::new(&redis, SessionLimits::default())
        .revoke(alice)
        .await
        .expect("to revoke frees memory");
    let begun = Instant::now();
    while last_seen() == before {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "the node counts as gone"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.cli(&["CONFIG", "SET", "maxmemory", "0"]);
    until_it_works(&gate).await;
}
