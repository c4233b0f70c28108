//! I19: a node that was only cut off finds that another one has taken its log over.

use sse_gate_redis_server::RedisServer;
use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::{LogEnd, LogStore, NewLog};
use sse_gate_resume::error::AppendErrorKind;

use crate::stage::{Scene, log, sealed};

/// Takes the log over on this node, as if its writer had not been heard of.
fn take_over(scene: &mut Scene, name: &str) {
    let (nodes, key) = (scene.shared_key("nodes"), scene.key(name, "m"));
    let writer: Vec<u8> = scene.command("HGET", &[&key, b"writer"]);
    for _ in 0..100 {
        // The writer gives signs of life meanwhile.
        let _: i64 = scene.command("ZREM", &[&nodes, &writer]);
        if scene.block_on(scene.store.claim(log(name))).unwrap() {
            return;
        }
    }
    panic!("the log is not taken over");
}

/// It appends nothing to the log any more, and does not end it.
#[test]
fn a_writer_whose_log_was_taken_over_is_refused() {
    let mut scene = Scene::new();
    let cut_off = scene.other_node();
    let new = NewLog::new(log("answer"), LogLimits::default(), None).with_one_writer();
    scene.block_on(cut_off.create(new)).unwrap();
    assert_eq!(scene.append_on(&cut_off, "answer", "answer 1"), Ok(1));
    take_over(&mut scene, "answer");

    let refused = scene.append_on(&cut_off, "answer", "late");
    assert_eq!(refused, Err(AppendErrorKind::Closed));
    let end = cut_off.end(log("answer"), LogEnd::Failed);
    let refused = scene.block_on(end).unwrap_err();
    assert_eq!(refused.kind(), AppendErrorKind::Closed);
    assert_eq!(scene.append("answer", "answer 2"), Ok(2));
    assert_eq!(scene.read_right("answer").unwrap(), [1, 2]);

    let end = scene.store.end(log("answer"), LogEnd::Complete);
    scene.block_on(end).unwrap();
    let found = scene.block_on(cut_off.open(log("answer").name)).unwrap();
    let found = found.unwrap();
    assert_eq!(found.bounds.end, Some(LogEnd::Complete));
    assert!(!found.is_orphaned);
}

/// To take a log over takes no memory.
#[test]
fn a_log_is_taken_over_though_the_memory_is_full() {
    let server = RedisServer::start();
    let mut scene = Scene::empty(&server, sealed());
    let gone = scene.other_node();
    let new = NewLog::new(log("answer"), LogLimits::default(), None).with_one_writer();
    scene.block_on(gone.create(new)).unwrap();
    let _: () = scene.command("CONFIG", &[b"SET", b"maxmemory", b"1"]);
    take_over(&mut scene, "answer");
}

/// A log that several writers write belongs to no node.
#[test]
fn a_log_of_many_writers_takes_appends_of_all_nodes() {
    let scene = Scene::new();
    let other = scene.other_node();
    assert_eq!(scene.append_on(&other, "news", "news 5"), Ok(5));
    assert_eq!(scene.append("news", "news 6"), Ok(6));
    let end = other.end(log("news"), LogEnd::Complete);
    scene.block_on(end).unwrap();
    assert_eq!(scene.append("news", "late"), Err(AppendErrorKind::Ended));
}

/// A node that the others count as gone knows that it is not.
#[test]
fn a_log_is_no_orphan_to_its_own_writer() {
    let mut scene = Scene::unsealed();
    let own = NewLog::new(log("answer"), LogLimits::default(), None).with_one_writer();
    scene.create_new(own).unwrap();
    let nodes = scene.shared_key("nodes");
    let _: i64 = scene.command("DEL", &[&nodes]);
    let found = scene.block_on(scene.store.open(log("answer").name));
    assert!(!found.unwrap().unwrap().is_orphaned);
}
