//! The lists on the server by which sessions are found: each session is in those that it belongs to, and in no other.

use sse_gate_core::{SteadyTime, Subject};
use sse_gate_redis::RedisSessions;
use sse_gate_redis_server::RedisServer;
use sse_gate_resume::CloseReason;
use sse_gate_resume::backend::{NodeId, Record, SessionStore};

use crate::stage::{LONG, change, id, load, node_with_ttl, open_long, record, release, reopen};

/// A node that counts as gone in no test, however busy the machine is: its sessions would wait.
async fn node(server: &RedisServer) -> RedisSessions {
    node_with_ttl(server, LONG).await
}

fn close(record: &mut Record, _: SteadyTime) {
    record.close(CloseReason::Revoked);
}

/// The lists that session 1 is in.
fn lists(server: &RedisServer) -> String {
    let script = "local own = string.rep(string.char(1), 16)
        local found = {}
        for _, key in ipairs(redis.call('KEYS', '{sse-gate}:s:*')) do
          if redis.call('TYPE', key).ok == 'zset' and redis.call('ZSCORE', key, own) then
            table.insert(found, string.match(key, '^{sse%-gate}:s:(%a+)'))
          end
        end
        table.sort(found)
        return table.concat(found, ' ')";
    server.cli(&["EVAL", script, "0"])
}

/// How many keys of sessions there are.
fn keys(server: &RedisServer) -> String {
    let script = "return #redis.call('KEYS', '{sse-gate}:s:*')";
    server.cli(&["EVAL", script, "0"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_in_the_lists_of_its_state() {
    let server = RedisServer::start();
    let (one, other) = (node(&server).await, node(&server).await);
    open_long(&one).await;
    assert_eq!(lists(&server), "due of on");
    change(&one, |record, _| record.serve_from(other.node())).await;
    assert_eq!(lists(&server), "due of on", "it is at one node");
    change(&one, |record, _| record.serve_from(NodeId::NONE)).await;
    assert_eq!(lists(&server), "due of");
    change(&one, |record, _| record.serve_from(other.node())).await;
    change(&one, |_, _| {}).await;
    assert_eq!(lists(&server), "due of on", "nothing has changed");
    change(&one, release).await;
    assert_eq!(lists(&server), "due of wait");
    change(&one, reopen).await;
    assert_eq!(lists(&server), "due of on");
    change(&one, close).await;
    assert_eq!(lists(&server), "closed over");
}

/// A session of a connection that ended before it was kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_can_wait_from_the_beginning() {
    let server = RedisServer::start();
    let store = node(&server).await;
    let moment = store.moment().await.expect("the server works");
    let mut record = record(&store, "alice", 1, LONG)
        .await
        .expect("the server works");
    release(&mut record, moment.now);
    store.create(id(1), record).await.expect("there is room");
    assert_eq!(lists(&server), "due of wait");
}

/// A session that waits is closed, as when a user signs out.
#[tokio::test(flavor = "multi_thread")]
async fn a_closed_session_does_not_wait() {
    let server = RedisServer::start();
    let store = node(&server).await;
    open_long(&store).await;
    change(&store, release).await;
    change(&store, close).await;
    assert_eq!(lists(&server), "closed over");
    assert!(waiting(&store, 10).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_stays_of_a_forgotten_session() {
    let server = RedisServer::start();
    let store = node(&server).await;
    open_long(&store).await;
    change(&store, close).await;
    let later = "return redis.call('ZADD', '{sse-gate}:s:over', 1, string.rep(string.char(1), 16))";
    assert_eq!(server.cli(&["EVAL", later, "0"]), "0");
    let due = store.due(10).await.expect("the server works");
    assert!(due.sessions.is_empty());
    assert_eq!(keys(&server), "0");
}

/// D12: whatever its state is, a session that can't be read is dropped from all lists.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_stays_of_a_lost_session() {
    let server = RedisServer::start();
    let store = node(&server).await;
    let steps: [fn(&mut Record, SteadyTime); 3] = [|_, _| {}, release, close];
    for step in steps {
        open_long(&store).await;
        change(&store, step).await;
        let before = lists(&server);
        let damage = "return redis.call('HSET',
            '{sse-gate}:s:r:' .. string.rep(string.char(1), 16), 'r', '')";
        assert_eq!(server.cli(&["EVAL", damage, "0"]), "0");
        assert!(load(&store, 1).await.is_none());
        assert_eq!(keys(&server), "0", "it was in {before}");
    }
}

/// A limit of 0 is no limit to a server, if it is passed on as it is.
#[tokio::test(flavor = "multi_thread")]
async fn no_session_is_listed_if_none_is_asked_for() {
    let server = RedisServer::start();
    let store = node(&server).await;
    open_long(&store).await;
    change(&store, release).await;
    assert_eq!(waiting(&store, 1).await, [id(1)]);
    assert!(waiting(&store, 0).await.is_empty());
}

async fn waiting(store: &RedisSessions, limit: usize) -> Vec<sse_gate_resume::backend::SessionId> {
    let alice = Subject::new("alice").expect("it is short");
    let waiting = store.waiting(alice, limit).await;
    waiting.expect("the server works")
}

/// A list that names a session which is not there heals.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_there_is_due_no_more() {
    let server = RedisServer::start();
    let store = node(&server).await;
    server.cli(&["ZADD", "{sse-gate}:s:due", "1", "0123456789abcdef"]);
    let due = store.due(10).await.expect("the server works");
    assert!(due.sessions.is_empty());
    assert_eq!(keys(&server), "0");
}

/// E1: steps of sessions take no memory, so a server whose memory is full does not cut streams.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_memory_stops_no_session() {
    let server = RedisServer::start();
    let store = node(&server).await;
    open_long(&store).await;
    server.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    change(&store, release).await;
    change(&store, reopen).await;
    change(&store, close).await;
    assert_eq!(lists(&server), "closed over");
}
