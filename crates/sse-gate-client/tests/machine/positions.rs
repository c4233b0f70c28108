//! Which events are delivered again, and where a body may end.

use sse_gate_client::machine::Step;
use sse_gate_client::{End, RetryReason, Settings, Update};

use crate::driver::Driver;

/// What a server that lost events says first, with an id and without.
const WITH_ID: [&str; 2] = [
    "event: sse.open\nid: sser1.k.s.1.t.5\ndata: {\"gap\":{\"from\":1,\"to\":5}}\n\n",
    "event: sse.gap\nid: sser1.k.s.1.t.5\ndata: {\"from\":1,\"to\":5}\n\n",
];
const WITHOUT_ID: [&str; 2] = [
    "event: sse.open\ndata: {\"gap\":{\"from\":1,\"to\":5}}\n\n",
    "event: sse.gap\ndata: {\"from\":1,\"to\":5}\n\n",
];

/// The data of what is delivered after this, if the client had nine events, and then the fifth again.
fn after(text: &'static str) -> Vec<String> {
    let mut driver = Driver::new(Settings::new());
    driver.open();
    let nine = "id: sser1.k.s.0.t.9\ndata: 9\n\nid: sser1.k.s.0.t.5\ndata: 5\n\n";
    assert_eq!(driver.say(nine), ["9"]);
    driver.machine.end();
    driver.open();
    driver.say(text);
    driver.say("id: sser1.k.s.1.t.6\ndata: 6\n\n")
}

#[test]
fn a_gap_with_an_id_begins_there_and_one_without_changes_nothing() {
    for text in WITH_ID {
        assert_eq!(after(text), ["6"], "{text}");
    }
    for text in WITHOUT_ID {
        assert_eq!(after(text), [""; 0], "{text}");
    }
}

#[test]
fn an_id_of_an_earlier_run_counts() {
    let settings = Settings::new().with_last_event_id("sser1.k.s.0.t.5");
    let mut driver = Driver::new(settings);
    driver.open();
    let replayed = "id: sser1.k.s.1.t.5\ndata: 5\n\nid: sser1.k.s.1.t.6\ndata: 6\n\n";
    assert_eq!(driver.say(replayed), ["6"]);
}

#[test]
fn a_body_that_ends_within_an_event_is_not_complete() {
    let settings = Settings::new().with_end_as_complete(true);
    let mut driver = Driver::new(settings.clone());
    driver.open();
    driver.say("data: 1\n\ndata: 2\n");
    driver.machine.end();
    assert_eq!(driver.waiting().reason(), RetryReason::Ended);

    let mut driver = Driver::new(settings);
    driver.open();
    driver.say("data: 1\n\ndata: 2\n\n");
    driver.machine.end();
    assert_eq!(driver.closed().expect("it is complete"), End::Complete);
    assert!(matches!(driver.next(), Step::Continue(None)));
}

#[test]
fn an_event_that_comes_first_again_is_dropped() {
    let mut driver = Driver::new(Settings::new());
    driver.open();
    assert_eq!(driver.say("id: sser1.k.s.0.t.1\ndata: 1\n\n"), ["1"]);
    driver.machine.end();
    driver.open();
    let again = "id: sser1.k.s.0.t.1\ndata: 1\n\nid: sser1.k.s.0.t.2\ndata: 2\n\n";
    assert_eq!(driver.say(again), ["2"]);
}

#[test]
fn chunks_that_come_before_a_poll_are_all_read() {
    let mut driver = Driver::new(Settings::new());
    driver.open();
    for part in ["data: ", "1\n", "\ndata: 2\n"] {
        driver.machine.chunk(driver.now, part.into());
    }
    assert_eq!(driver.say("\n"), ["1", "2"]);
}

#[test]
fn what_came_before_the_end_is_delivered() {
    let mut driver = Driver::new(Settings::new());
    driver.open();
    driver
        .machine
        .chunk(driver.now, "data: 1\n\ndata: 2\n\n".into());
    driver.machine.end();
    // The body has ended, so this is not read.
    assert_eq!(driver.say("data: 3\n\n"), ["1", "2"]);
}

