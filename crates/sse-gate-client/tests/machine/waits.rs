//! How long a machine waits, and what counts as a failure.

use std::num::NonZeroU32;
use std::time::Duration;

use sse_gate_client::machine::Step;
use sse_gate_client::{ErrorKind, RetryReason, Settings, State, Update};

use crate::driver::Driver;

const SECOND: Duration = Duration::from_secs(1);
const MOMENT: Duration = Duration::from_millis(1);

/// What the machine waits for ends at this time, and not a moment earlier.
fn has_until(driver: &mut Driver, until: Duration, reason: RetryReason) {
    while let Step::Update(_) = driver.next() {}
    for early in [Duration::ZERO, until.saturating_sub(MOMENT)] {
        driver.now = early;
        driver.machine.timed_out(driver.now);
        let step = driver.next();
        assert!(
            matches!(step, Step::Continue(Some(it)) if it == until),
            "{step:?} at {early:?}"
        );
    }
    driver.now = until;
    driver.machine.timed_out(driver.now);
    assert_eq!(driver.waiting().reason(), reason);
}

#[test]
fn an_answer_has_its_time_and_a_silence_too() {
    let settings = Settings::new()
        .with_answer_limit(7 * SECOND)
        .with_heartbeat(9 * SECOND);
    let mut driver = Driver::new(settings.clone());
    driver.request();
    has_until(&mut driver, 7 * SECOND, RetryReason::NoAnswer);

    let mut driver = Driver::new(settings);
    driver.open();
    has_until(&mut driver, 9 * SECOND, RetryReason::Silent);
}

#[test]
fn a_comment_is_a_sign_of_life() {
    let mut driver = Driver::new(Settings::new().with_heartbeat(9 * SECOND));
    driver.open();
    while let Step::Update(_) = driver.next() {}
    for now in [8 * SECOND, 16 * SECOND] {
        driver.now = now;
        driver.machine.chunk(now, ": alive\n\n".into());
        let step = driver.next();
        let until = now + 9 * SECOND;
        assert!(
            matches!(step, Step::Continue(Some(it)) if it == until),
            "{step:?} at {now:?}"
        );
    }
}

#[test]
fn the_time_that_the_user_takes_is_no_silence() {
    let gap = "event: sse.gap\ndata: {\"from\":1,\"to\":5}\n\n";
    let mut driver = Driver::new(Settings::new().with_heartbeat(9 * SECOND));
    driver.open();
    for text in ["", "data: 1\n\n", gap] {
        driver.machine.chunk(driver.now, text.into());
        // Each update is shown, and the next one asked for a minute later.
        while let Step::Update(_) = driver.next() {
            driver.now += 60 * SECOND;
        }
        let until = driver.now + 9 * SECOND;
        for _ in 0..2 {
            let step = driver.next();
            assert!(
                matches!(step, Step::Continue(Some(it)) if it == until),
                "{step:?} after {text:?}"
            );
        }
    }
}

#[test]
fn a_machine_that_is_asked_early_waits_on() {
    let mut driver = Driver::new(Settings::new());
    driver.fail();
    let until = driver.waiting().delay();
    for _ in 0..3 {
        driver.now += MOMENT;
        let step = driver.next();
        assert!(matches!(step, Step::Wait(it) if it == until), "{step:?}");
    }
}

#[test]
fn the_shortest_wait_is_the_reconnection_time_or_its_floor() {
    for (settings, delay) in [
        (Settings::new(), SECOND),
        (Settings::new().with_retry(5 * SECOND), 5 * SECOND),
        (Settings::new().with_retry_floor(3 * SECOND), 3 * SECOND),
        (Settings::new().with_max_delay(MOMENT), MOMENT),
    ] {
        let mut driver = Driver::new(settings.clone());
        driver.fail();
        assert_eq!(driver.waiting().delay(), delay, "{settings:?}");
    }
}

