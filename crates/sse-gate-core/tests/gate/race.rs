//! Many threads, one token.

use std::sync::Barrier;
use std::thread;

use pollster::block_on;
use sse_gate_core::{IssueErrorKind, Limits, RefusalReason, Signal};

use super::parts::{Scene, chat, grant, subject};

const THREADS: usize = 8;

/// A2: 1,000 askers over real threads, one winner, whatever the interleaving, over many rounds.
#[test]
fn of_a_thousand_askers_one_gets_the_grant() {
    const ASKERS: usize = 1_000;
    const ROUNDS: usize = 50;
    let scene = Scene::new();
    for round in 0..ROUNDS {
        let issued = scene.issue("alice");
        let token = issued.token().expose();
        let barrier = Barrier::new(THREADS);
        let asker = || {
            barrier.wait();
            let redeem = || block_on(scene.gate.redeem(token, &chat()));
            (0..ASKERS / THREADS).filter(|_| redeem().is_ok()).count()
        };
        let winners: usize = thread::scope(|scope| {
            let askers = [(); THREADS].map(|()| scope.spawn(asker));
            askers.map(|asker| asker.join().unwrap()).iter().sum()
        });
        assert_eq!(winners, 1, "in round {round}");
    }
    let redeemed = Signal::Redeemed { continues: false };
    assert_eq!(scene.seen.count(redeemed), ROUNDS);
    let used = Signal::Refused(RefusalReason::Used);
    let withdrawn = Signal::Refused(RefusalReason::Withdrawn);
    // A loser that looks before the winner has written down its win can't know it was used.
    let refused = scene.seen.count(used) + scene.seen.count(withdrawn);
    assert_eq!(refused, ROUNDS * (ASKERS - 1));
}

/// A2: a thousand threads at once, each shows the token a single time.
#[test]
fn of_a_thousand_threads_one_gets_the_grant() {
    let scene = Scene::new();
    let issued = scene.issue("alice");
    let barrier = Barrier::new(1_000);
    let asker = || {
        barrier.wait();
        scene.redeem(issued.token().expose()).is_ok()
    };
    let winners = thread::scope(|scope| {
        let askers: Vec<_> = (0..1_000).map(|_| scope.spawn(asker)).collect();
        let won = askers.into_iter().map(|asker| asker.join().unwrap());
        won.filter(|won| *won).count()
    });
    assert_eq!(winners, 1);
}

/// A2, C12: redeeming, withdrawing the token and withdrawing the subject exclude each other.
#[test]
fn a_token_is_redeemed_or_withdrawn_and_never_both() {
    let scene = Scene::new();
    for round in 0..500 {
        let issued = scene.issue("alice");
        let barrier = Barrier::new(3);
        let (redeemed, withdrawn, swept) = thread::scope(|scope| {
            let redeem = scope.spawn(|| {
                barrier.wait();
                scene.redeem(issued.token().expose()).is_ok()
            });
            let withdraw = scope.spawn(|| {
                barrier.wait();
                block_on(scene.gate.withdraw(issued.key())).unwrap()
            });
            barrier.wait();
            let swept = block_on(scene.gate.withdraw_all(&subject("alice"))).unwrap();
            (redeem.join().unwrap(), withdraw.join().unwrap(), swept)
        });
        let winners = usize::from(redeemed) + usize::from(withdrawn) + swept;
        assert_eq!(winners, 1, "in round {round}");
    }
}

/// E11: a token whose end comes while it is shown is given once, or not at all, and its place in
/// the caps comes back once.
#[test]
fn the_end_and_a_redeemer_race_for_the_same_token() {
    let limits = Limits::default().with_tokens_per_subject(1);
    let scene = Scene::with_limits(limits);
    for round in 0..500 {
        let issued = scene.issue("alice");
        let barrier = Barrier::new(3);
        let redeem = || {
            barrier.wait();
            scene.redeem(issued.token().expose()).is_ok()
        };
        let winners = thread::scope(|scope| {
            let askers = [scope.spawn(redeem), scope.spawn(redeem)];
            barrier.wait();
            scene.advance_millis(60_000);
            scene.try_issue("bob").unwrap();
            let won = askers.map(|asker| asker.join().unwrap());
            won.into_iter().filter(|won| *won).count()
        });
        assert!(winners <= 1, "in round {round}");
        scene.advance_millis(60_000);
    }
}

/// C20: a sign-out races tokens that are being issued on older authentications. When it has
/// returned no token of that epoch is good, whichever came first, and no such token is issued later.
#[test]
fn no_token_outruns_a_sign_out() {
    const ISSUERS: usize = 3;
    let scene = Scene::new();
    let mut outcomes = [0, 0];
    for round in 0..2_000 {
        let begun = block_on(scene.gate.epoch()).unwrap();
        let barrier = Barrier::new(ISSUERS + 1);
        let issue = || {
            barrier.wait();
            let outcome = block_on(scene.gate.issue(grant("alice").with_epoch(begun)));
            if let Err(error) = &outcome {
                assert_eq!(error.kind(), IssueErrorKind::Withdrawn);
            }
            outcome.ok()
        };
        let issued: Vec<_> = thread::scope(|scope| {
            let issuers = [(); ISSUERS].map(|()| scope.spawn(issue));
            barrier.wait();
            block_on(scene.gate.withdraw_all(&subject("alice"))).unwrap();
            let issued = issuers.map(|issuer| issuer.join().unwrap());
            issued.into_iter().flatten().collect()
        });
        outcomes[0] += issued.len();
        outcomes[1] += ISSUERS - issued.len();
        for issued in issued {
            let redeemed = scene.redeem(issued.token().expose());
            assert!(
                redeemed.is_err(),
                "a token outran a sign-out in round {round}"
            );
        }
    }
    assert!(
        outcomes.iter().all(|count| *count > 0),
        "{outcomes:?}: nothing raced"
    );
}
