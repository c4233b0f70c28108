//! Sessions of nodes that die, or that only seem to. I19

use std::sync::Arc;
use std::time::{Duration, Instant};

use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate, TokenKey};
use sse_gate_redis::RedisSessions;
use sse_gate_redis_server::RedisServer;
use sse_gate_resume::backend::{NodeId, SessionId, SessionStore};
use sse_gate_resume::{CloseReason, Logs, Opening, ResumeKey, ResumeKeys, SessionLimits, Sessions};

use crate::stage::{
    IDLE, LONG, NODE_TTL, PATIENCE, connect, id, load, node, node_with_ttl, open, record, release,
};

/// Whether session 1 is due when its time is up, and connected to the only node.
const LISTS: &str = "local node = redis.call('ZRANGE', '{sse-gate}:nodes', 0, 0)[1]
         local own = string.rep(string.char(1), 16)
         local ends = redis.call('HGET', '{sse-gate}:s:r:' .. own, 'e')
         return {redis.call('ZSCORE', '{sse-gate}:s:due', own) == ends and 'in time' or 'early',
           redis.call('ZSCORE', '{sse-gate}:s:on:' .. node, own) and 'connected' or 'not connected'}";

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
    let seems_gone = "local node = NODE
         local own = string.rep(string.char(1), 16)
         local tag = redis.call('HGET', '{sse-gate}:s:r:' .. own, 'g')
         redis.call('ZADD', '{sse-gate}:s:wait:' .. tag, 1, own)
         redis.call('ZADD', '{sse-gate}:s:due', 1, own)
         redis.call('ZREM', '{sse-gate}:s:on:' .. node, own)
         redis.call('ZREM', '{sse-gate}:nodes', node)
         redis.call('ZADD', '{sse-gate}:gone', 1, node)
         return 'gone'"
        .replace("NODE", &text(store.node()));
    let begun = Instant::now();
    // It goes on with its signs of life, and may be back before the session is loaded.
    loop {
        assert_eq!(server.cli(&["EVAL", &seems_gone, "0"]), "gone");
        let stored = load(&store, 1).await.expect("it is there");
        if stored.node_left_at.is_some() {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "it is never gone");
    }
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
    assert_eq!(server.cli(&["EVAL", LISTS, "0"]), "in time\nconnected");
    assert!(waiting(&store).await.is_empty(), "it does not wait");
}

/// C15, I19: a node was silent for too long, and is back. Its session is not in the way of one that waits: that one makes
/// room for a newcomer, also while the first one is not due yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_node_is_back_is_not_displaced() {
    let server = RedisServer::start();
    let redis = connect(&server, LONG).await;
    let store = RedisSessions::new(&redis, SessionLimits::default().with_max_per_subject(2));
    for number in [1, 2] {
        let record = record(&store, "alice", number, LONG).await;
        let created = store.create(id(number), record.expect("it works")).await;
        created.expect("there is room");
    }
    let stored = load(&store, 2).await.expect("it is there");
    let mut record_of_two = stored.record.clone();
    release(&mut record_of_two, stored.now);
    let swapped = store.swap(&stored, record_of_two).await;
    assert!(swapped.expect("the server works"));
    assert_eq!(waiting(&store).await, [id(2)]);
    // Another node has seen it gone, and its session waits for its client.
    let seemed_gone = "local own = string.rep(string.char(1), 16)
         local session = redis.call('HMGET', '{sse-gate}:s:r:' .. own, 'g', 'n', 'e')
         redis.call('ZADD', '{sse-gate}:s:wait:' .. session[1], 1, own)
         redis.call('ZADD', '{sse-gate}:s:due', session[3] - 1000, own)
         redis.call('ZREM', '{sse-gate}:s:on:' .. session[2], own)
         return 'gone'";
    assert_eq!(server.cli(&["EVAL", seemed_gone, "0"]), "gone");
    // A server whose memory is full keeps none of this from happening.
    server.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    let alice = || Subject::new("alice").expect("it is short");
    let oldest = store.waiting(alice(), 1).await;
    assert_eq!(oldest.expect("the server works"), [id(2)]);
    assert_eq!(server.cli(&["EVAL", LISTS, "0"]), "in time\nconnected");
    server.cli(&["CONFIG", "SET", "maxmemory", "0"]);

    assert_eq!(server.cli(&["EVAL", seemed_gone, "0"]), "gone");
    let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).expect("a good key"));
    let sessions = Sessions::new(store.clone(), keys);
    let arrival = sessions.arrival().await.expect("the server works");
    let request = GrantRequest::new(alice(), Resource::new(["chat"]).expect("it is short"));
    let grant = TokenGate::new(MemoryStore::default()).grant(request).await;
    let log = Logs::default().create().await.expect("a log");
    let (grant, token) = (grant.expect("it is small"), TokenKey::from_bytes([3; 32]));
    let newcomer = sessions.open(Opening::new(arrival, &grant, token, Arc::new(log)));
    newcomer.await.expect("the one that waits makes room");
    let first = load(&store, 1).await.expect("it is there").record;
    assert!(first.closed().is_none());
    let second = load(&store, 2).await.expect("it is there").record;
    assert_eq!(second.closed(), Some(CloseReason::Displaced));
}

