//! Ids of other users, streams, logs and servers.

use sse_gate_core::{Grant, GrantRequest, ManualClock, Resource, Subject, TokenKey};
use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{InvalidIdReason, Log, LogLimits, SessionLimits, Sessions};

use crate::support::{Client, CountedEntropy, Stage, append, grant, granted, parts, token};

fn refused(shown: Result<sse_gate_resume::Resumed, ResumeError>) -> InvalidIdReason {
    match shown {
        Err(ResumeError::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn client(stage: &Stage, grant: &Grant, token: TokenKey, log: &Log) -> Client {
    let mut client = Client::new(token, stage.open(grant, token, log).unwrap());
    client.read();
    client
}

/// I2, I14: of two sessions, of one subject or of two, neither takes the other's ids, with neither
/// token, and neither comes to harm.
#[test]
fn sessions_do_not_take_each_others_ids() {
    for other in ["bob", "alice"] {
        let stage = Stage::default();
        let mut one = client(&stage, &grant("alice"), token(1), &stage.log());
        let mut two = client(&stage, &grant(other), token(2), &stage.log());
        for (id, with) in [(&one.id, token(2)), (&two.id, token(1))] {
            assert_eq!(refused(stage.resume(id, with)), InvalidIdReason::OtherToken);
        }
        let (of_one, of_two) = (parts(&one.id), parts(&two.id));
        for token in [token(1), token(2)] {
            let swapped = one.id.replace(of_one.session, of_two.session);
            assert_eq!(
                refused(stage.resume(&swapped, token)),
                InvalidIdReason::Forged
            );
            let swapped = one.id.replace(of_one.tag, of_two.tag);
            assert_eq!(
                refused(stage.resume(&swapped, token)),
                InvalidIdReason::Forged
            );
        }
        for party in [&mut one, &mut two] {
            assert!(party.is_served());
            assert_eq!(party.reconnect(&stage).unwrap(), 2);
        }
    }
}

/// I2: the tag covers the subject and the resource, each with its length: two sessions that are
/// the same to the last random byte, but for one of these, take none of each other's ids.
#[test]
fn the_tag_tells_subjects_and_resources_apart() {
    let of = |subject: &str, resource: &[&str]| {
        let resource = Resource::new(resource).unwrap();
        granted(
            GrantRequest::new(Subject::new(subject).unwrap(), resource),
            ManualClock::default(),
        )
    };
    let grants = [
        of("alice", &["chat", "1"]),
        of("bob", &["chat", "1"]),
        of("alice", &["chat", "2"]),
        of("alice", &["chat1"]),
        of("alice", &["cha", "t1"]),
        of("1alice", &["chat", ""]),
    ];
    let clients = grants.each_ref().map(|grant| {
        let stage = Stage::default();
        let client = client(&stage, grant, token(1), &stage.log());
        (stage, client)
    });
    for (place, (stage, own)) in clients.iter().enumerate() {
        for (other_place, (_, other)) in clients.iter().enumerate() {
            assert_eq!(parts(&own.id).session, parts(&other.id).session);
            if place != other_place {
                let shown = stage.resume(&other.id, token(1));
                assert_eq!(
                    refused(shown),
                    InvalidIdReason::Forged,
                    "{place}, {other_place}"
                );
            }
        }
        assert!(stage.resume(&own.id, token(1)).is_ok());
    }
}

/// I2, I9: an id of a log in another life is none of this one.
#[test]
fn the_tag_tells_logs_apart() {
    let (before, after) = (Stage::default(), Stage::default());
    let client_before = client(&before, &grant("alice"), token(1), &before.log());
    let _spent = after.log();
    let client_after = client(&after, &grant("alice"), token(1), &after.log());
    assert_eq!(
        parts(&client_before.id).session,
        parts(&client_after.id).session
    );
    let shown = after.resume(&client_before.id, token(1));
    assert_eq!(refused(shown), InvalidIdReason::Forged);
}

/// I2: another environment has another key, and takes no id of this one's, though it had the same
/// sessions.
#[test]
fn another_environment_takes_no_id_of_this_one() {
    let stage = Stage::default();
    let mut client = client(&stage, &grant("alice"), token(1), &stage.log());
    let keys = sse_gate_resume::ResumeKeys::generate(&CountedEntropy::default()).unwrap();
    let elsewhere = Sessions::new(stage.store.clone(), keys);
    let kid = format!("sser1.{}.", parts(&client.id).kid);
    let renamed = client.id.replacen(&kid, "sser1.0.", 1);
    for id in [&client.id, &renamed] {
        let shown = pollster::block_on(elsewhere.resume(id, token(1)));
        assert_eq!(refused(shown), InvalidIdReason::Forged);
    }
    assert_eq!(client.reconnect(&stage).unwrap(), 2);
}

/// I16: an id of an application's own is none of the wire's: the log takes no such event.
#[test]
fn applications_have_no_ids_on_the_wire() {
    use sse_gate_codec::{Event, EventId};
    let stage = Stage::new(SessionLimits::default(), LogLimits::default());
    let log = stage.log();
    let own = EventId::from_static("42");
    let refused = pollster::block_on(log.append(&Event::new().data("x").id(own)));
    assert_eq!(
        refused.unwrap_err().kind(),
        sse_gate_resume::error::AppendErrorKind::Id
    );
    append(&log, r#"{"id":42}"#);
    let client = client(&stage, &grant("alice"), token(1), &log);
    assert_eq!(parts(&client.id).seq, 1);
}
