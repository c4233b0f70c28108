//! Sessions whose fields were changed on the server are lost. They keep nothing else from going on. D11, D12, E8

use sse_gate_core::Subject;
use sse_gate_redis_server::RedisServer;
use sse_gate_resume::backend::SessionStore;
use sse_gate_resume::error::SessionErrorKind;

use crate::stage::{id, load, node, open};

/// What is done to the fields of alice's session. `own` and `other` are the keys of hers and of mallory's.
const CHANGES: [&str; 22] = [
    "redis.call('DEL', own)",
    "redis.call('HDEL', own, 'v')",
    "redis.call('HDEL', own, 'r')",
    "redis.call('HDEL', own, 't')",
    "redis.call('HDEL', own, 'g')",
    "redis.call('HDEL', own, 'e')",
    "redis.call('HDEL', own, 'n')",
    "redis.call('HSET', own, 'r', '')",
    "redis.call('HSET', own, 'r', string.sub(redis.call('HGET', own, 'r'), 1, -2))",
    "redis.call('HSET', own, 'r', '\\0' .. string.sub(redis.call('HGET', own, 'r'), 2))",
    "redis.call('HSET', own, 'r', redis.call('HGET', other, 'r'))",
    "redis.call('HSET', own, 'v', 1)",
    "redis.call('HSET', own, 'v', -1)",
    "redis.call('HSET', own, 'v', 'x')",
    "redis.call('HSET', own, 'v', '99999999999999999999')",
    "redis.call('HSET', own, 't', string.rep('x', 32))",
    "redis.call('HSET', own, 'g', redis.call('HGET', other, 'g'))",
    "redis.call('HSET', own, 'a', 0)",
    "redis.call('HSET', own, 'c', 7)",
    "redis.call('HSET', own, 'e', 0)",
    "redis.call('HSET', own, 'i', 0)",
    "redis.call('HSET', own, 'n', 'nobody!!')",
];

fn change(server: &RedisServer, change: &str) {
    let script = format!(
        "local own = '{{sse-gate}}:s:r:' .. string.rep(string.char(1), 16)
         local other = '{{sse-gate}}:s:r:' .. string.rep(string.char(2), 16)
         {change}
         return 'changed'"
    );
    assert_eq!(server.cli(&["EVAL", &script, "0"]), "changed", "{change}");
}

/// D12, E8: a session that was changed in any field is lost, and another one of its subject has room at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_session_is_lost_and_makes_room() {
    let server = RedisServer::start();
    let store = node(&server).await;
    for text in CHANGES {
        for looks_first in [true, false] {
            open(&store, "alice", 1).await.expect("there is room");
            open(&store, "mallory", 2).await.expect("there is room");
            change(&server, text);
            if looks_first {
                assert!(load(&store, 1).await.is_none(), "{text}");
            }
            let again = open(&store, "alice", 3).await;
            assert!(again.is_ok(), "{text}, {looks_first}: {again:?}");
            assert!(load(&store, 1).await.is_none(), "{text}");
            assert!(
                load(&store, 2).await.is_some(),
                "{text}: mallory's is another one"
            );
            let refused = open(&store, "alice", 4).await.expect_err("she has one");
            assert_eq!(refused.kind(), SessionErrorKind::FullForSubject, "{text}");
            server.cli(&["FLUSHALL"]);
        }
    }
}

/// D12, E8: a session that is not there counts neither for its subject nor in all.
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_session_does_not_count() {
    let server = RedisServer::start();
    let store = node(&server).await;
    open(&store, "alice", 1).await.expect("there is room");
    change(&server, CHANGES[0]);
    open(&store, "alice", 3).await.expect("there is room");
    assert_eq!(server.cli(&["ZCARD", "{sse-gate}:s:due"]), "1");
}

/// D12, E8: the client whose session was changed opens it again, with the same token.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_session_can_be_opened_again() {
    let server = RedisServer::start();
    let store = node(&server).await;
    open(&store, "alice", 1).await.expect("there is room");
    let refused = open(&store, "alice", 1).await.expect_err("it is open");
    assert_eq!(refused.kind(), SessionErrorKind::Exists);
    change(&server, "redis.call('HSET', own, 'r', '')");
    let again = open(&store, "alice", 1).await;
    assert!(again.is_ok(), "{again:?}");
    assert!(load(&store, 1).await.is_some());
}

/// D11: nothing on the server shows who has a session.
#[tokio::test(flavor = "multi_thread")]
async fn no_subject_stands_on_the_server() {
    let server = RedisServer::start();
    let store = node(&server).await;
    open(&store, "alice@example.com", 1)
        .await
        .expect("there is room");
    let dump = "local all = {}
        for _, key in ipairs(redis.call('KEYS', '*')) do
          table.insert(all, key .. redis.call('DUMP', key))
        end
        return table.concat(all)";
    let dump = server.cli(&["EVAL", dump, "0"]);
    assert!(dump.contains("{sse-gate}:s:r:"), "{dump}");
    for secret in ["alice", "example.com", "answer"] {
        assert!(!dump.contains(secret), "{secret} is on the server");
    }
}

/// E8: a session that someone has put into another subject's list stays there, and no script waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_in_a_strange_list_is_listed() {
    let server = RedisServer::start();
    let store = node(&server).await;
    open(&store, "alice", 1).await.expect("there is room");
    open(&store, "bob", 2).await.expect("there is room");
    let puts =
        "local tag = redis.call('HGET', '{sse-gate}:s:r:' .. string.rep(string.char(1), 16), 'g')
        return redis.call('ZADD', '{sse-gate}:s:wait:' .. tag, 1, string.rep(string.char(2), 16))";
    assert_eq!(server.cli(&["EVAL", puts, "0"]), "1");
    let alice = Subject::new("alice").expect("it is short");
    let waiting = store.waiting(alice, 10).await;
    assert_eq!(waiting.expect("the server works"), [id(2)]);
}

/// E8: a session whose numbers were changed is listed, so that it is found to be lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_without_numbers_is_listed() {
    let server = RedisServer::start();
    let store = node(&server).await;
    for (name, number, field) in [("alice", 1, "e"), ("bob", 2, "o")] {
        open(&store, name, number).await.expect("there is room");
        let breaks = "local own = string.rep(string.char(ARGV[1]), 16)
            local tag = redis.call('HGET', '{sse-gate}:s:r:' .. own, 'g')
            redis.call('HSET', '{sse-gate}:s:r:' .. own, ARGV[2], 'no number')
            redis.call('ZADD', '{sse-gate}:s:due', 1, own)
            return redis.call('ZADD', '{sse-gate}:s:wait:' .. tag, 1, own)";
        let added = server.cli(&["EVAL", breaks, "0", &number.to_string(), field]);
        assert_eq!(added, "1");
        let subject = Subject::new(name).expect("it is short");
        let waiting = store.waiting(subject, 10).await;
        assert_eq!(waiting.expect("the server works"), [id(number)], "{field}");
        let due = store.due(10).await.expect("the server works").sessions;
        assert!(due.contains(&id(number)), "{field}");
    }
}
