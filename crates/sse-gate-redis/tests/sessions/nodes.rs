//! Sessions of nodes that die, or that only seem to. I19

use std::time::{Duration, Instant};

use sse_gate_redis::RedisSessions;
use sse_gate_redis_server::RedisServer;
use sse_gate_resume::backend::{SessionId, SessionStore};

use crate::stage::{IDLE, NODE_TTL, PATIENCE, id, load, node, node_with_ttl, open};

async fn due(store: &RedisSessions) -> Vec<SessionId> {
    store.due(10).await.expect("the server works").sessions
}

/// I19: a session of a node that has died is due when its client has not come back in time.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_a_dead_node_is_due_in_time() {
    let server = RedisServer::start();
    let (living, dead) = (node(&server).await, node(&server).await);
    open(&living, "alice", 1).await.expect("there is room");
    open(&dead, "bob", 2).await.expect("there is room");
    assert!(due(&living).await.is_empty());
    drop(dead);
    let begun = Instant::now();
    while due(&living).await.is_empty() {
        assert!(begun.elapsed() < PATIENCE, "it is never due");
        tokio::time::sleep(IDLE / 10).await;
    }
    assert_eq!(
        due(&living).await,
        [id(2)],
        "the living node's session is not due"
    );
    let stored = load(&living, 2).await.expect("it is there");
    let left_at = stored.node_left_at.expect("its node is gone");
    assert!(left_at <= stored.now && left_at >= stored.record.binding().arrived_at);
}

/// I19: a node that was silent for too long, and is back, keeps its sessions: they are not due, and don't wait.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_back_keeps_its_sessions() {
    let server = RedisServer::start();
    let store = node(&server).await;
    open(&store, "alice", 1).await.expect("there is room");
    // Another node has seen it gone, and its sessions wait.
    let seems_gone = "local node = redis.call('ZRANGE', '{sse-gate}:nodes', 0, 0)[1]
         local own = string.rep(string.char(1), 16)
         local tag = redis.call('HGET', '{sse-gate}:s:r:' .. own, 'g')
         redis.call('ZADD', '{sse-gate}:s:wait:' .. tag, 1, own)
         redis.call('ZADD', '{sse-gate}:s:due', 1, own)
         redis.call('ZREM', '{sse-gate}:s:on:' .. node, own)
         redis.call('ZREM', '{sse-gate}:nodes', node)
         redis.call('ZADD', '{sse-gate}:gone', 1, node)
         return 'gone'";
    assert_eq!(server.cli(&["EVAL", seems_gone, "0"]), "gone");
    assert!(
        load(&store, 1)
            .await
            .expect("it is there")
            .node_left_at
            .is_some()
    );
    let begun = Instant::now();
    while load(&store, 1)
        .await
        .expect("it is there")
        .node_left_at
        .is_some()
    {
        assert!(begun.elapsed() < PATIENCE, "it is never back");
        tokio::time::sleep(NODE_TTL / 10).await;
    }
    assert!(due(&store).await.is_empty(), "it is not due");
    let alice = sse_gate_core::Subject::new("alice").expect("it is short");
    let waiting = store.waiting(alice, 10).await.expect("the server works");
    assert!(waiting.is_empty(), "it does not wait");
}

/// I19: a node that died had very many sessions. A node that lets them wait does not count as gone meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_stays_alive_while_it_clears_up_after_another() {
    let server = RedisServer::start();
    // Clearing up takes longer than this, and this is long beside what a busy machine may take for one beat.
    let store = node_with_ttl(&server, Duration::from_secs(2)).await;
    open(&store, "alice", 1).await.expect("there is room");
    // A little at a time: the server does nothing else meanwhile.
    let had = "for number = ARGV[1], ARGV[1] + 4999 do
          redis.call('ZADD', '{sse-gate}:s:on:deadnode', number, string.format('%016d', number))
        end
        return 'had'";
    for first in (0..500_000).step_by(5_000) {
        assert_eq!(server.cli(&["EVAL", had, "0", &first.to_string()]), "had");
    }
    server.cli(&["ZADD", "{sse-gate}:nodes", "1", "deadnode"]);
    let left = || server.cli(&["ZCARD", "{sse-gate}:s:on:deadnode"]);
    let begun = Instant::now();
    // Until it has begun, and while it is at it.
    while left() != "0" {
        assert!(begun.elapsed() < PATIENCE * 3, "{} are left", left());
        let stored = load(&store, 1).await.expect("it is there");
        assert_eq!(stored.node_left_at, None, "{} are left", left());
    }
}

/// E1: sessions are gone with the server's data, and new ones can be opened.
#[tokio::test(flavor = "multi_thread")]
async fn lost_sessions_are_not_found() {
    let server = RedisServer::start();
    let (one, two) = (node(&server).await, node(&server).await);
    open(&one, "alice", 1).await.expect("there is room");
    server.cli(&["FLUSHALL"]);
    assert!(load(&one, 1).await.is_none());
    open(&one, "alice", 2).await.expect("there is room");
    assert!(
        load(&two, 2).await.is_some(),
        "both nodes have the new state"
    );
}
