//! What a client may pile up, and that others don't feel it.

use std::time::Duration;

use pollster::block_on;
use sse_gate_core::{Cap, IssueErrorKind, Limits, Signal};

use super::parts::{Scene, grant};

/// C15: the seventeenth token of a subject is refused, and it learns when the first ends.
#[test]
fn a_subject_has_sixteen_tokens_and_others_are_unaffected() {
    let scene = Scene::new();
    for _ in 0..16 {
        scene.issue("alice");
        scene.advance_millis(1_000);
    }
    let error = scene.try_issue("alice").unwrap_err();
    let kind = IssueErrorKind::Full(Cap::TokensPerSubject);
    assert_eq!(error.kind(), kind);
    // The first was issued 16 s ago.
    assert_eq!(error.retry_after(), Some(Duration::from_secs(44)));
    assert_eq!(scene.seen.count(Signal::IssueRefused(kind)), 1);
    scene.issue("bob");

    // After just that long there is room, for one.
    scene.advance_millis(43_999);
    assert!(scene.try_issue("alice").is_err());
    scene.advance_millis(1);
    scene.issue("alice");
    assert!(scene.try_issue("alice").is_err());
}

/// C15: room comes with use too.
#[test]
fn a_redeemed_token_gives_room() {
    let scene = Scene::with_limits(Limits::default().with_tokens_per_subject(1));
    for _ in 0..100 {
        let issued = scene.issue("alice");
        assert!(scene.try_issue("alice").is_err());
        scene.redeem(issued.token().expose()).unwrap();
    }
}

/// C16: a full store refuses every newcomer, and drops no token.
#[test]
fn a_full_store_refuses_newcomers_and_keeps_what_it_has() {
    let scene = Scene::with_limits(Limits::default().with_tokens(100));
    let issued: Vec<_> = (0..100)
        .map(|n| scene.issue(&format!("subject {n}")))
        .collect();
    for n in 0..1_000 {
        let error = scene.try_issue(&format!("newcomer {n}")).unwrap_err();
        assert_eq!(error.kind(), IssueErrorKind::Full(Cap::TokensInAll));
        assert!(error.retry_after().is_some());
    }
    for issued in &issued {
        scene.redeem(issued.token().expose()).unwrap();
    }
    assert!(scene.try_issue("newcomer").is_ok());
}

/// C16: expired tokens don't count, even if no client ever showed them.
#[test]
fn tokens_that_are_never_shown_stop_counting() {
    let scene = Scene::with_limits(Limits::default().with_tokens(10_000));
    for round in 0..3 {
        for n in 0..10_000 {
            scene.issue(&format!("subject {n} of round {round}"));
        }
        assert!(scene.try_issue("newcomer").is_err());
        scene.advance_millis(60_000);
    }
}

/// C14: each cap on payloads is named, and tells whether waiting helps.
#[test]
fn payloads_are_capped_by_name() {
    let limits = Limits::default()
        .with_payload_bytes_per_subject(100_000)
        .with_payload_bytes(150_000);
    let scene = Scene::with_limits(limits);
    let issue = |subject: &str, bytes: usize| {
        // As JSON it has two quotes more.
        let text = "x".repeat(bytes - 2);
        let wish = grant(subject).with_payload(&text).unwrap();
        block_on(scene.gate.issue(wish)).map_err(|error| (error.kind(), error.retry_after()))
    };
    let full = IssueErrorKind::Full;
    let minute = Some(Duration::from_secs(60));

    let too_large = issue("alice", 64 * 1024 + 1).unwrap_err();
    assert_eq!(too_large, (full(Cap::PayloadPerToken), None));
    issue("alice", 64 * 1024).unwrap();
    let subject_full = issue("alice", 40_000).unwrap_err();
    assert_eq!(subject_full, (full(Cap::PayloadPerSubject), minute));
    issue("bob", 60_000).unwrap();
    let (kind, retry_after) = issue("carol", 60_000).unwrap_err();
    assert_eq!(kind, full(Cap::PayloadInAll));
    assert!(retry_after.is_some());
    issue("carol", 10_000).unwrap();
}

/// C14: a payload may be anything that JSON can say, and comes back as it was.
#[test]
fn hostile_text_is_a_payload_like_any_other() {
    let scene = Scene::new();
    let nested = format!("{}{}", "[".repeat(100), "]".repeat(100));
    for text in ["data: x\r\n\r\nevent: y\0", "\u{2028}\u{feff}", &nested] {
        let wish = grant("alice").with_payload(text).unwrap();
        let issued = block_on(scene.gate.issue(wish)).unwrap();
        let grant = scene.redeem(issued.token().expose()).unwrap();
        assert_eq!(grant.payload::<String>().unwrap(), text);
    }
}
