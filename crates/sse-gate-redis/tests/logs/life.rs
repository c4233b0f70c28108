//! How long a log lives that no node uses.

use std::time::Duration;

use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::LogStore;

use crate::stage::{Scene, log};

const MINUTE: i64 = 60 * 1000;

/// How long the log lives by each of its keys, in minutes, by what it says itself, and by the list of all logs.
fn lives(scene: &mut Scene) -> Vec<i64> {
    let all = scene.shared_key("l:all");
    let now: (i64, i64) = scene.command("TIME", &[]);
    let ends: Vec<(Vec<u8>, f64)> = scene.command("ZRANGE", &[&all, b"0", b"-1", b"WITHSCORES"]);
    let tag = u128::from_be_bytes(ends[0].0.clone().try_into().unwrap());
    let mut lives = Vec::new();
    for part in ["m", "e"] {
        let key = scene.key("prices", part);
        let shown = String::from_utf8(key.clone()).unwrap();
        assert!(shown.contains(&format!("{{{tag:032x}}}")), "{shown}");
        lives.push(scene.command::<i64>("PTTL", &[&key]));
    }
    let numbers = scene.key("prices", "m");
    let says: i64 = scene.command("HGET", &[&numbers, b"ends"]);
    lives.push(says - now.0 * 1000);
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds are whole")]
    lives.push(ends[0].1 as i64 - now.0 * 1000);
    lives
        .into_iter()
        .map(|life| (life + MINUTE / 2) / MINUTE)
        .collect()
}

/// A log lives for an hour longer than its events, and its keys and its count end together.
#[test]
fn a_log_lives_for_an_hour_longer_than_its_events() {
    let mut scene = Scene::unsealed();
    let limits = LogLimits::default().with_max_age(Duration::from_secs(30 * 60));
    scene.create("prices", limits).unwrap();
    assert_eq!(scene.append("prices", "prices 1"), Ok(1));
    assert_eq!(lives(&mut scene), [95; 4]);

    // Its time comes closer. It is not renewed with each append.
    let (by_append, by_open) = ("append", "open");
    for (minutes, left) in [(94, 94), (80, 95)] {
        for way in [by_append, by_open] {
            age(&mut scene, minutes);
            if way == by_append {
                scene.append("prices", "more").unwrap();
            } else {
                let found = scene.block_on(scene.store.open(log("prices").name));
                assert!(found.unwrap().is_some());
            }
            assert_eq!(lives(&mut scene), [left; 4], "{way}, {minutes}");
        }
    }
}

/// Makes it as if the log had so many minutes left.
fn age(scene: &mut Scene, minutes: i64) {
    let now: (i64, i64) = scene.command("TIME", &[]);
    let ends = now.0 * 1000 + minutes * MINUTE;
    let ends = ends.to_string().into_bytes();
    scene.set_number("prices", "ends", &ends);
    for part in ["m", "e"] {
        let key = scene.key("prices", part);
        assert_eq!(scene.command::<i64>("PEXPIREAT", &[&key, &ends]), 1);
    }
    let all = scene.shared_key("l:all");
    let tags: Vec<Vec<u8>> = scene.command("ZRANGE", &[&all, b"0", b"-1"]);
    let _: i64 = scene.command("ZADD", &[&all, &ends, &tags[0]]);
}

/// An event that comes into an empty log ends with the log.
#[test]
fn no_events_outlive_their_log() {
    let mut scene = Scene::new();
    scene.set_events("news", &[]);
    assert_eq!(scene.append("news", "news 5"), Ok(5));
    let key = scene.key("news", "e");
    assert!(scene.command::<i64>("PTTL", &[&key]) > 0);
}

/// Events end by the server's clock, to the millisecond.
#[test]
fn an_event_carries_the_time_of_the_server() {
    let mut scene = Scene::new();
    let time = |scene: &mut Scene| {
        let now: (u64, u64) = scene.command("TIME", &[]);
        now.0 * 1000 + now.1 / 1000
    };
    for seq in 5..25 {
        let before = time(&mut scene);
        assert_eq!(scene.append("news", "an event"), Ok(seq));
        let (id, _) = scene.events("news").pop().unwrap();
        let (_, at) = id.split_once('-').unwrap();
        let at: u64 = at.parse().unwrap();
        assert!(before <= at && at <= time(&mut scene), "{before}, {id}");
    }
}
