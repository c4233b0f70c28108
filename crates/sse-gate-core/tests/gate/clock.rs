//! What wall clocks that are set do to tokens and to streams.

use std::time::Duration;

use pollster::block_on;
use sse_gate_core::{Cap, Clock, IssueErrorKind, Limits, RefusalReason};

use super::parts::{Scene, grant};

const HOUR: Duration = Duration::from_secs(60 * 60);
const TTL: Duration = Duration::from_secs(60);

/// E9, I20: whichever way the wall clock was set, and whenever, a token is good until its TTL has
/// passed and no longer.
#[test]
fn a_token_outlives_no_setting_of_the_wall() {
    type Set = fn(&Scene);
    let ahead = |scene: &Scene| scene.clock.set_wall_ahead(HOUR);
    let back = |scene: &Scene| scene.clock.set_wall_back(HOUR);
    let nothing = |_: &Scene| ();
    let cases: [(&str, Set, Set); 3] = [
        ("ahead and put right", ahead, back),
        ("set back", nothing, back),
        ("set back before and after", back, back),
    ];
    for (case, before, after) in cases {
        let scene = Scene::that_forgets_nothing();
        before(&scene);
        let [early, late] = [(); 2].map(|()| scene.issue("alice"));
        after(&scene);
        scene.advance_millis(59_999);
        assert!(scene.redeem(early.token().expose()).is_ok(), "{case}");
        scene.advance_millis(1);
        let reason = scene.reason(late.token().expose());
        assert_eq!(reason, RefusalReason::Expired, "{case}");
    }
}

/// E9: a machine that slept through a token's life wakes up without it.
#[test]
fn a_token_dies_in_its_sleep() {
    let scene = Scene::new();
    let issued = scene.issue("alice");
    scene.clock.set_wall_ahead(TTL);
    let reason = scene.reason(issued.token().expose());
    assert_eq!(reason, RefusalReason::Expired);
}

/// I20: a subject that filled its cap while the wall clock was ahead has room again after a TTL.
#[test]
fn a_wall_clock_put_right_locks_no_client_out() {
    for (limits, cap) in [
        (Limits::default(), Cap::TokensPerSubject),
        (Limits::default().with_tokens(16), Cap::TokensInAll),
    ] {
        let limits = limits.with_tokens_per_subject(16);
        let scene = Scene::with_limits(limits);
        scene.clock.set_wall_ahead(HOUR);
        for n in 0..16 {
            let name = match cap {
                Cap::TokensPerSubject => "alice".to_owned(),
                _ => format!("subject {n}"),
            };
            scene.issue(&name);
        }
        scene.clock.set_wall_back(HOUR);
        let full = scene.try_issue("alice").unwrap_err();
        assert_eq!(full.kind(), IssueErrorKind::Full(cap));
        assert!(full.retry_after().unwrap() <= TTL, "{full:?}");
        scene.clock.advance(TTL);
        for _ in 0..16 {
            scene.issue("alice");
        }
    }
}

/// I20: a stream lasts no longer than was settled when its token was issued, though the date of its
/// deadline was put an hour off.
#[test]
fn a_stream_lasts_as_long_as_was_settled() {
    let secs = Duration::from_secs;
    for (credential, lasts) in [(secs(100), secs(100)), (2 * HOUR, HOUR)] {
        let scene = Scene::new();
        scene.clock.set_wall_ahead(HOUR);
        let expiry = scene.clock.now().saturating_add(credential);
        let wish = grant("alice").with_credential_expiry(expiry);
        let issued = block_on(scene.gate.issue(wish)).unwrap();
        scene.clock.set_wall_back(HOUR);
        let redeemed = scene.redeem(issued.token().expose()).unwrap();
        let now = scene.clock.now();
        assert_eq!(redeemed.deadline().saturating_since(now), lasts);
    }
}

/// E9: dates are compared with the wall as it stands. A credential that had ended by a wall clock
/// that was ahead is good again when that is put right.
#[test]
fn credentials_go_by_the_wall() {
    let scene = Scene::new();
    let expiry = scene.clock.now().saturating_add(TTL);
    let wish = || grant("alice").with_credential_expiry(expiry);
    scene.clock.set_wall_ahead(HOUR);
    let ended = block_on(scene.gate.issue(wish())).unwrap_err();
    assert_eq!(ended.kind(), IssueErrorKind::CredentialExpired);
    scene.clock.set_wall_back(HOUR);
    let issued = block_on(scene.gate.issue(wish())).unwrap();
    assert_eq!(issued.ttl(), TTL);
}
