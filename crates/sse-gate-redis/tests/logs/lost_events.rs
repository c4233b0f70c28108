//! D12, E8: events that were changed, removed or moved on the server. A reader gets the right events under their own
//! numbers, and learns which of them are lost.

use crate::stage::{Raw, Scene};

/// Changes the events of a log, given those of another one.
type Change = fn(&mut Vec<Raw>, &[Raw]);

/// Changes an event, or removes it.
type Damage = fn(Raw) -> Option<Raw>;

/// An event that is lost is a gap for its readers, and no other is.
#[test]
fn a_lost_event_is_a_gap() {
    let changes: [(&str, Change); 9] = [
        ("is empty", |own, _| own[1].1.clear()),
        ("is cut", |own, _| own[1].1.truncate(30)),
        ("is changed", |own, _| own[1].1[40] ^= 1),
        ("has another nonce", |own, _| own[1].1[1] ^= 1),
        ("is of another scheme", |own, _| own[1].1[0] = 0),
        ("is in clear", |own, _| own[1].1 = b"\0forged".to_vec()),
        ("is another log's", |own, other| {
            own[1].1 = other[1].1.clone();
        }),
        ("is missing", |own, _| drop(own.remove(1))),
        ("is too old", |own, _| own[1].0 = "2-0".to_owned()),
    ];
    for (what, change) in changes {
        let mut scene = Scene::new();
        let (mut own, other) = (scene.events("news"), scene.events("sport"));
        change(&mut own, &other);
        scene.set_events("news", &own);
        assert_eq!(scene.read_right("news").unwrap(), [1, 3, 4], "{what}");
        assert_eq!(scene.read_right("sport").unwrap(), [1, 2, 3, 4], "{what}");
        assert_eq!(scene.append("news", "news 5"), Ok(5), "{what}");
        assert_eq!(scene.read_right("news").unwrap(), [1, 3, 4, 5], "{what}");
    }
}

/// Events that are lost at the beginning, at the end, and all of them.
#[test]
fn several_lost_events_are_one_gap() {
    let damage: [(&str, Damage); 2] = [
        ("missing", |_| None),
        ("changed", |(id, _)| Some((id, vec![1; 50]))),
    ];
    for (what, damage) in damage {
        for left in [&[4][..], &[1, 2], &[2], &[]] {
            let mut scene = Scene::new();
            let events = (1..).zip(scene.events("news"));
            let events = events.filter_map(|(seq, event)| {
                if left.contains(&seq) {
                    Some(event)
                } else {
                    damage(event)
                }
            });
            let events: Vec<_> = events.collect();
            scene.set_events("news", &events);
            assert_eq!(scene.read_right("news").unwrap(), left, "{what}");
            assert_eq!(scene.append("news", "news 5"), Ok(5));
            let left = [left, &[5]].concat();
            assert_eq!(scene.read_right("news").unwrap(), left, "{what}");
        }
    }
}

/// The liberty that someone has who can write to the server: to repeat and reorder the events of one log.
#[test]
fn events_of_one_log_can_be_reordered() {
    let mut scene = Scene::new();
    let mut events = scene.events("news");
    events[0].1 = events[3].1.clone();
    let third = events[2].1.clone();
    events[2].1 = std::mem::replace(&mut events[1].1, third);
    scene.set_events("news", &events);
    let read = scene.read(&crate::stage::log("news")).unwrap();
    let read: Vec<_> = read.iter().map(|(_, event)| event.as_str()).collect();
    assert_eq!(read, ["news 4", "news 3", "news 2", "news 4"]);
}

/// An event that stands behind the last one is not read before there is a later one, and its number is not given again.
#[test]
fn the_number_of_an_event_behind_the_last_one_is_not_given_again() {
    let mut scene = Scene::new();
    let mut events = scene.events("news");
    let (id, value) = events[0].clone();
    events.push((id.replacen("1-", "100-", 1), value));
    scene.set_events("news", &events);
    assert_eq!(scene.read_right("news").unwrap(), [1, 2, 3, 4]);
    assert_eq!(scene.append("news", "news 101"), Ok(101));
    let seqs = scene.read(&crate::stage::log("news")).unwrap();
    let seqs: Vec<_> = seqs.into_iter().map(|(seq, _)| seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 100, 101]);
}
