//! Tokens that are taken back: on sign-out, or one by one.

use pollster::block_on;
use sse_gate_core::{IssueErrorKind, RefusalReason, RefuseAllStore, Signal, TokenGate};

use super::parts::{Scene, grant, stranger, subject};

/// C12: a subject that has signed out opens no more streams. Other subjects do.
#[test]
fn signing_out_withdraws_all_of_a_subjects_tokens() {
    let scene = Scene::that_forgets_nothing();
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

/// C20: a token is not issued to a subject that signed out after it was authenticated, and its
/// sign-out is told of.
#[test]
fn no_token_is_issued_on_an_authentication_from_before_a_sign_out() {
    let scene = Scene::new();
    let begun = block_on(scene.gate.epoch()).unwrap();
    block_on(scene.gate.withdraw_all(&subject("alice"))).unwrap();
    let issue = |name| block_on(scene.gate.issue(grant(name).with_epoch(begun)));
    for _ in 0..3 {
        let refused = issue("alice").unwrap_err();
        assert_eq!(refused.kind(), IssueErrorKind::Withdrawn);
        assert_eq!(refused.retry_after(), None);
        assert_eq!(refused.to_string(), "subject's tokens were withdrawn");
    }
    let told = Signal::IssueRefused(IssueErrorKind::Withdrawn);
    assert_eq!(scene.seen.count(told), 3);
    let of_bob = issue("bob").unwrap();
    let redeemed = scene.redeem(of_bob.token().expose()).unwrap();
    assert_eq!(redeemed.epoch(), begun);

    // Who signs in again is authenticated anew.
    scene.issue("alice");
    let begun = block_on(scene.gate.epoch()).unwrap();
    assert!(block_on(scene.gate.issue(grant("alice").with_epoch(begun))).is_ok());
}

/// C20: without its store a gate tells no epoch.
#[test]
fn without_a_store_there_is_no_epoch() {
    assert!(block_on(TokenGate::new(RefuseAllStore).epoch()).is_err());
}
