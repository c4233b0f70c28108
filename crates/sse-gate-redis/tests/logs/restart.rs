//! E13: a server that is started again with what is on its disk.

use std::time::{Duration, Instant};

use sse_gate_redis_server::RedisServer;
use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::{LogStore, NewLog};

use crate::stage::{Scene, log, sealed};

/// The nodes go on with the same logs, and no number is given twice.
#[test]
fn logs_go_on_after_a_restart_of_the_server() {
    let settings = [
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ];
    let mut server = RedisServer::start_with(&settings);
    let scene = Scene::empty(&server, sealed().with_node_ttl(Duration::from_secs(60)));
    scene.create("news", LogLimits::default()).unwrap();
    let own = NewLog::new(log("answer"), LogLimits::default(), None).with_one_writer();
    scene.create_new(own).unwrap();
    for seq in 1..=3 {
        for name in ["news", "answer"] {
            assert_eq!(scene.append(name, &format!("{name} {seq}")), Ok(seq));
        }
    }
    server.restart();
    let until = Instant::now() + Duration::from_secs(20);
    while scene.block_on(scene.store.open(log("news").name)).is_err() {
        assert!(Instant::now() < until, "the node does not come back");
        std::thread::sleep(Duration::from_millis(20));
    }
    for name in ["news", "answer"] {
        assert_eq!(scene.append(name, &format!("{name} 4")), Ok(4));
        assert_eq!(scene.read_right(name).unwrap(), [1, 2, 3, 4]);
    }
    let found = scene.block_on(scene.store.open(log("answer").name));
    assert!(!found.unwrap().unwrap().is_orphaned, "its writer lives");
}
