//! What holds while the store of sessions fails.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use pollster::block_on;
use sse_gate_core::Subject;
use sse_gate_resume::backend::SubscriptionEnd;
use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{MemorySessions, SessionLimits};

use crate::support::{Client, Fate, Got, Stage, append, poll, token};

fn alice() -> Subject {
    Subject::new("alice").unwrap()
}

/// Whether the session is closed is not known. Its connection ends without a word, and its client comes
/// back and is told.
#[test]
fn a_session_that_may_be_closed_emits_nothing_more() {
    for fate in [Fate::Lost, Fate::Unanswered] {
        let stage = Stage::default();
        let log = stage.log();
        let mut client = stage.alice(&log);
        assert!(client.is_served());
        stage.store.fates.doom("swap", fate);
        assert!(block_on(stage.sessions.revoke(&alice())).is_err());
        append(&log, "secret");
        let mut connection = client.connection.take().unwrap();
        assert_eq!(poll(&mut connection), Got::Last(Vec::new()), "{fate:?}");

        stage.store.fates.clear();
        let back = client.reconnect(&stage);
        match fate {
            Fate::Lost => assert_eq!(back.unwrap(), 2),
            _ => assert!(matches!(back, Err(ResumeError::Gone(_)))),
        }
    }
}

/// Whether the newcomer was let in is not known. If it was, the connection before must be silent.
#[test]
fn a_connection_that_may_be_replaced_emits_nothing_more() {
    for fate in [Fate::Lost, Fate::Unanswered] {
        let stage = Stage::default();
        let log = stage.log();
        let mut client = stage.alice(&log);
        assert!(client.is_served());
        let mut old = client.connection.take().unwrap();
        stage.store.fates.doom("swap", fate);
        let back = client.reconnect(&stage);
        assert!(matches!(back, Err(ResumeError::Unavailable(_))));
        append(&log, "one");
        assert_eq!(poll(&mut old), Got::Last(Vec::new()), "{fate:?}");
        assert_eq!(old.end(), Some(SubscriptionEnd::Replaced));
        drop(old);

        // The same id is good again.
        stage.store.fates.clear();
        client.reconnect(&stage).unwrap();
        assert_eq!(client.read_data(), ["one"], "{fate:?}");
    }
}

/// One session that can't be closed does not keep the others of its subject open.
#[test]
fn a_revocation_goes_on_past_a_session_that_can_t_be_closed() {
    let stage = Stage::default();
    let logs = [stage.log(), stage.log(), stage.log()];
    let mut clients: Vec<_> = (1..)
        .zip(&logs)
        .map(|(number, log)| {
            let opened = stage.open(&stage.grant("alice"), token(number), log);
            Client::new(token(number), opened.unwrap())
        })
        .collect();
    let swaps = AtomicUsize::new(0);
    stage.store.fates.set(move |operation| {
        let is_first = operation == "swap" && swaps.fetch_add(1, Ordering::Relaxed) == 0;
        std::future::ready(if is_first { Fate::Lost } else { Fate::Done })
    });
    assert!(block_on(stage.sessions.revoke(&alice())).is_err());
    assert_eq!(stage.store.len(), 1);
    let served = clients
        .iter_mut()
        .filter_map(|client| client.is_served().then_some(()));
    assert_eq!(served.count(), 0);

    stage.store.fates.clear();
    assert_eq!(block_on(stage.sessions.revoke(&alice())).unwrap(), 1);
    assert!(stage.store.is_empty());
}

/// A session that its store has lost can't be revoked any more. Its connection ends as soon as that is
/// seen.
#[test]
fn a_session_that_the_store_has_lost_ends() {
    let stage = Stage::default();
    let log = stage.log();
    let mut client = stage.alice(&log);
    assert!(client.is_served());
    stage.store.lose();
    assert_eq!(block_on(stage.sessions.revoke(&alice())).unwrap(), 0);
    assert!(!client.is_served());
}

/// A look that comes too early to find a session does not close it.
#[test]
fn a_session_that_is_made_meanwhile_is_not_lost() {
    let stage = Stage::default();
    let log = stage.log();
    let mut client = stage.alice(&log);
    assert!(client.is_served());
    stage.store.look_too_early();
    assert_eq!(client.reconnect(&stage).unwrap(), 2);
    assert!(client.is_served());
}

/// The same for sessions whose time is up.
#[test]
fn a_sweep_goes_on_past_a_session_that_can_t_be_closed() {
    let stage = Stage::default();
    let log = stage.log();
    for number in 1..=3 {
        let mut client = {
            let opened = stage.open(&stage.grant("alice"), token(number), &log);
            Client::new(token(number), opened.unwrap())
        };
        assert!(client.is_served());
    }
    stage.wait(stage.policy.idle());
    let swaps = AtomicUsize::new(0);
    stage.store.fates.set(move |operation| {
        let is_first = operation == "swap" && swaps.fetch_add(1, Ordering::Relaxed) == 0;
        std::future::ready(if is_first { Fate::Lost } else { Fate::Done })
    });
    stage.sessions.sweep();
    assert_eq!(stage.store.len(), 1);
    stage.store.fates.clear();
    stage.sessions.sweep();
    assert!(stage.store.is_empty());
}

