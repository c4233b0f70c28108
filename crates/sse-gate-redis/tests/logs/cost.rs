//! What logs cost the server.

use futures_util::future::join_all;
use sse_gate_redis::RedisOptions;
use sse_gate_redis_server::RedisServer;
use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::LogStore;

use crate::stage::{Scene, log, sealed};

/// Appends events of 100 bytes, many at a time.
fn append(scene: &Scene, name: &str, events: usize) {
    const AT_A_TIME: usize = 200;
    for _ in 0..events / AT_A_TIME {
        let event = || scene.store.append(log(name), vec![b'x'; 100].into());
        let appended = scene.block_on(join_all((0..AT_A_TIME).map(|_| event())));
        assert!(appended.iter().all(Result::is_ok));
    }
}

/// I8: however much goes through a log, it takes no more memory than its limits say.
#[test]
fn a_hundred_thousand_events_take_the_memory_of_the_last_thousand() {
    let server = RedisServer::start();
    let mut scene = Scene::empty(&server, RedisOptions::unsealed());
    scene.create("news", LogLimits::default()).unwrap();
    let memory = |scene: &mut Scene| -> i64 {
        let (numbers, events) = (scene.key("news", "m"), scene.key("news", "e"));
        let all: [i64; 2] = [numbers, events]
            .map(|key| scene.command("MEMORY", &[b"USAGE", &key, b"SAMPLES", b"0"]));
        all.iter().sum()
    };
    append(&scene, "news", 2_000);
    let before = memory(&mut scene);
    append(&scene, "news", 98_000);
    let after = memory(&mut scene);
    assert!(after < before * 11 / 10, "{before} bytes, then {after}");
    assert!(after < 1_000 * 200, "{after} bytes for 1,000 events of 100");
    assert_eq!(scene.events("news").len(), 1_000);
    let found = scene.block_on(scene.store.open(log("news").name)).unwrap();
    let bounds = found.unwrap().bounds;
    assert_eq!((bounds.first, bounds.last), (99_001, 100_000));
}

/// An append takes as many commands in a long log as in a short one.
#[test]
fn an_append_takes_few_commands_however_long_the_log_is() {
    let server = RedisServer::start();
    let mut scene = Scene::empty(&server, sealed());
    let mut costs = Vec::new();
    for (name, events) in [("short", 10), ("long", 10_000)] {
        let limits = LogLimits::default()
            .with_max_events(events)
            .with_max_bytes(usize::MAX);
        scene.create(name, limits).unwrap();
        append(&scene, name, 11_000);
        let _: () = scene.command("CONFIG", &[b"RESETSTAT"]);
        append(&scene, name, 1_000);
        let stats: String = scene.command("INFO", &[b"commandstats"]);
        costs.push(stats.lines().filter_map(calls).sum::<u64>());
    }
    // The script, its commands, and some that the node and this test send meanwhile.
    assert!(costs.iter().all(|cost| *cost < 10_100), "{costs:?}");
    assert!(costs[0].abs_diff(costs[1]) < 100, "{costs:?}");
}

/// How often a command was called.
fn calls(line: &str) -> Option<u64> {
    let (_, calls) = line.split_once("calls=")?;
    calls.split(',').next()?.parse().ok()
}
