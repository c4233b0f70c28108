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
