//! A thief, and how far it gets.

use std::time::Duration;

use sse_gate_resume::error::{AppendErrorKind, ResumeError};
use sse_gate_resume::{CloseReason, GoneReason, InvalidIdReason, ResumePolicy, SessionSignal};

use crate::support::{Client, Dice, Stage, append, refused_by, token};

const RETRIES: usize = 2;
const REUSE: &str = r#"{"v":1,"reason":"reuse"}"#;

/// A client that has read its first event, and a thief that has all the client has.
fn robbed(stage: &Stage) -> (Client, Client, sse_gate_resume::Log) {
    let log = stage.log();
    append(&log, "1");
    let mut client = stage.alice(&log);
    assert_eq!(client.read_data(), ["1"]);
    let thief = client.thief();
    stage.signals.take();
    (client, thief, log)
}

fn refused(shown: Result<u64, ResumeError>) -> InvalidIdReason {
    match shown {
        Err(ResumeError::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn gone(shown: Result<u64, ResumeError>) -> GoneReason {
    match shown {
        Err(ResumeError::Gone(why)) => why,
        other => panic!("{other:?}"),
    }
}

/// I6: the thief goes on, and the client is cut. It comes back in the window and cuts the thief.
/// The thief comes back with what it was given, which is a used branch: the session is closed, the
/// client told, and the subject named for audits.
#[test]
fn each_cuts_the_other_until_the_session_is_closed() {
    let stage = Stage::default();
    let (mut client, mut thief, log) = robbed(&stage);

    assert_eq!(thief.reconnect(&stage).unwrap(), 2);
    append(&log, "2");
    assert_eq!(client.read(), (vec![], true), "it is cut without a word");
    assert_eq!(thief.read_data(), ["2"]);

    assert_eq!(client.reconnect(&stage).unwrap(), 3);
    append(&log, "3");
    assert_eq!(thief.read(), (vec![], true));
    assert_eq!(client.read_data(), ["2", "3"]);
    assert_eq!(
        stage.signals.take(),
        [false, true].map(|again| SessionSignal::Resumed { again })
    );

    assert_eq!(refused(thief.reconnect(&stage)), InvalidIdReason::Reuse);
    let reuse = (
        SessionSignal::Refused(InvalidIdReason::Reuse),
        Some("alice".to_owned()),
    );
    assert_eq!(stage.signals.take_with_subjects(), [reuse]);
    assert_eq!(refused_by(&log), Some(AppendErrorKind::Closed));
    let close = ("sse.close".to_owned(), REUSE.to_owned());
    assert_eq!(client.read(), (vec![close], true));
    for party in [&mut client, &mut thief] {
        let over = GoneReason::Closed(CloseReason::Reuse);
        assert_eq!(gone(party.reconnect(&stage)), over);
    }
}

/// I6: a client that comes back when the window is over finds the clone: the thief's connection is
/// closed in that moment, and gets no event more.
#[test]
fn a_clone_does_not_live_unnoticed() {
    let stage = Stage::default();
    let (mut client, mut thief, log) = robbed(&stage);
    thief.reconnect(&stage).unwrap();
    thief.read();
    for _ in 0..3 {
        // It goes on by itself as long as it likes, while the client is away.
        thief.reconnect(&stage).unwrap();
        thief.read();
        stage.wait(stage.policy.window());
    }
    append(&log, "2");
    assert_eq!(refused(client.reconnect(&stage)), InvalidIdReason::Reuse);
    let close = ("sse.close".to_owned(), REUSE.to_owned());
    assert_eq!(thief.read(), (vec![close], true));
    assert_eq!(
        gone(thief.reconnect(&stage)),
        GoneReason::Closed(CloseReason::Reuse)
    );
}

/// I6: a thief that comes too late gives itself away, and takes nothing.
#[test]
fn a_late_thief_closes_the_session_and_gets_nothing() {
    let stage = Stage::default();
    let (mut client, mut thief, _log) = robbed(&stage);
    for _ in 0..2 {
        client.reconnect(&stage).unwrap();
        client.read();
    }
    assert_eq!(refused(thief.reconnect(&stage)), InvalidIdReason::Reuse);
    assert!(!client.is_served());
}

/// I3: an id without the spent token is of no use, and does no harm. Nor does the token by itself.
#[test]
fn one_factor_is_none() {
    let stage = Stage::default();
    let (mut client, thief, log) = robbed(&stage);
    for generation in 0..200 {
        let shown = stage.resume(&thief.id, token(2)).map(|_| generation);
        assert_eq!(refused(shown), InvalidIdReason::OtherToken);
        let reopened = pollster::block_on(stage.sessions.reopen(token(1), Duration::ZERO));
        assert_eq!(refused(reopened.map(|_| 0)), InvalidIdReason::Unknown);
    }
    append(&log, "2");
    assert_eq!(client.read_data(), ["2"]);
    assert_eq!(client.reconnect(&stage).unwrap(), 2);
}

/// I4: in the strict profile no id is taken twice, not even at once.
#[test]
fn in_the_strict_profile_the_second_use_closes_the_session() {
    let stage = Stage::default().with_policy(ResumePolicy::default().with_strict_ids());
    let (mut client, mut thief, _log) = robbed(&stage);
    client.reconnect(&stage).unwrap();
    assert!(client.is_served());
    assert_eq!(refused(thief.reconnect(&stage)), InvalidIdReason::Reuse);
    let (events, ended) = client.read();
    assert_eq!((events[0].1.as_str(), ended), (REUSE, true));
}

/// I18: however two that hold the same id take turns, with whichever of the ids that they were
/// given, the session changes hands no more often than an id is taken.
#[test]
fn a_storm_of_takeovers_ends() {
    let mut most = 0;
    for seed in 0..2_000 {
        let mut dice = Dice::new(seed);
        let stage = Stage::default();
        let (client, thief, _log) = robbed(&stage);
        let mut held = [vec![client.id.clone()], vec![thief.id.clone()]];
        let mut parties = [client, thief];
        let (mut owner, mut changes) = (0, 0);
        for _ in 0..40 {
            let who = dice.index(2);
            let party = &mut parties[who];
            party.id = held[who][dice.index(held[who].len())].clone();
            if party.reconnect(&stage).is_ok() {
                party.read();
                held[who].push(party.id.clone());
                changes += usize::from(who != owner);
                owner = who;
            }
            stage.wait(Duration::from_millis(dice.below(3_000)));
        }
        assert!(changes <= 1 + RETRIES, "seed {seed}: {changes}");
        most = most.max(changes);
    }
    assert_eq!(most, 1 + RETRIES, "the storms were too mild");
}