/// A store that can't be told of departures is told about once a second, and not by each request.
#[test]
fn departures_are_noted_later_and_not_by_each_request() {
    let stage = Stage::default();
    let log = stage.log();
    let mut client = stage.alice(&log);
    assert!(client.is_served());
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    stage.store.fates.set(move |operation| {
        if operation == "load" {
            counted.fetch_add(1, Ordering::Relaxed);
            return std::future::ready(Fate::Lost);
        }
        std::future::ready(Fate::Done)
    });
    client.disconnect();
    let before = calls.load(Ordering::Relaxed);
    stage.wait(Duration::from_secs(2));
    for _ in 0..100 {
        stage.arrival();
    }
    assert_eq!(calls.load(Ordering::Relaxed) - before, 1);

    stage.store.fates.clear();
    stage.wait(Duration::from_secs(2));
    stage.arrival();
    stage.wait(stage.policy.idle());
    stage.sessions.sweep();
    assert!(stage.store.is_empty());
}

/// A store that hangs is swept by one task, however often it is time to.
#[test]
fn sweeps_do_not_pile_up_while_the_store_hangs() {
    let stage = Stage::new(
        SessionLimits::default(),
        sse_gate_resume::LogLimits::default(),
    );
    let spawned = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&spawned);
    let kept = std::sync::Mutex::new(Vec::new());
    let sessions = stage.sessions.clone().with_spawn(move |chore| {
        counted.fetch_add(1, Ordering::Relaxed);
        kept.lock().unwrap().push(chore);
        None
    });
    stage.store.fates.doom("due", Fate::Hangs);
    for _ in 0..10 {
        sessions.sweep();
        stage.wait(Duration::from_secs(2));
        block_on(sessions.arrival()).unwrap();
    }
    assert_eq!(spawned.load(Ordering::Relaxed), 1);
}

/// What was dropped in the middle of a sweep does not keep the next one away.
#[test]
fn a_sweep_that_was_dropped_makes_room_for_the_next() {
    let stage = Stage::default();
    let log = stage.log();
    let mut client = stage.alice(&log);
    assert!(client.is_served());
    client.disconnect();
    stage.wait(stage.policy.idle());
    // A runtime that shuts down drops what it gets.
    let sessions = stage.sessions.clone().with_spawn(|_| None);
    stage.store.fates.doom("due", Fate::Hangs);
    sessions.sweep();
    stage.store.fates.clear();
    sessions.sweep();
    assert!(MemorySessions::is_empty(&stage.store));
}

/// A user signs out and closes the page before the server has answered.
#[test]
fn a_revocation_is_finished_once_it_has_begun() {
    let stage = Stage::default();
    let log = stage.log();
    let mut client = stage.alice(&log);
    assert!(client.is_served());
    let gate = Arc::new(std::sync::Mutex::new(false));
    let opened = Arc::clone(&gate);
    stage.store.fates.set(move |operation| {
        let gate = Arc::clone(&opened);
        let is_held = operation == "swap";
        poll_fn(move |_| {
            if is_held && !*gate.lock().unwrap() {
                return Poll::Pending;
            }
            Poll::Ready(Fate::Done)
        })
    });
    let subject = alice();
    let mut revocation = Box::pin(stage.sessions.revoke(&subject));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(revocation.as_mut().poll(&mut cx).is_pending());
    drop(revocation);
    *gate.lock().unwrap() = true;
    stage.arrival();
    assert!(stage.store.is_empty());
    assert!(!client.is_served());
}

/// A session that is found is not looked for again, and neither is one that was never here: ids that no
/// store knows cost one look each.
#[test]
fn a_client_that_comes_back_costs_one_look() {
    let (stage, other) = (Stage::default(), Stage::default());
    let log = stage.log();
    let mut client = stage.alice(&log);
    assert!(client.is_served());
    client.disconnect();
    // The store of the other one has no sessions.
    for (stage, is_known) in [(&stage, true), (&other, false)] {
        let looks = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&looks);
        stage.store.fates.set(move |operation| {
            if operation == "load" {
                counted.fetch_add(1, Ordering::Relaxed);
            }
            std::future::ready(Fate::Done)
        });
        let resumed = stage.resume(&client.id, token(1));
        assert_eq!(looks.load(Ordering::Relaxed), 1, "{resumed:?}");
        assert_eq!(resumed.is_ok(), is_known);
    }
}

/// A session that its store did not take leaves nothing behind.
#[test]
fn a_session_that_is_not_made_frees_its_log() {
    let stage = Stage::default();
    let log = stage.log();
    stage.store.fates.doom("create", Fate::Lost);
    assert!(stage.open(&stage.grant("alice"), token(1), &log).is_err());
    assert_eq!(log.handles(), 1);
}

/// Each answer of a store on a network takes some time, and a sign-out has little of it.
#[test]
fn the_sessions_of_a_subject_are_closed_side_by_side() {
    let stage = Stage::default();
    let log = stage.log();
    let sessions = [1, 2, 3, 4, 5, 6, 7, 8].map(|number| {
        let opened = stage.open(&stage.grant("alice"), token(number), &log);
        Client::new(token(number), opened.unwrap())
    });
    let [under_way, most] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    stage.store.fates.set(move |_| {
        let (under_way, most) = (Arc::clone(&under_way), Arc::clone(&most));
        async move {
            most.fetch_max(
                under_way.fetch_add(1, Ordering::Relaxed) + 1,
                Ordering::Relaxed,
            );
            turn().await;
            under_way.fetch_sub(1, Ordering::Relaxed);
            Fate::Done
        }
    });
    let closed = block_on(stage.sessions.revoke(&alice()));
    assert_eq!(closed.unwrap(), sessions.len());
    assert_eq!(seen.load(Ordering::Relaxed), sessions.len());
}

/// Lets others have their turn.
async fn turn() {
    let mut has_waited = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut has_waited, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