/// What waits, of alice.
async fn waiting(store: &RedisSessions) -> Vec<SessionId> {
    let alice = Subject::new("alice").expect("it is short");
    let waiting = store.waiting(alice, 10).await;
    waiting.expect("the server works")
}

/// I19: a session is due when its client could have been back, since the node was last seen. If the session was changed
/// after that, the node was alive then. A server whose memory is full keeps none of this from happening.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_step_of_a_session_is_a_sign_of_life() {
    let server = RedisServer::start();
    let (living, dead) = (node(&server).await, node(&server).await);
    let name = dead.node();
    open(&dead, "alice", 1).await.expect("there is room");
    drop(dead);
    server.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    let forget = format!(
        "local node = {}
         return redis.call('ZADD', '{{sse-gate}}:nodes', 1, node)",
        text(name)
    );
    server.cli(&["EVAL", &forget, "0"]);
    let begun = Instant::now();
    while waiting(&living).await.is_empty() {
        assert!(begun.elapsed() < PATIENCE, "it does not wait");
        server.cli(&["EVAL", &forget, "0"]);
        tokio::time::sleep(IDLE / 10).await;
    }
    let left = "local own = string.rep(string.char(1), 16)
        local changed = redis.call('HGET', '{sse-gate}:s:r:' .. own, 'b')
        return redis.call('ZSCORE', '{sse-gate}:s:due', own) - changed";
    assert_eq!(
        server.cli(&["EVAL", left, "0"]),
        IDLE.as_millis().to_string()
    );
    let stored = load(&living, 1).await.expect("it is there");
    let opened_at = stored.record.binding().arrived_at;
    assert!(stored.node_left_at.expect("its node is gone") >= opened_at);
}

/// When the node of alice's session was last seen.
async fn left_at(store: &RedisSessions) -> u64 {
    let stored = load(store, 1).await.expect("it is there");
    let left_at = stored.node_left_at.expect("its node is gone");
    left_at.as_millis()
}

/// I19: it is told when a node was last seen, also before the others have noted that it is gone.
#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_when_a_node_was_last_seen() {
    let server = RedisServer::start();
    let (living, dead) = (node(&server).await, node(&server).await);
    let name = text(dead.node());
    open(&dead, "alice", 1).await.expect("there is room");
    drop(dead);
    let opened_at = load(&living, 1).await.expect("it is there").now;
    let silent = opened_at.saturating_add(NODE_TTL * 3 / 2);
    while load(&living, 1).await.expect("it is there").now < silent {
        tokio::time::sleep(NODE_TTL / 10).await;
    }
    let last_seen = opened_at.as_millis() + 1;
    let seen = format!("return redis.call('ZADD', '{{sse-gate}}:nodes', {last_seen}, {name})");
    for _ in 0..10 {
        server.cli(&["EVAL", &seen, "0"]);
        assert_eq!(left_at(&living).await, last_seen);
    }
    // The other node notes it, and gives two more signs of life.
    let nodes = || server.cli(&["ZRANGE", "{sse-gate}:nodes", "0", "-1", "WITHSCORES"]);
    let begun = Instant::now();
    while server.cli(&["ZCARD", "{sse-gate}:nodes"]) != "1" {
        assert!(begun.elapsed() < PATIENCE, "it does not note it");
    }
    for _ in 0..2 {
        let before = nodes();
        while nodes() == before {
            assert!(begun.elapsed() < PATIENCE, "no sign of life");
        }
    }
    assert_eq!(left_at(&living).await, last_seen);
}

