//! Which events are delivered again, and where a body may end.

use sse_gate_client::machine::Step;
use sse_gate_client::{End, RetryReason, Settings};

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
