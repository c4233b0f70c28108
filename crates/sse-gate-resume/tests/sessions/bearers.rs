//! Clients that prove who they are by a credential of their own, and not by the token in the URL.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pollster::block_on;
use sse_gate_core::{Resource, Subject};
use sse_gate_resume::backend::Binding;
use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{CloseReason, GoneReason, InvalidIdReason, Log, Resumed, SessionSignal};

use crate::support::{Client, Stage, append, parts};

fn subject(name: &str) -> Subject {
    Subject::new(name).unwrap()
}

fn chat(number: &str) -> Resource {
    Resource::new(["chat", number]).unwrap()
}

fn resume_as(stage: &Stage, id: &str, who: &str, number: &str) -> Result<Resumed, ResumeError> {
    let (subject, resource) = (subject(who), chat(number));
    let resumed = stage
        .sessions
        .resume_as(id, &subject, &resource, |_, _| Some(()));
    block_on(resumed).map(|(resumed, ())| resumed)
}

fn reason(shown: Result<Resumed, ResumeError>) -> InvalidIdReason {
    match shown {
        Err(ResumeError::Refused(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

/// A client of alice's that has read one event.
fn reading(stage: &Stage) -> (Client, Log) {
    let log = stage.log();
    append(&log, "1");
    let mut client = stage.alice(&log);
    client.read();
    stage.signals.take();
    (client, log)
}

/// I2: a client that is the session's subject, for the session's resource, goes on without the
/// token, and cuts its connection before.
#[test]
fn a_known_subject_goes_on_without_the_token() {
    let stage = Stage::default();
    let (mut client, log) = reading(&stage);
    append(&log, "2");
    let resumed = resume_as(&stage, &client.id, "alice", "1").unwrap();
    assert_eq!(resumed.lease().generation(), 2);
    assert_eq!(
        stage.signals.take(),
        [SessionSignal::Resumed { again: false }]
    );
    assert_eq!(client.read(), (vec![], true), "it is cut without a word");
    client.connection = Some(resumed.subscribe());
    assert_eq!(client.read_data(), ["2"]);
}

/// I2, I14: another subject, or another resource, has no use of the id. It is refused like one of no
/// session, nothing changes, and there is no place for it to be asked for.
#[test]
fn another_subject_or_resource_is_refused_and_changes_nothing() {
    let stage = Stage::default();
    let (mut client, _log) = reading(&stage);
    for (who, number) in [("bob", "1"), ("alice", "2"), ("bob", "2"), ("Alice", "1")] {
        let (subject, resource, was_asked) = (subject(who), chat(number), AtomicBool::new(false));
        let admit = |_, _: &Binding| -> Option<()> {
            was_asked.store(true, Ordering::Relaxed);
            Some(())
        };
        let resumed = stage
            .sessions
            .resume_as(&client.id, &subject, &resource, admit);
        let shown = block_on(resumed).map(|(resumed, ())| resumed);
        assert_eq!(reason(shown), InvalidIdReason::Unknown, "{who}, {number}");
        assert!(!was_asked.load(Ordering::Relaxed));
        let signal = SessionSignal::Refused(InvalidIdReason::Unknown);
        let told = stage.signals.take_with_subjects();
        assert_eq!(told, [(signal, Some("alice".to_owned()))], "it is audited");
    }
    assert!(client.is_served());
    assert_eq!(client.reconnect(&stage).unwrap(), 2);
}

/// I1: the id is checked as with a token.
#[test]
fn a_bearer_forges_no_id() {
    let stage = Stage::default();
    let (client, _log) = reading(&stage);
    let tag = parts(&client.id).tag;
    let forged = client.id.replace(tag, &"A".repeat(22));
    for (id, expected) in [
        ("", InvalidIdReason::Malformed),
        ("42", InvalidIdReason::Malformed),
        (forged.as_str(), InvalidIdReason::Forged),
    ] {
        let shown = resume_as(&stage, id, "alice", "1");
        assert_eq!(reason(shown), expected, "{id:?}");
    }
}

/// I4, I5, I6: an id that is shown again is taken in its window, and closes the session after it.
#[test]
fn a_bearer_shows_an_id_no_more_often_than_a_token() {
    let stage = Stage::default();
    let (client, _log) = reading(&stage);
    for generation in 2..=4 {
        let resumed = resume_as(&stage, &client.id, "alice", "1").unwrap();
        assert_eq!(resumed.lease().generation(), generation);
    }
    let shown = resume_as(&stage, &client.id, "alice", "1");
    assert_eq!(reason(shown), InvalidIdReason::Reuse);
    let over = resume_as(&stage, &client.id, "alice", "1").unwrap_err();
    let expected = GoneReason::Closed(CloseReason::Reuse);
    assert!(matches!(over, ResumeError::Gone(reason) if reason == expected));

    let stage = Stage::default();
    let (client, _log) = reading(&stage);
    resume_as(&stage, &client.id, "alice", "1").unwrap();
    stage.wait(stage.policy.window());
    let shown = resume_as(&stage, &client.id, "alice", "1");
    assert_eq!(reason(shown), InvalidIdReason::Reuse);
}

/// I15: a bearer is told that its session is over, and is put off without a place.
#[test]
fn a_bearer_is_told_what_a_token_is_told() {
    let stage = Stage::default();
    let (mut client, _log) = reading(&stage);
    let (alice, chat) = (subject("alice"), chat("1"));
    let full = stage
        .sessions
        .resume_as(&client.id, &alice, &chat, |_, _| None::<()>);
    assert!(matches!(block_on(full), Err(ResumeError::NotAdmitted)));
    assert!(client.is_served());
    client.disconnect();
    stage.wait(Duration::from_secs(120));
    let over = resume_as(&stage, &client.id, "alice", "1").unwrap_err();
    let expected = GoneReason::Closed(CloseReason::Idle);
    assert!(matches!(over, ResumeError::Gone(reason) if reason == expected));
}
