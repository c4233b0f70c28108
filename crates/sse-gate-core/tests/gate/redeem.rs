//! A token opens one stream, of one resource, in time.

use std::error::Error;

use pollster::block_on;
use sse_gate_core::{
    Grant, IssueErrorKind, RefusalReason, RefuseAllStore, Resource, Signal, StoreError, TokenGate,
};

use super::parts::{Scene, chat, grant, stranger, subject};

/// A1: a replay is counted as what it is.
#[test]
fn a_token_is_redeemed_once_and_a_replay_is_counted() {
    let scene = Scene::new();
    let issued = scene.issue("alice");
    let token = issued.token().expose();
    assert_eq!(scene.redeem(token).unwrap().subject(), &subject("alice"));
    for replays in 1..=3 {
        assert_eq!(scene.reason(token), RefusalReason::Used);
        let used = Signal::Refused(RefusalReason::Used);
        assert_eq!(scene.seen.count(used), replays);
    }
    let redeemed = Signal::Redeemed { continues: false };
    assert_eq!(scene.seen.count(redeemed), 1);
}

/// A redeemed grant says what was granted.
#[test]
fn a_grant_comes_through_whole() {
    let scene = Scene::new();
    let wish = grant("zoë")
        .with_payload(&("what is a grant?\r\n", 7))
        .unwrap()
        .with_continuation(true);
    let issued = block_on(scene.gate.issue(wish)).unwrap();
    let grant = scene.redeem(issued.token().expose()).unwrap();
    assert_eq!(grant.subject(), &subject("zoë"));
    assert_eq!(grant.resource(), &chat());
    assert_eq!(
        grant.payload::<(String, u8)>().unwrap(),
        ("what is a grant?\r\n".to_owned(), 7)
    );
    assert_eq!(grant.expires_at(), issued.expires_at());
    assert!(grant.continues());
    let redeemed = Signal::Redeemed { continues: true };
    assert_eq!(scene.seen.count(redeemed), 1);
}

/// B9, B13, B15: shown for another resource it is unknown there, and not burnt here.
#[test]
fn another_resource_leaves_the_token_intact() {
    let scene = Scene::new();
    let issued = scene.issue("alice");
    let token = issued.token().expose();
    let others: [&[&str]; 6] = [
        &["chat", "43"],
        &["chat", "4"],
        &["chat", "42", ""],
        &["chat42"],
        &["ch", "at42"],
        &["Chat", "42"],
    ];
    for parts in others {
        let other = Resource::new(parts).unwrap();
        let refusal = block_on(scene.gate.redeem(token, &other)).unwrap_err();
        assert_eq!(refusal.reason(), RefusalReason::Unknown, "{parts:?}");
    }
    assert!(scene.redeem(token).is_ok());
}

/// E10: valid if, and only if, now is before the end.
#[test]
fn a_token_lives_half_open() {
    for (millis, lives) in [(0, true), (59_999, true), (60_000, false), (60_001, false)] {
        let scene = Scene::new();
        let issued = scene.issue("alice");
        scene.advance_millis(millis);
        let outcome = scene.redeem(issued.token().expose());
        assert_eq!(outcome.is_ok(), lives, "{millis} ms after it was issued");
    }
}

/// Each reason is told to the observer, and only there.
#[test]
fn every_reason_for_a_miss_is_told_apart() {
    let scene = Scene::that_forgets_nothing();
    let [used, withdrawn, expired] = [(); 3].map(|()| scene.issue("alice"));
    scene.redeem(used.token().expose()).unwrap();
    assert!(block_on(scene.gate.withdraw(withdrawn.key())).unwrap());
    assert_eq!(
        scene.reason(withdrawn.token().expose()),
        RefusalReason::Withdrawn
    );
    scene.advance_millis(60_000);
    for (token, reason) in [
        ("", RefusalReason::Malformed),
        ("no token at all", RefusalReason::Malformed),
        (stranger().token().expose(), RefusalReason::Unknown),
        (used.token().expose(), RefusalReason::Used),
        (expired.token().expose(), RefusalReason::Expired),
    ] {
        assert_eq!(scene.reason(token), reason, "{token}");
        assert_eq!(scene.seen.take().last(), Some(&Signal::Refused(reason)));
    }
}

/// E1: without its store a gate redeems no token and issues none.
#[test]
fn without_a_store_no_token_is_redeemed_or_issued() {
    let gate = TokenGate::new(RefuseAllStore);
    let refused = block_on(gate.issue(grant("alice"))).unwrap_err();
    assert_eq!(refused.kind(), IssueErrorKind::StoreUnavailable);
    let refusal = block_on(gate.redeem(stranger().token().expose(), &chat())).unwrap_err();
    assert!(refusal.is_unavailable());
    assert_eq!(refusal.reason(), RefusalReason::Unavailable);
    assert!(refusal.source().is_some());
    assert!(block_on(gate.withdraw(stranger().key())).is_err());
    assert!(block_on(gate.withdraw_all(&subject("alice"))).is_err());
}

/// E8: a store that found damaged bytes is in order. The token is refused as every bad token, and the
/// observer learns why.
#[test]
fn a_corrupt_entry_is_a_bad_token() {
    let scene = Scene::new();
    let gate = scene.gate.erased();
    let issued = scene.issue("alice");
    let presented = gate.begin(issued.token().expose(), &chat()).unwrap();
    let answer = Err(StoreError::corrupt("the tag does not fit"));
    let refusal = presented.settle(answer).unwrap_err();
    assert_eq!(refusal.reason(), RefusalReason::Corrupt);
    assert!(!refusal.is_unavailable());
    let refused = Signal::Refused(RefusalReason::Corrupt);
    assert_eq!(scene.seen.count(refused), 1);
}

/// F1, F2: presenting consumes nothing, taking does, and settling only says what was taken.
#[test]
fn a_token_is_untouched_until_the_store_is_asked() {
    let scene = Scene::new();
    let gate = scene.gate.erased();
    let issued = scene.issue("alice");
    let token = issued.token().expose();

    drop(scene.gate.redeem(token, &chat()));
    gate.begin(token, &chat()).unwrap().abandon();
    let presented = gate.begin(token, &chat()).unwrap();
    drop(gate.take(&presented));

    let answer = block_on(gate.take(&presented));
    let grant: Grant = presented.settle(answer).unwrap();
    assert_eq!(grant.subject(), &subject("alice"));
    assert_eq!(scene.reason(token), RefusalReason::Used);
    assert_eq!(scene.seen.count(Signal::Abandoned), 1);
}
