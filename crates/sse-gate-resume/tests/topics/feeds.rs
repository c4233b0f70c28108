//! Publishing to a topic, and following it.

use std::sync::Arc;

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_core::ManualClock;
use sse_gate_resume::{Opening, Start, Topics};

use crate::support::{Client, Stage, token};
use crate::{is_same, subject, topics};

fn publish(topics: &Topics, name: &str, data: &str) -> u64 {
    block_on(topics.publish(name, None, &Event::new().data(data))).unwrap()
}

/// One name is one log for every owner, through any clone of the registry.
#[test]
fn a_name_is_one_log_for_everyone() {
    let topics = topics(&ManualClock::default());
    let (alice, bob) = (subject("alice"), subject("bob"));
    assert!(block_on(topics.get("a")).unwrap().is_none());
    let log = block_on(topics.log("a", &alice)).unwrap();
    assert_eq!(publish(&topics, "a", "1"), 1);
    for same in [
        block_on(topics.log("a", &bob)).unwrap(),
        block_on(topics.log("a", None)).unwrap(),
        block_on(topics.get("a")).unwrap().unwrap(),
        block_on(topics.clone().get("a")).unwrap().unwrap(),
    ] {
        assert!(is_same(&log, &same));
    }
    assert_eq!(log.bounds().last, 1);
    let other = block_on(topics.log("b", &alice)).unwrap();
    assert!(!is_same(&log, &other));
    assert!(!topics.is_empty());
    let mut names = topics.names();
    names.sort();
    assert_eq!(names, ["a", "b"]);
}

/// A topic that nothing has followed yet keeps what is published, and its numbers go on.
#[test]
fn events_wait_for_followers() {
    let stage = Stage::default();
    let topics = topics(&stage.clock);
    for number in 1..=3 {
        assert_eq!(publish(&topics, "news", &number.to_string()), number);
    }
    let (grant, log) = (
        stage.grant("alice"),
        block_on(topics.get("news")).unwrap().unwrap(),
    );
    let opening = Opening::new(stage.arrival(), &grant, token(1), Arc::new(log));
    let opening = opening.on_shared_log().with_start(Start::Last(2));
    let mut client = Client::new(token(1), block_on(stage.sessions.open(opening)).unwrap());
    assert_eq!(client.read_data(), ["2", "3"]);
    publish(&topics, "news", "4");
    publish(&topics, "sport", "x");
    assert_eq!(client.read_data(), ["4"]);
    client.disconnect();
    publish(&topics, "news", "5");
    client.reconnect(&stage).unwrap();
    assert_eq!(client.read_data(), ["5"]);
}
