//! Logs that no client can read any more.

use std::time::Duration;

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_core::{Subject, SystemClock};
use sse_gate_resume::error::AppendErrorKind;
use sse_gate_resume::{
    CloseReason, LogBudget, LogLimits, Logs, MemorySessions, Opening, Publisher, ResumeKey,
    ResumeKeys, ResumePolicy, SessionLimits, Sessions, StopReason,
};

use crate::support::{Client, Stage, append, grant, granted, refused_by, request, token};

/// Something that ends a session, by name.
type End = (&'static str, fn(&Stage, &mut Client));

fn ends() -> [End; 8] {
    fn subject() -> Subject {
        Subject::new("alice").unwrap()
    }
    [
        ("revoked", |stage, _| {
            block_on(stage.sessions.revoke(&subject())).unwrap();
        }),
        ("closed", |stage, _| {
            let closed = stage.sessions.close(token(1), CloseReason::Revoked);
            assert!(block_on(closed).unwrap());
        }),
        ("displaced", |stage, client| {
            client.connection = None;
            stage.open(&grant("alice"), token(2), &stage.log()).unwrap();
        }),
        ("idle", |stage, client| {
            client.connection = None;
            stage.wait(Duration::from_secs(120));
            stage.sessions.sweep();
        }),
        ("its deadline", |stage, _| {
            stage.wait(Duration::from_secs(3_600));
            stage.sessions.sweep();
        }),
        ("stopped, then closed", |stage, _| {
            assert!(block_on(stage.sessions.stop(token(1), &subject())).unwrap());
            block_on(stage.sessions.revoke(&subject())).unwrap();
        }),
        ("reuse", |stage, client| {
            let old = client.id.clone();
            for _ in 0..2 {
                client.reconnect(stage).unwrap();
                client.read();
            }
            stage.resume(&old, token(1)).unwrap_err();
        }),
        ("forgotten", |stage, client| {
            client.connection = None;
            stage.wait(Duration::from_secs(100_000));
            stage.sessions.sweep();
            stage.sessions.sweep();
        }),
    ]
}

/// G17: whatever ended the session of a log, its writer is told at its next event, and what the log
/// held is free for others.
#[test]
fn appending_fails_once_the_session_is_over() {
    for (what, end) in ends() {
        let budget = LogBudget::new(1 << 20);
        let limits = SessionLimits::default().with_max_per_subject(1);
        let stage = Stage::new(limits, LogLimits::default());
        let logs = Logs::new(LogLimits::default(), budget.clone());
        let stage = stage.with_logs(logs);
        let log = stage.log();
        let mut client = stage.alice(&log);
        append(&log, "one");
        assert_eq!(client.read_data(), ["one"], "{what}");
        assert!(budget.used() > 0);
        end(&stage, &mut client);
        assert_eq!(refused_by(&log), Some(AppendErrorKind::Closed), "{what}");
        assert_eq!(budget.used(), 0, "{what}: it keeps what no client can read");
        let publisher = Publisher::new(log);
        assert_eq!(block_on(publisher.stopped()), StopReason::Closed, "{what}");
    }
}

/// G17: until its session is over, appending succeeds: while its client is away, and after a client
/// asked the writer to stop.
#[test]
fn appending_succeeds_while_the_client_may_come_back() {
    let stage = Stage::default();
    let log = stage.log();
    let mut client = stage.alice(&log);
    client.read();
    client.connection = None;
    for _ in 0..11 {
        stage.wait(Duration::from_secs(10));
        stage.sessions.sweep();
        assert_eq!(refused_by(&log), None);
    }
    let alice = Subject::new("alice").unwrap();
    assert!(block_on(stage.sessions.stop(token(1), &alice)).unwrap());
    assert_eq!(refused_by(&log), None, "it may still have its last word");
    client.reconnect(&stage).unwrap();
    assert_eq!(client.read_data().len(), 12);
}

/// G17: a session's own log that others follow, too, is open for as long as there is one of them.
#[test]
fn a_log_that_others_follow_outlives_its_session() {
    let stage = Stage::default();
    let log = stage.log();
    let mut owner = stage.alice(&log);
    owner.read();
    let bob = grant("bob");
    let shared = Opening::new(
        stage.arrival(),
        &bob,
        token(2),
        std::sync::Arc::new(log.clone()),
    );
    let follower = block_on(stage.sessions.open(shared.on_shared_log())).unwrap();
    let mut follower = Client::new(token(2), follower);
    follower.read();
    let close = |number| {
        let closed = stage.sessions.close(token(number), CloseReason::Revoked);
        assert!(block_on(closed).unwrap());
    };
    close(1);
    append(&log, "one");
    assert_eq!(follower.read_data(), ["one"]);
    follower.connection = None;
    append(&log, "two");
    follower.reconnect(&stage).unwrap();
    assert_eq!(follower.read_data(), ["two"]);
    close(2);
    assert_eq!(refused_by(&log), Some(AppendErrorKind::Closed));
}

/// G17: a log that no session owns takes events with and without readers.
#[test]
fn a_shared_log_is_never_closed_by_sessions() {
    let stage = Stage::default();
    let log = stage.log();
    let alice = grant("alice");
    for number in 1..4 {
        let own = std::sync::Arc::new(log.clone());
        let opening = Opening::new(stage.arrival(), &alice, token(number), own);
        let opened = block_on(stage.sessions.open(opening.on_shared_log())).unwrap();
        append(&log, "one");
        drop(opened);
        let closed = stage.sessions.close(token(number), CloseReason::Revoked);
        assert!(block_on(closed).unwrap());
        assert_eq!(refused_by(&log), None);
    }
    assert_eq!(log.bounds().first, 1, "nothing was freed");
}

/// G17: with a store that is dropped, all of its sessions are over.
#[test]
fn a_store_that_goes_closes_the_logs_of_its_sessions() {
    let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap());
    let sessions = Sessions::new(MemorySessions::default(), keys);
    let log = block_on(Logs::default().create()).unwrap();
    let (alice, own) = (
        granted(request("alice"), SystemClock),
        std::sync::Arc::new(log.clone()),
    );
    let arrival = block_on(sessions.arrival()).unwrap();
    let opening = Opening::new(arrival, &alice, token(1), own);
    drop(block_on(sessions.open(opening.with_policy(ResumePolicy::default()))).unwrap());
    assert_eq!(refused_by(&log), None);
    drop(sessions);
    assert_eq!(refused_by(&log), Some(AppendErrorKind::Closed));
}

