//! Which topics make room for others, and when.

use std::time::Duration;

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_core::ManualClock;
use sse_gate_resume::error::TopicErrorKind;
use sse_gate_resume::{LogBudget, LogLimits, Logs, Topics};

use crate::support::{Stage, append, token};
use crate::{AGE, is_same, subject, topics};

const MILLI: Duration = Duration::from_millis(1);
const MINUTE: Duration = Duration::from_secs(60);

/// Whether a new topic finds room; it stays, if so.
fn has_room(topics: &Topics, name: &str) -> bool {
    match block_on(topics.log(name, None)) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.kind(), TopicErrorKind::Full);
            false
        }
    }
}

/// G19: a topic stays as long as anything holds its log, however many handles there are.
#[test]
fn a_topic_that_is_held_stays() {
    let topics = topics(&ManualClock::default()).with_max(1);
    let first = block_on(topics.log("a", None)).unwrap();
    let (second, third) = (first.clone(), block_on(topics.get("a")).unwrap().unwrap());
    drop(first);
    assert!(!has_room(&topics, "b"));
    drop(third);
    assert!(!has_room(&topics, "b"));
    let fourth = second.clone();
    drop(second);
    assert!(!has_room(&topics, "b"));
    drop(fourth);
    assert!(has_room(&topics, "b"));
    assert!(block_on(topics.get("a")).unwrap().is_none());
}

/// G19: a topic stays as long as its log holds an event, by the logs' clock, and is told to be free
/// at that time.
#[test]
fn a_topic_with_events_stays_until_they_are_gone() {
    let clock = ManualClock::default();
    let topics = topics(&clock).with_max(1);
    let publish = || block_on(topics.publish("a", None, &Event::new().data("x"))).unwrap();
    publish();
    clock.advance(MINUTE);
    assert_eq!(publish(), 2);
    for (waited, retry_after) in [
        (AGE - MINUTE / 2, MINUTE / 2),
        (MINUTE / 2 - MILLI, Duration::from_secs(1)),
    ] {
        clock.advance(waited);
        let error = block_on(topics.log("b", None)).unwrap_err();
        assert_eq!(error.retry_after(), Some(retry_after));
    }
    clock.advance(MILLI);
    assert!(has_room(&topics, "b"));
}

/// A client is told to come back in a minute, although it is longer until there may be room.
#[test]
fn a_long_wait_is_told_in_parts() {
    let topics = topics(&ManualClock::default()).with_max(1);
    block_on(topics.publish("a", None, &Event::new().data("x"))).unwrap();
    let error = block_on(topics.log("b", None)).unwrap_err();
    assert_eq!(error.retry_after(), Some(MINUTE));
}

/// G19: a topic stays for as long as it is reserved, and the longest reservation counts.
#[test]
fn a_reserved_topic_stays_until_its_time_is_up() {
    for spans in [
        [MINUTE, Duration::ZERO],
        [Duration::ZERO, MINUTE],
        [MINUTE, MILLI],
    ] {
        let clock = ManualClock::default();
        let topics = topics(&clock).with_max(1);
        for span in spans {
            block_on(topics.reserve("a", None, span)).unwrap();
        }
        clock.advance(MINUTE - MILLI);
        assert!(!has_room(&topics, "b"), "{spans:?}");
        // Neither looking at it nor a use ends the reservation.
        drop(block_on(topics.get("a")).unwrap().unwrap());
        drop(block_on(topics.log("a", None)).unwrap());
        assert!(!has_room(&topics, "b"), "{spans:?}");
        clock.advance(MILLI);
        assert!(has_room(&topics, "b"), "{spans:?}");
    }
}