/// E1, I19: a node could give no sign of life because the server was away, and is not back. Its sessions wait for their
/// clients since the server is back: as long as that was not so, they could not come back either.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_wait_since_the_server_is_back() {
    let server = RedisServer::start();
    let (living, dead) = (node(&server).await, node(&server).await);
    open(&dead, "alice", 1).await.expect("there is room");
    drop(dead);
    let away = "local nodes = redis.call('ZRANGE', '{sse-gate}:nodes', 0, -1)
        for _, node in ipairs(nodes) do
          redis.call('ZINCRBY', '{sse-gate}:nodes', -130000, node)
        end
        redis.call('HINCRBY', '{sse-gate}:s:r:' .. string.rep(string.char(1), 16), 'b', -130000)
        return #nodes";
    let before = load(&living, 1).await.expect("it is there").now;
    assert_eq!(server.cli(&["EVAL", away, "0"]), "2");
    let stored = load(&living, 1).await.expect("it is there");
    assert_eq!(stored.node_left_at, None, "its node may be back");
    let begun = Instant::now();
    while due(&living).await.is_empty() {
        assert!(begun.elapsed() < PATIENCE, "it is never due");
        tokio::time::sleep(IDLE / 10).await;
    }
    let stored = load(&living, 1).await.expect("it is there");
    let left_at = stored.node_left_at.expect("its node is gone");
    assert!(left_at >= before, "{left_at:?} is before {before:?}");
    let waited = stored.now.saturating_since(left_at);
    assert!(waited >= IDLE, "it waited for {waited:?}");
}

/// A node that is gone is remembered for 30 days, so that a session can say when it was left.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_gone_for_a_month_is_forgotten() {
    let server = RedisServer::start();
    let store = node(&server).await;
    let now = store.moment().await.expect("the server works").now;
    let days = |days: u64| (now.as_millis() - days * 24 * 60 * 60 * 1000).to_string();
    let (before, after) = (days(31), days(29));
    let gone = "{sse-gate}:gone";
    server.cli(&["ZADD", gone, &before, "old-node", &after, "deadnode"]);
    let begun = Instant::now();
    while server.cli(&["ZRANGE", gone, "0", "-1"]) != "deadnode" {
        assert!(begun.elapsed() < PATIENCE, "one of two is forgotten");
        tokio::time::sleep(NODE_TTL / 10).await;
    }
}

/// A node as a string of Lua.
fn text(node: NodeId) -> String {
    let bytes = node.to_bytes().map(|byte| byte.to_string());
    format!("string.char({})", bytes.join(","))
}

/// I19: a session that has moved to another node is not the dead node's, even if a list says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_another_node_does_not_wait_for_a_dead_one() {
    let server = RedisServer::start();
    let store = node(&server).await;
    open(&store, "alice", 1).await.expect("there is room");
    let dead = "redis.call('ZADD', '{sse-gate}:s:on:deadnode', 1, string.rep(string.char(1), 16))
        redis.call('ZADD', '{sse-gate}:nodes', 1, 'deadnode')
        return 'dead'";
    assert_eq!(server.cli(&["EVAL", dead, "0"]), "dead");
    let begun = Instant::now();
    while server.cli(&["EXISTS", "{sse-gate}:s:on:deadnode"]) != "0" {
        assert!(begun.elapsed() < PATIENCE, "the list stays");
        tokio::time::sleep(NODE_TTL / 10).await;
    }
    assert!(waiting(&store).await.is_empty());
    assert!(due(&store).await.is_empty());
}

/// I19: a node that died had very many sessions. A node that lets them wait does not count as gone meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_stays_alive_while_it_clears_up_after_another() {
    let server = RedisServer::start();
    // Long beside what a busy machine may take for one beat.
    let ttl = Duration::from_secs(6);
    let store = node_with_ttl(&server, ttl).await;
    open(&store, "alice", 1).await.expect("there is room");
    // A little at a time: the server does nothing else meanwhile.
    let had = "for number = ARGV[1], ARGV[1] + 9999 do
          redis.call('ZADD', '{sse-gate}:s:on:deadnode', number, string.format('%016d', number))
        end
        redis.call('ZADD', '{sse-gate}:nodes', 1, 'deadnode')
        return 'had'";
    let left = || {
        let left = server.cli(&["ZCARD", "{sse-gate}:s:on:deadnode"]);
        left.parse::<usize>().expect("a number")
    };
    let mut first = 0;
    let begun = Instant::now();
    // There is more to clear up until a node that is silent meanwhile counts as gone, however fast the server is.
    loop {
        let is_more = begun.elapsed() < ttl * 2;
        if is_more && left() < 100_000 {
            assert_eq!(server.cli(&["EVAL", had, "0", &first.to_string()]), "had");
            first += 10_000;
        }
        if !is_more && left() == 0 {
            break;
        }
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