/// G17: one subject's logs, however many, use no more than its share, and take nothing from others.
#[test]
fn a_subject_has_a_share_of_the_budget() {
    let budget = LogBudget::new(160_000);
    let logs = Logs::new(LogLimits::default(), budget.clone());
    let (alice, bob) = (Subject::new("alice").unwrap(), Subject::new("bob").unwrap());
    let hers: Vec<_> = (0..50)
        .map(|_| block_on(logs.create_for(&alice)).unwrap())
        .collect();
    let event = Event::new().data("x".repeat(1_000));
    for _ in 0..100 {
        for log in &hers {
            let _ = block_on(log.append(&event));
        }
    }
    let used = budget.used_by(&alice);
    assert!((9_000..=10_000).contains(&used), "{used} of 10,000");
    assert_eq!(budget.used(), used);
    let his = block_on(logs.create_for(&bob)).unwrap();
    let many = block_on(logs.create()).unwrap();
    for _ in 0..9 {
        block_on(his.append(&event)).unwrap();
        block_on(many.append(&event)).unwrap();
    }
    assert_eq!((his.bounds().first, many.bounds().first), (1, 1));
    // Hers go on, at the cost of her own events; one that has none has no room.
    let appended = hers.iter().filter(|log| refused_by(log).is_none()).count();
    assert!((1..50).contains(&appended), "{appended}");
    let error = block_on(hers[49].append(&event)).unwrap_err();
    assert_eq!(error.kind(), AppendErrorKind::NoRoom);
    drop(hers);
    assert_eq!(budget.used_by(&alice), 0);
    let again = block_on(logs.create_for(&alice)).unwrap();
    block_on(again.append(&event)).unwrap();
    assert!(budget.used_by(&alice) > 1_000);
}

/// G17: the share is a setting, and the cap in all stays as it was. A budget with another share is
/// counted anew.
#[test]
fn the_share_of_a_subject_is_a_setting() {
    let before = LogBudget::new(20_000);
    let event = Event::new().data("x".repeat(1_000));
    let log = |budget: &LogBudget, name: &str| {
        let logs = Logs::new(LogLimits::default(), budget.clone());
        let log = block_on(logs.create_for(&Subject::new(name).unwrap())).unwrap();
        for _ in 0..50 {
            block_on(log.append(&event)).unwrap();
        }
        log
    };
    let _one = log(&before, "alice");
    let budget = before.clone().with_share(15_000);
    assert_eq!(budget.used(), 0, "it is counted anew");
    let _hers = log(&budget, "alice");
    let used = budget.used_by(&Subject::new("alice").unwrap());
    assert!((13_500..=15_000).contains(&used), "{used} of 15,000");
    let _his = log(&budget, "bob");
    let used = budget.used();
    assert!((18_500..=20_000).contains(&used), "{used} of 20,000");
    assert!(before.used() <= 1_250, "they count together");
}

/// G17: a subject whose logs are gone is forgotten. The budget is as it was when it was new.
#[test]
fn a_share_is_forgotten_with_its_logs() {
    let budget = LogBudget::new(160_000);
    let new = format!("{budget:?}");
    let logs = Logs::new(LogLimits::default(), budget.clone());
    for number in 0..3 {
        let subject = Subject::new(format!("user {number}")).unwrap();
        let two = [(); 2].map(|()| block_on(logs.create_for(&subject)).unwrap());
        assert_ne!(format!("{budget:?}"), new);
        let [first, second] = two;
        drop(first);
        assert_ne!(format!("{budget:?}"), new, "its other log counts");
        drop(second);
        assert_eq!(format!("{budget:?}"), new);
    }
}
