//! What wall clocks that are set do to sessions. I20

use std::time::Duration;

use sse_gate_core::Clock;
use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{CloseReason, GoneReason, InvalidIdReason, LogLimits, SessionLimits};

use crate::support::{Client, Stage, append, request, token};

const MILLI: Duration = Duration::from_millis(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// A client of alice's that has an id, in a session that may last for a minute.
fn for_a_minute(stage: &Stage) -> Client {
    let until = stage.clock.now().saturating_add(MINUTE);
    let grant = stage.granted(request("alice").with_deadline(until));
    let log = stage.log();
    append(&log, "1");
    let mut client = Client::new(token(1), stage.open(&grant, token(1), &log).unwrap());
    client.read();
    client
}

fn is_gone(outcome: &Result<u64, ResumeError>, reason: CloseReason) -> bool {
    matches!(outcome, Err(ResumeError::Gone(GoneReason::Closed(why))) if *why == reason)
}

/// I20: a session that was opened while the wall clock was ahead ends after the span that it had,
/// and says meanwhile how much of it is left.
#[test]
fn a_wall_put_right_lengthens_no_session() {
    let stage = Stage::default();
    stage.clock.set_wall_ahead(HOUR);
    let mut client = for_a_minute(&stage);
    stage.clock.set_wall_back(HOUR);
    stage.wait(MINUTE - MILLI);
    let resumed = stage.resume(&client.id, client.token).unwrap();
    assert_eq!(resumed.lease().time_left(), MILLI);
    let until = resumed.grant().deadline();
    assert_eq!(until.saturating_since(stage.clock.now()), MILLI);
    client.connection = Some(resumed.subscribe());
    client.read();
    stage.wait(MILLI);
    assert!(is_gone(&client.reconnect(&stage), CloseReason::Deadline));
}

/// I20: nor does one that is set back in its midst; and one that is set ahead ends it.
#[test]
fn a_session_ends_by_the_clock_that_ends_it_first() {
    let stage = Stage::default();
    let mut client = for_a_minute(&stage);
    stage.clock.set_wall_back(HOUR);
    stage.wait(MINUTE);
    assert!(is_gone(&client.reconnect(&stage), CloseReason::Deadline));

    let stage = Stage::default();
    let mut client = for_a_minute(&stage);
    stage.clock.set_wall_ahead(MINUTE);
    let connection = client.connection.as_ref().unwrap();
    assert_eq!(connection.time_left(), Duration::ZERO);
    assert!(is_gone(&client.reconnect(&stage), CloseReason::Deadline));
}

/// I4, I20: an id that was used is taken for no longer because the wall clock was set back.
#[test]
fn a_wall_set_back_opens_no_window() {
    let stage = Stage::default();
    stage.clock.set_wall_ahead(HOUR);
    let log = stage.log();
    let mut client = stage.alice(&log);
    client.read();
    let used = client.id.clone();
    client.reconnect(&stage).unwrap();
    stage.clock.set_wall_back(HOUR);
    stage.wait(stage.policy.window() - MILLI);
    assert!(stage.resume(&used, client.token).is_ok());
    stage.wait(MILLI);
    let late = stage.resume(&used, client.token);
    assert!(matches!(
        late,
        Err(ResumeError::Refused(InvalidIdReason::Reuse))
    ));
}

/// I15, I20: a client that has gone is waited for no longer, and its place in the caps is free
/// again.
#[test]
fn a_wall_put_right_makes_no_session_wait() {
    let limits = SessionLimits::default().with_max(1);
    let stage = Stage::new(limits, LogLimits::default());
    stage.clock.set_wall_ahead(HOUR);
    let log = stage.log();
    let mut client = stage.alice(&log);
    client.read();
    client.disconnect();
    stage.clock.set_wall_back(HOUR);
    assert!(stage.open(&stage.grant("bob"), token(2), &log).is_err());
    stage.wait(Duration::from_secs(120));
    assert!(is_gone(&client.reconnect(&stage), CloseReason::Idle));
    assert!(stage.open(&stage.grant("bob"), token(2), &log).is_ok());
}

/// I20: what is remembered of a session that is over is forgotten in time.
#[test]
fn a_wall_put_right_keeps_no_record() {
    let stage = Stage::default();
    stage.clock.set_wall_ahead(HOUR);
    let mut client = for_a_minute(&stage);
    stage.clock.set_wall_back(HOUR);
    stage.wait(MINUTE + Duration::from_secs(120));
    stage.sessions.sweep();
    stage.sessions.sweep();
    let forgotten = client.reconnect(&stage);
    assert!(matches!(
        forgotten,
        Err(ResumeError::Refused(InvalidIdReason::Unknown))
    ));
}