/// More than is decoded at a time, too.
#[test]
fn what_follows_the_last_word_of_a_body_is_no_part_of_the_next_one() {
    for between in [0, 20_000] {
        let comments = ":\n".repeat(between);
        let text = format!("event: sse.wait\ndata: {{}}\n\n{comments}data: late\n\n");
        let mut driver = Driver::new(Settings::new());
        driver.open();
        driver.machine.chunk(driver.now, text.into());
        assert_eq!(driver.waiting().reason(), RetryReason::Wait);
        driver.open();
        assert_eq!(driver.say("data: 1\n\n"), ["1"], "{between}");
    }
}

/// What was received and not delivered comes again, and is no duplicate then.
#[test]
fn an_event_behind_the_last_word_of_a_body_is_not_lost() {
    let mut driver = Driver::new(Settings::new());
    driver.open();
    assert_eq!(driver.say("id: sser1.k.s.0.t.1\ndata: 1\n\n"), ["1"]);
    let wait = "event: sse.wait\ndata: {}\n\nid: sser1.k.s.0.t.2\ndata: 2\n\n";
    driver.machine.chunk(driver.now, wait.into());
    assert_eq!(driver.waiting().reason(), RetryReason::Wait);
    let (attempt, _) = driver.open();
    assert_eq!(attempt.last_event_id(), Some("sser1.k.s.0.t.1"));
    let again = "id: sser1.k.s.1.t.1\ndata: 1\n\nid: sser1.k.s.1.t.2\ndata: 2\n\n";
    assert_eq!(driver.say(again), ["2"]);
}

/// HTML standard, section 9.2.6: the last event id is set before it matters whether there is data.
#[test]
fn an_id_without_an_event_counts_too() {
    for (text, expected) in [
        ("id: 5\ndata: x\n\nid: 9\n\n", Some("9")),
        ("id: 5\ndata: x\n\nid: 9\n", Some("5")),
        ("id: 5\ndata: x\n\nid\n\n", None),
        ("id: 9\n\n", Some("9")),
        (": alive\n\n", Some("3")),
    ] {
        let mut driver = Driver::new(Settings::new().with_last_event_id("3"));
        driver.open();
        driver.say(text);
        driver.machine.end();
        let (attempt, request) = driver.open();
        assert_eq!(attempt.last_event_id(), expected, "{text:?}");
        let shown = request.headers().get("last-event-id");
        let shown = shown.map(|id| id.to_str().expect("it is text"));
        assert_eq!(shown, expected, "{text:?}");
    }
}

/// A user who keeps the id after each event begins behind that event, and behind no later one.
#[test]
fn an_id_without_an_event_waits_for_the_events_in_front_of_it() {
    let mut driver = Driver::new(Settings::new());
    driver.open();
    let text = "id: 1\ndata: 1\n\nid: 2\n\ndata: 2\n\nid: 3\n\n";
    driver.machine.chunk(driver.now, text.into());
    let mut ids = Vec::new();
    while let Step::Update(update) = driver.next() {
        if let Update::Event(event) = update {
            let id = driver.machine.last_event_id();
            assert_eq!(id, Some(event.id()));
            ids.push(event.id().to_owned());
        }
    }
    assert_eq!(ids, ["1", "2"]);
    assert_eq!(driver.machine.last_event_id(), Some("3"));
}

/// What was not read is forgotten, ids and all.
#[test]
fn an_id_behind_the_last_word_of_a_body_does_not_count() {
    let mut driver = Driver::new(Settings::new());
    driver.open();
    let text = "id: 1\ndata: 1\n\nevent: sse.wait\ndata: {}\n\nid: 2\n\n";
    driver.machine.chunk(driver.now, text.into());
    assert_eq!(driver.waiting().reason(), RetryReason::Wait);
    let (attempt, _) = driver.open();
    assert_eq!(attempt.last_event_id(), Some("1"));
}
