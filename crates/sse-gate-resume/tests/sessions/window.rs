//! How often an id is taken, and for how long.

use std::time::Duration;

use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{CloseReason, GoneReason, InvalidIdReason, ResumePolicy};

use crate::support::{Stage, append, token};

const MILLI: Duration = Duration::from_millis(1);

/// A stage with a session of alice's, and an id of its first connection.
fn with_an_id(policy: ResumePolicy) -> (Stage, String) {
    let stage = Stage::default().with_policy(policy);
    let log = stage.log();
    append(&log, "1");
    let mut client = stage.alice(&log);
    client.read();
    (stage, client.id)
}

/// Whether an id is taken; else it is used up, and its session closed.
fn is_taken(stage: &Stage, id: &str) -> bool {
    match stage.resume(id, token(1)) {
        Ok(_) => true,
        Err(ResumeError::Refused(InvalidIdReason::Reuse)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

/// I5: an answer may get lost twice. The third time, the id is used up.
#[test]
fn an_id_is_taken_once_and_twice_again() {
    let (stage, id) = with_an_id(ResumePolicy::default());
    let uses = [1, 2, 3, 4].map(|_| is_taken(&stage, &id));
    assert_eq!(uses, [true, true, true, false]);
    let over = stage.resume(&id, token(1)).unwrap_err();
    let reuse = GoneReason::Closed(CloseReason::Reuse);
    assert!(matches!(over, ResumeError::Gone(why) if why == reuse));
}

/// I4, I5: the window is as long as it says, for policies of every kind, and half-open: at its end
/// it is over.
#[test]
fn the_window_ends_when_it_says() {
    for (retry, window) in [(0, 10), (1, 10), (2, 14), (5, 32), (60, 362)] {
        let policy = ResumePolicy::default().with_retry(Duration::from_secs(retry));
        let window = Duration::from_secs(window);
        assert_eq!(policy.window(), window);
        for (wait, taken) in [
            (window - MILLI, true),
            (window, false),
            (window + MILLI, false),
        ] {
            // However long the id had lain unused.
            for before in [Duration::ZERO, Duration::from_secs(100)] {
                let (stage, id) = with_an_id(policy.with_idle(Duration::from_secs(1_000)));
                stage.wait(before);
                assert!(is_taken(&stage, &id));
                stage.wait(wait);
                assert_eq!(is_taken(&stage, &id), taken, "{retry} s, {wait:?}");
            }
        }
    }
}

/// I4: a second use does not begin the window anew.
#[test]
fn the_window_never_slides() {
    let (stage, id) = with_an_id(ResumePolicy::default());
    assert!(is_taken(&stage, &id));
    stage.wait(stage.policy.window() - MILLI);
    assert!(is_taken(&stage, &id));
    stage.wait(MILLI);
    assert!(!is_taken(&stage, &id), "one use is left, and no time");
}

/// I4: an id from before the last one used is none that could have been lost, window or not.
#[test]
fn an_id_of_an_older_connection_closes_the_session_at_once() {
    let stage = Stage::default();
    let log = stage.log();
    let mut client = stage.alice(&log);
    client.read();
    let oldest = client.id.clone();
    for _ in 0..2 {
        client.reconnect(&stage).unwrap();
        client.read();
    }
    assert!(!is_taken(&stage, &oldest));
    assert!(!client.is_served());
}

/// I5: of all connections that a client was given, and whose answers got lost, the last one alone
/// gets anything, and the things that the others held are free.
#[test]
fn one_connection_is_served_at_most() {
    let (stage, id) = with_an_id(ResumePolicy::default());
    let place = std::sync::Arc::new(());
    let mut connections: Vec<_> = (0..3)
        .map(|_| {
            let resumed = stage.resume(&id, token(1)).unwrap();
            resumed.lease().hold(std::sync::Arc::clone(&place));
            resumed.subscribe()
        })
        .collect();
    assert_eq!(std::sync::Arc::strong_count(&place), 2, "one has a place");
    let ended = connections.iter_mut().map(|connection| {
        let got = crate::support::poll(connection);
        got == crate::support::Got::Last(Vec::new())
    });
    assert_eq!(ended.collect::<Vec<_>>(), [true, true, false]);
}

/// I5: whatever a client gets is good once it has got it: a chain of a thousand reconnects.
#[test]
fn an_honest_client_goes_on_for_ever() {
    let stage = Stage::default();
    let log = stage.log();
    let mut client = stage.alice(&log);
    client.read();
    for connection in 2..1_000 {
        stage.wait(Duration::from_secs(3));
        append(&log, "more");
        assert_eq!(client.reconnect(&stage).unwrap(), connection);
        assert_eq!(client.read_data(), ["more"]);
    }
}
