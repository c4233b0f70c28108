//! Tokens that are taken back: on sign-out, or one by one.

use pollster::block_on;
use sse_gate_core::{RefusalReason, Signal};

use super::parts::{Scene, stranger, subject};

/// C12: whoever signed out opens no more streams, and nobody else is concerned.
#[test]
fn signing_out_withdraws_all_of_a_subjects_tokens() {
    let scene = Scene::new();
    let of_alice: Vec<_> = (0..5).map(|_| scene.issue("alice")).collect();
    let of_others = ["alic", "alice2", "Alice", "bob"].map(|name| scene.issue(name));
    scene.redeem(of_alice[0].token().expose()).unwrap();

    let withdrawn = block_on(scene.gate.withdraw_all(&subject("alice"))).unwrap();
    assert_eq!(withdrawn, 4, "one of five was used");
    assert_eq!(scene.seen.count(Signal::Withdrawn { tokens: 4 }), 1);
    for issued in &of_alice[1..] {
        let reason = scene.reason(issued.token().expose());
        assert_eq!(reason, RefusalReason::Withdrawn);
    }
    for issued in of_others {
        scene.redeem(issued.token().expose()).unwrap();
    }
}

/// C12: a subject that comes back gets tokens like before.
#[test]
fn a_subject_that_signed_out_may_sign_in_again() {
    let scene = Scene::new();
    for _ in 0..3 {
        for _ in 0..16 {
            scene.issue("alice");
        }
        assert!(scene.try_issue("alice").is_err());
        let withdrawn = block_on(scene.gate.withdraw_all(&subject("alice"))).unwrap();
        assert_eq!(withdrawn, 16);
    }
    let issued = scene.issue("alice");
    scene.redeem(issued.token().expose()).unwrap();
}

/// C12: a single token is withdrawn by its key, once.
#[test]
fn one_token_is_withdrawn_by_its_key() {
    let scene = Scene::new();
    let [kept, withdrawn] = [(); 2].map(|()| scene.issue("alice"));
    let withdraw = |key| block_on(scene.gate.withdraw(key)).unwrap();
    assert!(withdraw(withdrawn.key()));
    assert!(!withdraw(withdrawn.key()));
    assert!(!withdraw(stranger().key()));
    assert_eq!(scene.seen.count(Signal::Withdrawn { tokens: 1 }), 1);
    assert_eq!(scene.seen.count(Signal::Withdrawn { tokens: 0 }), 2);
    let reason = scene.reason(withdrawn.token().expose());
    assert_eq!(reason, RefusalReason::Withdrawn);
    scene.redeem(kept.token().expose()).unwrap();
}

/// What was used or has ended is not withdrawn.
#[test]
fn only_live_tokens_are_counted_as_withdrawn() {
    let scene = Scene::new();
    let [used, ended] = [(); 2].map(|()| scene.issue("alice"));
    scene.redeem(used.token().expose()).unwrap();
    assert!(!block_on(scene.gate.withdraw(used.key())).unwrap());
    scene.advance_millis(60_000);
    assert!(!block_on(scene.gate.withdraw(ended.key())).unwrap());
    let withdrawn = block_on(scene.gate.withdraw_all(&subject("alice"))).unwrap();
    assert_eq!(withdrawn, 0);
}
