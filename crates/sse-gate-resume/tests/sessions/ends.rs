//! How sessions end, and what their clients are told.

use std::time::Duration;

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_core::{Clock, Subject};
use sse_gate_resume::backend::{LogEnd, SubscriptionEnd};
use sse_gate_resume::error::{AppendErrorKind, OpenError, ResumeError, SessionErrorKind};
use sse_gate_resume::{
    CloseReason, GoneReason, InvalidIdReason, Log, Publisher, SessionSignal, StopReason,
};

use crate::support::{Client, Stage, append, grant, refused_by, request, token};

const MILLI: Duration = Duration::from_millis(1);
const COMPLETE: &str = r#"{"v":1,"reason":"complete"}"#;

fn alice() -> Subject {
    Subject::new("alice").unwrap()
}

fn read_by_alice(stage: &Stage) -> (Client, Log) {
    let log = stage.log();
    append(&log, "1");
    let mut client = stage.alice(&log);
    client.read();
    stage.signals.take();
    (client, log)
}

fn why_gone(stage: &Stage, client: &mut Client) -> GoneReason {
    match client.reconnect(stage) {
        Err(ResumeError::Gone(why)) => {
            assert_eq!(stage.signals.take().last(), Some(&SessionSignal::Gone(why)));
            why
        }
        other => panic!("{other:?}"),
    }
}

/// I15: a logout ends the stream in that moment and for good, and its client is told so, before
/// and after.
#[test]
fn a_logout_ends_all_streams_of_a_subject() {
    let stage = Stage::default();
    let (mut client, log) = read_by_alice(&stage);
    let bobs = stage.log();
    let mut bob = Client::new(
        token(9),
        stage.open(&grant("bob"), token(9), &bobs).unwrap(),
    );
    stage.signals.take();

    assert_eq!(block_on(stage.sessions.revoke(&alice())).unwrap(), 1);
    assert_eq!(
        stage.signals.take(),
        [SessionSignal::Closed(CloseReason::Revoked)]
    );
    assert_eq!(refused_by(&log), Some(AppendErrorKind::Closed));
    let (events, ended) = client.read();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].1, r#"{"v":1,"reason":"revoked"}"#);
    assert!(ended);
    assert_eq!(
        why_gone(&stage, &mut client),
        GoneReason::Closed(CloseReason::Revoked)
    );
    assert!(bob.is_served());
    assert_eq!(block_on(stage.sessions.revoke(&alice())).unwrap(), 0);
    assert_eq!(stage.signals.take(), []);
}

/// I15: a client that is away when its right ends learns it when it comes back.
#[test]
fn a_client_that_is_away_learns_of_the_logout() {
    let stage = Stage::default();
    let (mut client, _log) = read_by_alice(&stage);
    client.disconnect();
    block_on(stage.sessions.revoke(&alice())).unwrap();
    assert_eq!(
        why_gone(&stage, &mut client),
        GoneReason::Closed(CloseReason::Revoked)
    );
}

/// I15, C20: a token that was shown before the logout opens no session after it, however much later
/// and however many others have signed out since; one shown after it does, in the same moment.
#[test]
fn a_logout_meets_sessions_that_are_about_to_open() {
    for (later, others) in [(0, 0), (61, 0), (50 * 60, 0), (0, 5_000)] {
        let stage = Stage::default();
        let open = |grant: &sse_gate_core::Grant, arrival| {
            let opened = stage.open_in(arrival, grant, token(1), &stage.log());
            opened.map(drop).map_err(|error| match error {
                OpenError::Store(error) => error.kind(),
                other => panic!("{other:?}"),
            })
        };
        let arrival = stage.arrival();
        block_on(stage.sessions.revoke(&alice())).unwrap();
        for other in 0..others {
            let other = Subject::new(format!("user {other}")).unwrap();
            block_on(stage.sessions.revoke(&other)).unwrap();
        }
        stage.wait(Duration::from_secs(later));
        let revoked = Err(SessionErrorKind::Revoked);
        assert_eq!(open(&grant("alice"), arrival), revoked);
        assert!(stage.open(&grant("alice"), token(2), &stage.log()).is_ok());
        if others == 0 {
            assert_eq!(open(&grant("bob"), arrival), Ok(()));
        }
    }
}