/// G10
#[test]
fn a_minute_has_as_many_attempts_as_the_user_says() {
    let settings = Settings::new()
        .with_retry(Duration::ZERO)
        .with_retry_floor(Duration::ZERO)
        .with_attempts_per_minute(NonZeroU32::new(2).expect("it is not zero"));
    let mut driver = Driver::new(settings);
    let times = [(); 3].map(|()| {
        driver.fail();
        driver.now
    });
    assert_eq!(times, [Duration::ZERO, Duration::ZERO, 60 * SECOND]);
    // What is told is the whole wait, and it is counted from where the machine is now.
    driver.now += 30 * SECOND;
    assert_eq!(driver.waiting().delay(), Duration::ZERO);
    driver.fail();
    driver.now += 10 * SECOND;
    assert_eq!(driver.waiting().delay(), 20 * SECOND);
    assert!(matches!(driver.next(), Step::Wait(it) if it == 120 * SECOND));
}

#[test]
fn redirects_are_followed_as_often_as_the_user_says() {
    for allowed in [0, 1, 3] {
        let mut driver = Driver::new(Settings::new().with_max_redirects(allowed));
        driver.request();
        for _ in 0..allowed {
            driver.answer(307);
            assert_eq!(driver.sent().uri().path(), "/other");
        }
        driver.answer(307);
        let error = driver.closed().expect_err("it is one too many");
        assert_eq!(error.kind(), ErrorKind::TooManyRedirects);
    }
    // Each attempt has as many.
    let mut driver = Driver::new(Settings::new().with_max_redirects(1));
    for _ in 0..3 {
        driver.request();
        driver.answer(307);
        driver.sent();
        driver.machine.failed("no network".into());
    }
}

/// With a limit of one, the first failure would be the last.
#[test]
fn what_a_server_asks_for_is_no_failure() {
    let mut driver = Driver::new(Settings::new().with_attempt_limit(1));
    driver.open();
    driver.say("event: sse.wait\ndata: {}\n\n");
    let (attempt, _) = driver.request();
    assert_eq!(attempt.number(), 1);
    driver.answer(401);
    assert_eq!(driver.waiting().delay(), Duration::ZERO);
    assert_eq!(driver.attempt().number(), 1);
}

#[test]
fn an_event_begins_the_count_of_failures_anew() {
    let mut driver = Driver::new(Settings::new());
    let numbers = [(); 2].map(|()| driver.fail().number());
    assert_eq!(numbers, [1, 2]);
    assert_eq!(driver.open().0.number(), 3);
    driver.say("data: 1\n\n");
    driver.machine.end();
    assert_eq!(driver.attempt().number(), 2);
}

/// G10
#[test]
fn an_event_makes_the_next_wait_short() {
    let longest = |driver: &mut Driver| loop {
        match driver.machine.poll(driver.now, u64::MAX) {
            Step::Update(Update::State(State::Waiting(waiting))) => return waiting.delay(),
            Step::Update(_) => {}
            other => panic!("no wait, but {other:?}"),
        }
    };
    let mut driver = Driver::new(Settings::new());
    driver.fail();
    assert_eq!(longest(&mut driver), 2 * SECOND);
    driver.fail();
    assert_eq!(longest(&mut driver), 6 * SECOND);
    driver.open();
    driver.say("data: 1\n\n");
    driver.machine.end();
    assert_eq!(longest(&mut driver), 2 * SECOND);
}

/// G10: the server may ask for more than the longest wait, but not for more than the user allows.
#[test]
fn a_retry_after_has_a_bound_of_its_own() {
    for (settings, delay) in [
        (Settings::new(), 100 * SECOND),
        (Settings::new().with_max_retry_after(7 * SECOND), 7 * SECOND),
    ] {
        let mut driver = Driver::new(settings);
        driver.request();
        driver.answer(503);
        assert_eq!(driver.waiting().delay(), delay);
    }
}

#[test]
fn a_stream_that_was_open_for_ten_seconds_was_good() {
    for (open, number) in [(Duration::from_millis(9_999), 3), (10 * SECOND, 2)] {
        let mut driver = Driver::new(Settings::new());
        driver.fail();
        driver.open();
        while let Step::Update(_) = driver.next() {}
        driver.now += open;
        driver.machine.end();
        assert_eq!(driver.attempt().number(), number, "{open:?}");
    }
}
