//! What errors and debug prints say.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

use pollster::block_on;
use sse_gate_core::{
    Cap, EntropyError, Entry, FullError, Grant, GrantRequest, MemoryStore, RefusalReason, Resource,
    SharedStore, StoreError, Subject, TokenGate, TokenKey, TokenStore,
};

fn grant() -> GrantRequest {
    let subject = Subject::new("alice").unwrap();
    GrantRequest::new(subject, Resource::new(["chat", "42"]).unwrap())
}

fn granted(request: GrantRequest) -> Grant {
    block_on(TokenGate::new(MemoryStore::default()).grant(request)).unwrap()
}

/// What a store keeps for a grant.
fn entry() -> Entry {
    let gate = TokenGate::new(MemoryStore::default()).erased();
    let issued = block_on(gate.issue(grant())).unwrap();
    let presented = gate.begin(issued.token().expose(), grant().resource());
    block_on(gate.take(&presented.unwrap())).unwrap().unwrap()
}

/// An error of each type, and of each kind that has words of its own.
fn errors() -> Vec<Box<dyn Error>> {
    let text = granted(grant().with_payload("text").unwrap());
    let caps = [
        Cap::TokensPerSubject,
        Cap::TokensInAll,
        Cap::PayloadPerToken,
        Cap::PayloadPerSubject,
        Cap::PayloadInAll,
    ];
    let full = caps.map(|cap| Box::new(FullError::new(cap, Duration::ZERO)) as Box<dyn Error>);
    let mut errors: Vec<Box<dyn Error>> = vec![
        Box::new(EntropyError::new("no device")),
        Box::new(Entry::from_bytes(*b"").unwrap_err()),
        Box::new(Entry::from_bytes(&entry().as_bytes()[..9]).unwrap_err()),
        Box::new(granted(grant()).payload::<String>().unwrap_err()),
        Box::new(text.payload::<u8>().unwrap_err()),
        Box::new(Resource::new::<&str>([]).unwrap_err()),
        Box::new(Resource::new(["x".repeat(2000)]).unwrap_err()),
        Box::new(Subject::new("").unwrap_err()),
        Box::new(Subject::new("\n").unwrap_err()),
        Box::new(Subject::new("x".repeat(1000)).unwrap_err()),
        Box::new(StoreError::exists()),
        Box::new(StoreError::corrupt("bad tag")),
        Box::new(StoreError::unavailable("no route")),
    ];
    let builder = TokenGate::builder(MemoryStore::default());
    errors.push(Box::new(builder.with_ttl(Duration::ZERO).unwrap_err()));
    errors.extend(full);
    errors
}

/// Words for a log line: something, in lower case, without a full stop, and for each its own.
#[test]
fn every_error_says_what_is_wrong() {
    let said: Vec<_> = errors().iter().map(ToString::to_string).collect();
    for (n, words) in said.iter().enumerate() {
        assert!(
            words.starts_with(|first: char| first.is_ascii_lowercase()),
            "{words:?}"
        );
        assert!(words.len() > 10 && !words.ends_with('.'), "{words:?}");
        assert!(!said[..n].contains(words), "{words:?} is said twice");
    }
}

/// A reason has a name of its own, fit for a metric's label.
#[test]
fn every_reason_has_a_name() {
    let names = [
        (RefusalReason::Malformed, "malformed"),
        (RefusalReason::Unknown, "unknown"),
        (RefusalReason::Used, "used"),
        (RefusalReason::Expired, "expired"),
        (RefusalReason::Withdrawn, "withdrawn"),
        (RefusalReason::Corrupt, "corrupt"),
        (RefusalReason::Unavailable, "unavailable"),
    ];
    for (reason, name) in names {
        assert_eq!(reason.as_str(), name);
    }
}

/// A store's error at a cap says which, in the words of the cap.
#[test]
fn an_error_at_a_cap_says_which() {
    let full = FullError::new(Cap::PayloadInAll, Duration::ZERO);
    assert_eq!(StoreError::from(full).to_string(), full.to_string());
}

/// What a backend or a parser said is kept behind the error.
#[test]
fn an_error_keeps_its_source() {
    let source = |error: &dyn Error| error.source().map(ToString::to_string);
    let unavailable = StoreError::unavailable("no route");
    assert_eq!(source(&unavailable).unwrap(), "no route");
    assert_eq!(
        source(&EntropyError::new("no device")).unwrap(),
        "no device"
    );
    let mistyped = granted(grant().with_payload("text").unwrap());
    let mistyped = mistyped.payload::<u8>().unwrap_err();
    assert!(source(&mistyped).unwrap().contains("invalid type"));

    assert_eq!(source(&StoreError::exists()), None);
    let absent = granted(grant()).payload::<u8>().unwrap_err();
    assert_eq!(source(&absent), None);
}

/// D6, D8: a redacted print still names its type, and shows what is not a secret.
#[test]
fn a_debug_print_names_its_type_and_what_is_no_secret() {
    let gate = TokenGate::new(MemoryStore::default());
    let issued = block_on(gate.issue(grant())).unwrap();
    let key = issued.key();
    let presented = gate
        .begin(issued.token().expose(), grant().resource())
        .unwrap();
    let future = SharedStore::new(MemoryStore::default()).take_owned(key);
    let store = SharedStore::new(MemoryStore::default());
    let entry = block_on(gate.erased().take(&presented)).unwrap().unwrap();
    let shown_key = format!("{key:?}");
    assert!(shown_key.starts_with("TokenKey(") && shown_key.len() > "TokenKey()".len());

    let shows = |value: &dyn Debug, parts: &[&str]| {
        let print = format!("{value:?}");
        for part in parts {
            assert!(print.contains(part), "{part} is not in {print}");
        }
    };
    shows(&presented, &["Redemption", &shown_key]);
    shows(&entry, &["Entry", &shown_key, "expires_at", "len"]);
    for shown in [&grant() as &dyn Debug, &granted(grant())] {
        shows(shown, &["Grant", "alice", "chat", "42", "payload_len"]);
    }
    shows(grant().resource(), &["Resource", "chat", "42"]);
    shows(&store, &["SharedStore", "MemoryStore"]);
    shows(&future, &["TakeFuture"]);
    shows(&gate, &["TokenGate", "Recent"]);
    let other = TokenKey::from_bytes([7; 32]);
    assert_ne!(format!("{other:?}"), shown_key);
    drop(block_on(store.take(other)).unwrap());
}
