//! How many sessions there may be.

use std::time::Duration;

use pollster::block_on;
use sse_gate_resume::error::{OpenError, ResumeError, SessionErrorKind};
use sse_gate_resume::{CloseReason, GoneReason, InvalidIdReason, LogLimits, SessionLimits};

use crate::support::{Client, Stage, grant, token};

fn stage(in_all: usize, per_subject: usize) -> Stage {
    let limits = SessionLimits::default()
        .with_max(in_all)
        .with_max_per_subject(per_subject);
    Stage::new(limits, LogLimits::default())
}

fn open(stage: &Stage, subject: &str, number: u8) -> Result<Client, SessionErrorKind> {
    match stage.open(&grant(subject), token(number), &stage.log()) {
        Ok(subscription) => {
            let mut client = Client::new(token(number), subscription);
            client.read();
            Ok(client)
        }
        Err(OpenError::Store(error)) => Err(error.kind()),
        Err(other) => panic!("{other:?}"),
    }
}

fn displaced(stage: &Stage, client: &mut Client) -> bool {
    let shown = client.reconnect(stage);
    let over = GoneReason::Closed(CloseReason::Displaced);
    match shown {
        Ok(_) => false,
        Err(ResumeError::Gone(why)) if why == over => true,
        Err(other) => panic!("{other:?}"),
    }
}

/// I10: at a subject's cap its own oldest session that waits goes, and no other subject's.
#[test]
fn a_subject_displaces_its_own_oldest_that_waits() {
    let stage = stage(100, 3);
    let mut bob = open(&stage, "bob", 10).unwrap();
    bob.disconnect();
    let mut alice: Vec<_> = (1..=3)
        .map(|number| open(&stage, "alice", number).unwrap())
        .collect();
    alice[1].disconnect();
    alice[2].disconnect();
    alice.push(open(&stage, "alice", 4).unwrap());
    assert!(alice[0].is_served(), "it is the oldest, and does not wait");
    assert!(displaced(&stage, &mut alice[1]));
    alice.push(open(&stage, "alice", 5).unwrap());
    assert!(displaced(&stage, &mut alice[2]));
    assert!(!displaced(&stage, &mut bob));
    let full = open(&stage, "alice", 6).err();
    assert_eq!(full, Some(SessionErrorKind::FullForSubject));
    assert!(alice[0].is_served() && alice[3].is_served() && alice[4].is_served());
}

/// I10: at the cap of all, what is over is forgotten, the first that ended first; then newcomers
/// are refused, and no session goes for them.
#[test]
fn at_the_cap_of_all_newcomers_are_refused() {
    let stage = stage(3, 2);
    let mut clients: Vec<_> = (1..=3)
        .map(|number| open(&stage, &format!("user {number}"), number).unwrap())
        .collect();
    clients[2].disconnect();
    let full = open(&stage, "user 4", 4).err();
    assert_eq!(full, Some(SessionErrorKind::Full));
    for number in [2, 1] {
        block_on(stage.sessions.close(token(number), CloseReason::Revoked)).unwrap();
    }
    assert_eq!((stage.store.len(), stage.store.remembered()), (1, 3));
    let fourth = open(&stage, "user 4", 4);
    assert!(fourth.is_ok());
    assert_eq!((stage.store.len(), stage.store.remembered()), (2, 3));
    let forgotten = clients[1].reconnect(&stage).unwrap_err();
    assert!(matches!(
        forgotten,
        ResumeError::Refused(InvalidIdReason::Unknown)
    ));
    let remembered = clients[0].reconnect(&stage).unwrap_err();
    assert!(matches!(remembered, ResumeError::Gone(_)));
    clients[2].reconnect(&stage).unwrap();
}

/// I10: a full house frees those whose time is up, before it refuses a newcomer.
#[test]
fn what_is_over_makes_room() {
    let stage = stage(50, 50);
    for number in 0..50 {
        open(&stage, "alice", number).unwrap().disconnect();
    }
    assert!(open(&stage, "bob", 60).is_err());
    stage.wait(Duration::from_secs(120));
    let bob = open(&stage, "bob", 60);
    assert!(bob.is_ok());
    stage.sessions.sweep();
    assert_eq!(stage.store.len(), 1);
    stage.wait(Duration::from_secs(60 * 60 + 120));
    stage.sessions.sweep();
    drop(bob);
    assert_eq!((stage.store.len(), stage.store.remembered()), (0, 0));
}

/// I14: a token has one session, even when that is closed.
#[test]
fn a_token_has_one_session() {
    let stage = stage(10, 10);
    let mut first = open(&stage, "alice", 1).unwrap();
    let second = open(&stage, "alice", 1).err();
    assert_eq!(second, Some(SessionErrorKind::Exists));
    assert!(first.is_served());
    block_on(stage.sessions.close(token(1), CloseReason::Revoked)).unwrap();
    assert_eq!(
        open(&stage, "alice", 1).err(),
        Some(SessionErrorKind::Exists)
    );
}