/// G19: a reservation is for as long as any time may be.
#[test]
fn any_time_can_be_reserved() {
    let clock = ManualClock::default();
    let topics = topics(&clock).with_max(1);
    block_on(topics.reserve("a", None, Duration::MAX)).unwrap();
    clock.advance(MINUTE * 1_000_000);
    assert!(!has_room(&topics, "b"));

    let limits = LogLimits::default().with_max_age(Duration::MAX);
    let logs = Logs::new(limits, LogBudget::default());
    let topics = Topics::new(logs.with_clock(clock.clone())).with_max(1);
    block_on(topics.publish("a", None, &Event::new().data("x"))).unwrap();
    clock.advance(MINUTE * 1_000_000);
    assert!(!has_room(&topics, "b"));
}

/// G19: of several idle topics, the one goes that has been idle for the longest time. A subject at
/// its bound gives up one of its own, though another's has been idle for longer.
#[test]
fn the_topic_that_is_idle_longest_goes_first() {
    let clock = ManualClock::default();
    let topics = topics(&clock).with_max(4).with_max_per_subject(2);
    let alice = subject("alice");
    for (name, owner) in [
        ("s1", None),
        ("a1", Some(&alice)),
        ("a2", Some(&alice)),
        ("s2", None),
    ] {
        block_on(topics.log(name, owner)).unwrap();
        clock.advance(MILLI);
    }
    let gone = |names: [&'static str; 4]| {
        let left = topics.names();
        names
            .into_iter()
            .filter(|name| !left.iter().any(|it| it == name))
            .collect::<Vec<_>>()
    };
    block_on(topics.log("a3", &alice)).unwrap();
    assert_eq!(gone(["s1", "a1", "a2", "s2"]), ["a1"]);
    clock.advance(MILLI);
    block_on(topics.log("s3", None)).unwrap();
    assert_eq!(gone(["s1", "a2", "s2", "a3"]), ["s1"]);
    clock.advance(MILLI);
    // A use makes it the last in the queue.
    drop(block_on(topics.get("a2")).unwrap().unwrap());
    clock.advance(MILLI);
    block_on(topics.log("s4", None)).unwrap();
    assert_eq!(gone(["a2", "s2", "a3", "s3"]), ["s2"]);
}

/// G19: the topic of a session stays while its client is away, until the session is over.
#[test]
fn a_session_that_waits_for_its_client_keeps_its_topic() {
    let stage = Stage::default();
    let logs = Logs::default().with_clock(stage.clock.clone());
    let topics = Topics::new(logs).with_max(1);
    let mut client = stage.alice(&block_on(topics.log("a", None)).unwrap());
    client.read();
    client.disconnect();
    stage.wait(Duration::from_secs(119));
    stage.sessions.sweep();
    assert!(!has_room(&topics, "b"));
    client.reconnect(&stage).unwrap();
    assert!(client.is_served());
    client.disconnect();
    stage.wait(Duration::from_secs(120));
    stage.sessions.sweep();
    assert!(has_room(&topics, "b"));
    assert_eq!(client.token, token(1));
}

/// G19: a topic that was forgotten, or made room, is a new one under its name. Who holds the old log
/// keeps it, and disturbs nothing when it lets go.
#[test]
fn a_name_that_is_free_again_is_a_new_topic() {
    let topics = topics(&ManualClock::default()).with_max(1);
    let old = block_on(topics.log("a", None)).unwrap();
    append(&old, "1");
    assert!(block_on(topics.remove("a")).unwrap());
    let new = block_on(topics.log("a", None)).unwrap();
    assert!(!is_same(&old, &new));
    assert_eq!((append(&old, "2"), append(&new, "1")), (2, 1));
    assert_eq!(old.bounds().first, 1);
    drop(old);
    assert!(!has_room(&topics, "b"), "the new one is held");
    assert!(block_on(topics.remove("a")).unwrap());
    drop(new);
    assert!(has_room(&topics, "b"));
}

/// Handles outlive their registry.
#[test]
fn a_log_goes_on_without_its_registry() {
    let topics = topics(&ManualClock::default());
    let log = block_on(topics.log("a", None)).unwrap();
    drop(topics);
    assert_eq!(append(&log, "1"), 1);
    drop(log.clone());
    drop(log);
}
