//! Stores and logs that have lost writes.
//!
//! Two stages draw the same random bytes, so what happens on the second is what a server finds
//! that was restored from a backup of the first.

use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{CloseReason, GoneReason, InvalidIdReason, Log, SessionSignal};

use crate::support::{Client, Stage, append, parts, token};

/// A client that has read this many events, and the server that it comes back to.
fn restored(seen: u64, left: u64) -> (Client, Stage, Client, Log) {
    let (before, after) = (Stage::default(), Stage::default());
    let (log, older) = (before.log(), after.log());
    for (log, events) in [(&log, seen), (&older, left)] {
        for _ in 0..events {
            append(log, "seen");
        }
    }
    let mut client = before.alice(&log);
    client.read();
    let on_restored = after.alice(&older);
    client.reconnect(&before).unwrap();
    client.read();
    after.signals.take();
    (client, after, on_restored, older)
}

/// E17: a generation that the store doesn't know of yet closes the session, raises the alarm and
/// cuts the connection that is there.
#[test]
fn an_id_from_the_future_closes_the_session() {
    let (mut client, after, mut there, _log) = restored(1, 1);
    let shown = after.resume(&client.id, token(1)).unwrap_err();
    assert!(matches!(
        shown,
        ResumeError::Refused(InvalidIdReason::Rollback)
    ));
    let alarm = (
        SessionSignal::Refused(InvalidIdReason::Rollback),
        Some("alice".to_owned()),
    );
    assert_eq!(after.signals.take_with_subjects(), [alarm]);
    assert_eq!(
        there.read().0.last().unwrap().1,
        r#"{"v":1,"reason":"rollback"}"#
    );
    let over = client.reconnect(&after).unwrap_err();
    let rollback = GoneReason::Closed(CloseReason::Rollback);
    assert!(matches!(over, ResumeError::Gone(why) if why == rollback));
}

/// I9, E17: a log that has lost events says which, raises the alarm, and goes on from there.
#[test]
fn events_that_the_log_has_lost_are_an_explicit_gap() {
    let (mut client, after, mut there, log) = restored(5, 3);
    // The store has kept up: only the log has not.
    there.read();
    client.id = parts(&there.id).moved_to(5);
    client.reconnect(&after).unwrap();
    let (decoded, _) = client.read_stream();
    let data: Vec<_> = decoded.events.iter().map(|event| &*event.data).collect();
    let open = r#"{"v":1,"gap":{"from":4,"to":5}}"#;
    assert_eq!(data, [open, r#"{"v":1,"from":4,"to":5}"#]);
    assert_eq!(decoded.events[1].kind, "sse.gap");
    let gap = SessionSignal::Gap {
        events: 2,
        log_lost_writes: true,
    };
    assert_eq!(after.signals.take().last(), Some(&gap));
    append(&log, "new");
    assert_eq!(client.read_data(), ["new"]);
    assert_eq!(parts(&client.id).seq, 4);
}