/// I15: at its deadline a session is over, not a moment before, and its client is told so for as
/// long as it would be waited for.
#[test]
fn a_session_ends_at_its_deadline() {
    for attached in [true, false] {
        let stage = Stage::default();
        let log = stage.log();
        let minute = Duration::from_secs(60);
        let until = stage.clock.now().saturating_add(minute);
        let grant = stage.granted(request("alice").with_deadline(until));
        let mut client = Client::new(token(1), stage.open(&grant, token(1), &log).unwrap());
        client.read();
        stage.wait(minute - MILLI);
        client.reconnect(&stage).unwrap();
        client.read();
        if !attached {
            client.disconnect();
        }
        stage.wait(MILLI);
        let deadline = GoneReason::Closed(CloseReason::Deadline);
        assert_eq!(why_gone(&stage, &mut client), deadline);
        if attached {
            let (events, ended) = client.read();
            assert_eq!(events[0].1, r#"{"v":1,"reason":"deadline"}"#);
            assert!(ended);
        }
        stage.wait(Duration::from_secs(120) - MILLI);
        assert_eq!(why_gone(&stage, &mut client), deadline);
        stage.wait(MILLI);
        let forgotten = client.reconnect(&stage);
        assert!(matches!(
            forgotten,
            Err(ResumeError::Refused(InvalidIdReason::Unknown))
        ));
    }
}

/// I15: a client that has gone is waited for, as long as it says and no longer; one that is there
/// may be silent for as long as it likes.
#[test]
fn a_client_that_has_gone_is_waited_for() {
    let idle = Duration::from_secs(120);
    let stage = Stage::default();
    let (mut client, log) = read_by_alice(&stage);
    stage.wait(idle * 10);
    assert!(client.is_served());
    client.disconnect();
    stage.wait(idle - MILLI);
    client.reconnect(&stage).unwrap();
    client.read();
    client.disconnect();
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    stage.wait(idle - MILLI);
    assert!(log.poll_stopped(&mut cx).is_pending());
    stage.wait(MILLI);
    assert_eq!(
        why_gone(&stage, &mut client),
        GoneReason::Closed(CloseReason::Idle)
    );
    let stopped = log.poll_stopped(&mut cx);
    assert_eq!(
        stopped,
        std::task::Poll::Ready(StopReason::Closed),
        "no client can read it"
    );
}

/// I15: a client that gets the last event is told that it has all of them. When it comes back with
/// that event's id, the session is over, as often as it asks. A client with an earlier id gets the
/// rest. No connection is replaced by that.
#[test]
fn a_client_that_has_had_everything_is_told_so() {
    let stage = Stage::default();
    let (mut client, log) = read_by_alice(&stage);
    let earlier = client.id.clone();
    let publisher = Publisher::new(log);
    block_on(publisher.publish(&Event::new().data("done"))).unwrap();
    block_on(publisher.finish()).unwrap();
    let complete = ("sse.close".to_owned(), COMPLETE.to_owned());
    let done = ("message".to_owned(), "done".to_owned());
    assert_eq!(client.read(), (vec![done, complete], true));
    let last = client.id.clone();
    for _ in 0..5 {
        assert_eq!(why_gone(&stage, &mut client), GoneReason::Complete);
    }
    client.id = earlier;
    assert_eq!(client.reconnect(&stage).unwrap(), 2);
    assert_eq!(client.read_data(), ["done"]);
    client.id = last;
    assert_eq!(why_gone(&stage, &mut client), GoneReason::Complete);
}

/// F8: a client that is cut before it is told that it has everything is told so when it comes back,
/// if it has not had everything. If it has, the session is over for it.
#[test]
fn a_client_is_told_that_its_answer_is_whole() {
    for has_read in [true, false] {
        let stage = Stage::default();
        let (mut client, log) = read_by_alice(&stage);
        append(&log, "2");
        if has_read {
            client.read();
        }
        client.disconnect();
        block_on(log.end(LogEnd::Complete)).unwrap();
        if has_read {
            assert_eq!(why_gone(&stage, &mut client), GoneReason::Complete);
            continue;
        }
        client.reconnect(&stage).unwrap();
        let (events, ended) = client.read();
        let data: Vec<_> = events.iter().map(|(_, data)| data.as_str()).collect();
        assert_eq!((&data[1..], ended), (&["2", COMPLETE][..], true));
        let connection = client.connection.as_ref().unwrap();
        assert_eq!(connection.end(), Some(SubscriptionEnd::Complete));
    }
}

/// F8: a writer that breaks off says so, and its clients don't come back for more.
#[test]
fn a_writer_that_breaks_off_is_an_error_of_its_stream() {
    let stage = Stage::default();
    let (mut client, log) = read_by_alice(&stage);
    drop(Publisher::new(log));
    let (events, ended) = client.read();
    let error = (
        "sse.error".to_owned(),
        r#"{"v":1,"reason":"internal"}"#.to_owned(),
    );
    assert_eq!((events, ended), (vec![error], true), "it has not all of it");
    assert_eq!(why_gone(&stage, &mut client), GoneReason::Complete);
}

/// F8: a client that was away has all events when it comes back, and does not take them for all that there is.
#[test]
fn a_client_that_was_away_is_told_of_a_failure() {
    let stage = Stage::default();
    let (mut client, log) = read_by_alice(&stage);
    append(&log, "one");
    assert_eq!(client.read_data(), ["one"]);
    client.disconnect();
    drop(Publisher::new(log));
    client.reconnect(&stage).unwrap();
    let (events, ended) = client.read();
    let names: Vec<_> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names, ended), (vec!["sse.open", "sse.error"], true));
    assert_eq!(why_gone(&stage, &mut client), GoneReason::Complete);
}

