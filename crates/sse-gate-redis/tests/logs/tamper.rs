//! D12: someone who can write to the server forges no event, and moves none to another log.

use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::{LogId, LogStore};

use crate::stage::{Scene, log};

/// The keys of a log under the name of another one: nothing of it is read there.
#[test]
fn a_log_that_was_renamed_shows_nothing() {
    let mut scene = Scene::new();
    for part in ["e", "m"] {
        let (from, to) = (scene.key("sport", part), scene.key("news", part));
        let _: () = scene.command("RENAME", &[&from, &to]);
    }
    let found = scene.block_on(scene.store.open(log("news").name)).unwrap();
    let moved = LogId {
        name: log("news").name,
        epoch: log("sport").epoch,
    };
    assert_eq!(found.unwrap().epoch, moved.epoch);
    assert_eq!(scene.read(&moved), Some(Vec::new()));
    assert_eq!(scene.read(&log("news")), None, "its epoch is another one");
    assert_eq!(scene.read(&log("sport")), None);
}

/// The events of a log that is gone, in the next one of its name.
#[test]
fn events_of_an_earlier_log_of_the_name_are_refused() {
    let mut scene = Scene::new();
    let old = scene.events("news");
    scene.block_on(scene.store.remove(log("news"))).unwrap();
    let mut again = log("news");
    again.epoch = sse_gate_resume::backend::LogEpoch::from_bytes([1; 8]);
    let new = sse_gate_resume::backend::NewLog::new(again.clone(), LogLimits::default(), None);
    scene.create_new(new).unwrap();
    // As if the four events had been appended to it.
    let of_sport = scene.key("sport", "m");
    let own = scene.keys().into_iter();
    let own = own.filter(|key| key.ends_with(b":m") && *key != of_sport);
    let [key] = &own.collect::<Vec<_>>()[..] else {
        panic!("there are two logs");
    };
    let _: i64 = scene.command("HSET", &[key, b"last", b"4"]);
    let events = [&key[..key.len() - 1], b"e"].concat();
    for (id, value) in &old {
        let _: String = scene.command("XADD", &[&events, id.as_bytes(), b"v", value]);
    }
    assert_eq!(scene.read(&again), Some(Vec::new()));
}

/// A server that is not sealed takes what is written to it: the check above finds what it looks for.
#[test]
fn an_event_in_clear_is_read_if_nothing_is_sealed() {
    let mut scene = Scene::unsealed();
    scene.create("news", LogLimits::default()).unwrap();
    assert_eq!(scene.append("news", "news 1"), Ok(1));
    let events = [("1-9999999999999".to_owned(), b"\0forged".to_vec())];
    scene.set_events("news", &events);
    let read = scene.read(&log("news")).unwrap();
    assert_eq!(read, [(1, "forged".to_owned())]);
}
