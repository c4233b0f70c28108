//! A server whose memory is full, and a service that has all its logs.

use sse_gate_redis_server::RedisServer;
use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::{LogEnd, LogEpoch, LogStore, NewLog};
use sse_gate_resume::error::{AppendErrorKind, LogErrorKind};

use crate::stage::{Scene, log, sealed};

/// Nothing new is taken in. What is there is read, ended and freed, and a log whose oldest events make room goes on.
#[test]
fn a_server_whose_memory_is_full_refuses_what_is_new() {
    let server = RedisServer::start();
    let mut scene = Scene::empty(&server, sealed());
    scene.create("news", LogLimits::default()).unwrap();
    let small = LogLimits::default().with_max_events(2);
    scene.create("prices", small).unwrap();
    for seq in 1..=2 {
        for name in ["news", "prices"] {
            assert_eq!(scene.append(name, &format!("{name} {seq}")), Ok(seq));
        }
    }
    let _: () = scene.command("CONFIG", &[b"SET", b"maxmemory", b"1"]);
    assert_eq!(scene.append("news", "more"), Err(AppendErrorKind::NoRoom));
    assert_eq!(scene.append("prices", "prices 3"), Ok(3));
    let refused = scene.create("sport", LogLimits::default());
    assert_eq!(refused, Err(LogErrorKind::Full));

    assert_eq!(scene.read_right("news").unwrap(), [1, 2]);
    assert_eq!(scene.read_right("prices").unwrap(), [2, 3]);
    let end = scene.store.end(log("news"), LogEnd::Complete);
    scene.block_on(end).unwrap();
    let found = scene.block_on(scene.store.open(log("news").name)).unwrap();
    assert_eq!(found.unwrap().bounds.end, Some(LogEnd::Complete));
    scene.block_on(scene.store.remove(log("news"))).unwrap();

    let _: () = scene.command("CONFIG", &[b"SET", b"maxmemory", b"0"]);
    scene.create("sport", LogLimits::default()).unwrap();
}

/// A log that could not be made does not count, and neither do those that have ended without being freed.
#[test]
fn only_logs_that_are_there_count() {
    let server = RedisServer::start();
    let mut scene = Scene::empty(&server, sealed());
    let store = scene.store.clone().with_max_logs(2);
    let create = |scene: &Scene, name| {
        let new = NewLog::new(log(name), LogLimits::default(), None);
        let created = scene.block_on(store.create(new));
        created.map_err(|error| error.kind())
    };
    let all = scene.shared_key("l:all");
    create(&scene, "news").unwrap();
    for _ in 0..3 {
        assert_eq!(create(&scene, "news"), Err(LogErrorKind::Exists));
    }
    // The key of the next log is in the way.
    create(&scene, "sport").unwrap();
    let key = scene.key("sport", "m");
    scene.block_on(store.remove(log("sport"))).unwrap();
    let _: () = scene.command("SET", &[&key, b"text"]);
    assert_eq!(create(&scene, "sport"), Err(LogErrorKind::Unavailable));
    assert_eq!(scene.command::<i64>("ZCARD", &[&all]), 1);
    create(&scene, "prices").unwrap();
    assert_eq!(create(&scene, "weather"), Err(LogErrorKind::Full));
    assert_eq!(create(&scene, "news"), Err(LogErrorKind::Exists));

    // The time of one is up.
    let ended: Vec<Vec<u8>> = scene.command("ZRANGE", &[&all, b"0", b"0"]);
    let _: i64 = scene.command("ZADD", &[&all, b"1", &ended[0]]);
    create(&scene, "weather").unwrap();
    assert_eq!(scene.command::<i64>("ZCARD", &[&all]), 2);
}

/// Who removes a log that was replaced meanwhile does not count the new one out.
#[test]
fn a_log_stays_counted_when_an_earlier_one_of_its_name_is_removed() {
    let mut scene = Scene::unsealed();
    scene.create("news", LogLimits::default()).unwrap();
    let mut earlier = log("news");
    earlier.epoch = LogEpoch::from_bytes([1; 8]);
    scene.block_on(scene.store.remove(earlier)).unwrap();
    let all = scene.shared_key("l:all");
    assert_eq!(scene.command::<i64>("ZCARD", &[&all]), 1);
    assert_eq!(scene.append("news", "news 1"), Ok(1));
}