/// A stop is asked by its owner only, and leaves the session as it is.
#[test]
fn only_its_subject_stops_a_stream() {
    let stage = Stage::default();
    let (mut client, log) = read_by_alice(&stage);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let stop = |token, subject: &str| {
        let subject = Subject::new(subject).unwrap();
        block_on(stage.sessions.stop(token, &subject)).unwrap()
    };
    assert!(!stop(token(1), "bob"));
    assert!(!stop(token(2), "alice"));
    assert!(log.poll_stopped(&mut cx).is_pending());
    assert!(stop(token(1), "alice"));
    assert!(log.poll_stopped(&mut cx).is_ready());
    append(&log, "last words");
    assert_eq!(client.read_data(), ["last words"]);
    block_on(log.end(LogEnd::Complete)).unwrap();
    assert!(log.bounds().is_over_for(2));
    assert_eq!(why_gone(&stage, &mut client), GoneReason::Complete);
}

/// F3: a session whose client never got an id waits for ten seconds: it could not come back.
#[test]
fn an_opening_that_was_never_read_is_over_soon() {
    let stage = Stage::default();
    let log = stage.log();
    drop(stage.alice(&log));
    stage.clock.advance(Duration::from_secs(10) - MILLI);
    stage.sessions.sweep();
    assert_eq!(stage.store.len(), 1);
    stage.clock.advance(MILLI);
    stage.sessions.sweep();
    assert_eq!(stage.store.len(), 0);

    // One that was read waits for as long as any.
    let mut client = Client::new(
        token(2),
        stage.open(&grant("alice"), token(2), &log).unwrap(),
    );
    client.read();
    client.disconnect();
    stage.clock.advance(Duration::from_secs(120) - MILLI);
    stage.sessions.sweep();
    assert_eq!(stage.store.len(), 1);
}

/// I8: what an own log has dropped before its session began is a gap as any other.
#[test]
fn a_log_that_was_trimmed_before_it_was_read_says_so() {
    let stage = Stage::default();
    let limits = sse_gate_resume::LogLimits::default().with_max_events(2);
    let logs = sse_gate_resume::Logs::new(limits, sse_gate_resume::LogBudget::default());
    let log = block_on(logs.create()).unwrap();
    for text in ["1", "2", "3"] {
        append(&log, text);
    }
    let mut client = stage.alice(&log);
    let (events, _) = client.read();
    let names: Vec<_> = events.iter().map(|event| event.0.as_str()).collect();
    assert_eq!(names[..2], ["sse.open", "sse.gap"]);
    assert_eq!(events[1].1, r#"{"v":1,"from":1,"to":1}"#);
}

/// G19: a session whose client is away holds its log, so that a registry of logs sees that it
/// is in use. When the session is over, it is not.
#[test]
fn a_session_that_waits_for_its_client_holds_its_log() {
    let stage = Stage::default();
    let log = stage.log();
    assert_eq!(log.handles(), 1);
    let mut client = stage.alice(&log);
    client.read();
    assert!(log.handles() > 1);
    // It has an id to come back with.
    client.read();
    client.disconnect();
    assert!(log.handles() > 1);
    stage.wait(Duration::from_secs(119));
    stage.sessions.sweep();
    assert!(log.handles() > 1);
    stage.wait(Duration::from_secs(2));
    stage.sessions.sweep();
    assert_eq!(log.handles(), 1);
}
