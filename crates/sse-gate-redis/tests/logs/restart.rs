//! E13, E17: a server that is started again with what is on its disk, which may lack the last events.

use std::time::{Duration, Instant};

use sse_gate_redis_server::RedisServer;
use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::{LogStore, NewLog};

use crate::stage::{Scene, log, sealed};

/// So many numbers are left out when the server is started again.
const LEFT_OUT: u64 = 1 << 20;

fn scene(server: &RedisServer) -> Scene {
    // The server may be down for longer than the nodes of other tests may be silent.
    let scene = Scene::empty(server, sealed().with_node_ttl(Duration::from_secs(60)));
    let own = NewLog::new(log("answer"), LogLimits::default(), None).with_one_writer();
    scene.create_new(own).unwrap();
    for seq in 1..=3 {
        assert_eq!(scene.append("answer", &format!("answer {seq}")), Ok(seq));
    }
    scene
}

/// Starts the server again, and waits until the node is connected.
fn restart(server: &mut RedisServer, scene: &Scene) {
    server.restart();
    let until = Instant::now() + Duration::from_secs(20);
    while scene
        .block_on(scene.store.open(log("answer").name))
        .is_err()
    {
        assert!(Instant::now() < until, "the node does not come back");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The node goes on with its log. Its readers get all events, and are told that some may be missing.
#[test]
fn a_log_goes_on_after_a_restart_of_the_server() {
    let settings = [
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ];
    let mut server = RedisServer::start_with(&settings);
    let scene = scene(&server);
    for round in 1..=3 {
        restart(&mut server, &scene);
        let found = scene.block_on(scene.store.open(log("answer").name));
        assert!(!found.unwrap().unwrap().is_orphaned, "its writer lives");
        let next = 4 + (round - 1) * 2 + round * LEFT_OUT;
        for seq in [next, next + 1] {
            assert_eq!(scene.append("answer", &format!("answer {seq}")), Ok(seq));
        }
        let read = scene.read_right("answer").unwrap();
        assert_eq!(read.len() as u64, 3 + 2 * round);
        assert_eq!(read[..3], [1, 2, 3]);
        assert_eq!(read[read.len() - 2..], [next, next + 1]);
    }
}

/// A reader that has had events which are lost does not take the next ones for them.
#[test]
fn no_number_is_given_again_after_events_were_lost() {
    let mut server = RedisServer::start_with(&["--save", "", "--appendonly", "no"]);
    let mut scene = scene(&server);
    let _: () = scene.command("SAVE", &[]);
    for seq in 4..=6 {
        assert_eq!(scene.append("answer", &format!("answer {seq}")), Ok(seq));
    }
    restart(&mut server, &scene);
    let found = scene
        .block_on(scene.store.open(log("answer").name))
        .unwrap();
    assert_eq!(
        found.unwrap().bounds.last,
        3,
        "the server has lost three events"
    );

    let next = 4 + LEFT_OUT;
    assert_eq!(scene.append("answer", "the next one"), Ok(next));
    let read = scene.block_on(scene.store.read(log("answer"), 6, 100));
    let read = read.unwrap().unwrap();
    assert_eq!(
        (read.first, &read.events[..]),
        (next, &["the next one".into()][..])
    );
    assert_eq!(read.bounds.first, next, "there is a gap behind event 6");
}

/// Numbers that were left out do not count as events.
#[test]
fn a_log_holds_as_many_events_after_a_restart() {
    let settings = [
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ];
    let mut server = RedisServer::start_with(&settings);
    let scene = scene(&server);
    scene
        .create("news", LogLimits::default().with_max_events(3))
        .unwrap();
    for seq in 1..=3 {
        assert_eq!(scene.append("news", &format!("news {seq}")), Ok(seq));
    }
    restart(&mut server, &scene);
    let next = 4 + LEFT_OUT;
    assert_eq!(scene.append("news", &format!("news {next}")), Ok(next));
    assert_eq!(scene.read_right("news").unwrap(), [2, 3, next]);
}
