//! What a machine tells, and reports that do not fit what it asked for.

use std::time::Duration;

use sse_gate_client::machine::Step;
use sse_gate_client::{RetryReason, Settings, State, StreamRequest, TokenError, Update};

use crate::driver::Driver;

/// What a source reports.
fn report_source(driver: &mut Driver) {
    let other = StreamRequest::new("https://example.org/another");
    driver.machine.prepared(other.expect("it is a URL"));
    driver.machine.unprepared(TokenError::permanent("no token"));
}

/// What a body reports.
fn report_body(driver: &mut Driver) {
    driver.machine.chunk(driver.now, "data: 0\n\n".into());
    driver.machine.end();
    driver.machine.failed("no network".into());
    driver.machine.timed_out(Duration::from_secs(1_000_000));
}

#[test]
fn a_report_that_does_not_fit_is_ignored() {
    let mut driver = Driver::new(Settings::new());
    driver.attempt();
    driver.answer(404);
    report_body(&mut driver);
    assert!(matches!(driver.next(), Step::Continue(None)));

    let request = StreamRequest::new("https://example.org/feed");
    driver.machine.prepared(request.expect("it is a URL"));
    driver.answer(404);
    assert_eq!(driver.sent().uri().path(), "/feed");
    report_source(&mut driver);
    driver.answer(200);

    report_source(&mut driver);
    driver.answer(404);
    assert_eq!(driver.say("data: 1\n\n"), ["1"]);

    driver.machine.end();
    assert_eq!(driver.waiting().reason(), RetryReason::Ended);
    driver.answer(404);
    report_source(&mut driver);
    report_body(&mut driver);
    assert!(matches!(driver.next(), Step::Wait(_)));
}

#[test]
fn each_change_is_told() {
    let mut driver = Driver::new(Settings::new());
    let states = |driver: &mut Driver| {
        let mut states = Vec::new();
        while let Step::Update(Update::State(state)) = driver.next() {
            states.push(state);
        }
        states
    };
    assert_eq!(states(&mut driver), [State::Connecting(1)]);
    driver.machine.unprepared(TokenError::temporary("not yet"));
    assert!(matches!(
        states(&mut driver)[..],
        [State::Waiting(ref it)] if it.reason() == RetryReason::Source
    ));
    driver.open();
    assert_eq!(states(&mut driver), [State::Open]);
}
