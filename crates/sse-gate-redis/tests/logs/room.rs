//! How much a log holds, and how much of it is read at a time.

use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::LogStore;

use crate::stage::{Scene, log, sealed};

/// As long as two of the other events.
const LONG: &str = "news 5, long";

/// A log that is full: four events of six bytes each.
fn full() -> Scene {
    let scene = Scene::with(sealed());
    let limits = LogLimits::default().with_max_bytes(24);
    scene.create("news", limits).unwrap();
    for seq in 1..=4 {
        assert_eq!(scene.append("news", &format!("news {seq}")), Ok(seq));
    }
    scene
}

/// The numbers of the events that are read at once.
fn read(scene: &Scene, max_bytes: usize) -> Vec<u64> {
    let read = scene.store.read(log("news"), 0, max_bytes);
    let read = scene.block_on(read).unwrap().unwrap();
    (read.first..).take(read.events.len()).collect()
}

#[test]
fn an_event_takes_the_room_of_no_more_events_than_it_needs() {
    let scene = full();
    assert_eq!(scene.append("news", LONG), Ok(5));
    assert_eq!(read(&scene, 100), [3, 4, 5]);
}

/// Events that are too old leave room. A node that opens the log drops them.
#[test]
fn events_that_are_too_old_take_no_room() {
    let mut scene = full();
    let mut events = scene.events("news");
    events[0].0 = "1-1".to_owned();
    events[1].0 = "2-1".to_owned();
    scene.set_events("news", &events);
    let found = scene.block_on(scene.store.open(log("news").name)).unwrap();
    assert_eq!(found.unwrap().bounds.first, 3);
    assert_eq!(scene.append("news", LONG), Ok(5));
    assert_eq!(read(&scene, 100), [3, 4, 5]);
}

/// Events without bytes count, too.
#[test]
fn a_log_holds_no_more_events_than_it_may_though_they_are_empty() {
    let scene = Scene::with(sealed());
    let limits = LogLimits::default().with_max_events(2);
    scene.create("news", limits).unwrap();
    for seq in 1..=5 {
        assert_eq!(scene.append("news", ""), Ok(seq));
    }
    assert_eq!(read(&scene, 100), [4, 5]);
}

#[test]
fn a_read_ends_when_it_has_the_bytes_that_it_asks_for() {
    let scene = full();
    for (max_bytes, events) in [(0, 1), (1, 1), (6, 1), (7, 2), (12, 2), (13, 3), (24, 4)] {
        assert_eq!(read(&scene, max_bytes).len(), events, "{max_bytes} bytes");
    }
}
