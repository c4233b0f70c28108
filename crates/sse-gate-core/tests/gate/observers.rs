//! Who is told what: pairs and triples of observers, and the errors behind signals.

use std::error::Error;
use std::sync::{Arc, Mutex};

use pollster::block_on;
use sse_gate_core::{
    Cap, CredentialReason, GrantRequest, IssueErrorKind, MemoryStore, MintRefusalReason, Observer,
    RefusalReason, RefuseAllStore, Resource, Signal, StoreRole, Subject, TokenGate,
};

/// What was seen, each signal with the innermost error behind it.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<(Signal, String)>>>);

impl Log {
    fn lines(&self) -> Vec<(Signal, String)> {
        self.0.lock().unwrap().clone()
    }
}

impl Observer for Log {
    fn observe(&self, signal: Signal) {
        self.0.lock().unwrap().push((signal, String::new()));
    }

    fn observe_error(&self, signal: Signal, error: &(dyn Error + 'static)) {
        let mut last = error;
        while let Some(source) = last.source() {
            last = source;
        }
        self.0.lock().unwrap().push((signal, last.to_string()));
    }
}

/// Counts and looks at no error.
#[derive(Clone, Debug, Default)]
struct Count(Arc<Mutex<usize>>);

impl Observer for Count {
    fn observe(&self, _: Signal) {
        *self.0.lock().unwrap() += 1;
    }
}

fn grant() -> GrantRequest {
    GrantRequest::new(
        Subject::new("alice").unwrap(),
        Resource::new(["room"]).unwrap(),
    )
}

/// C23: two observers, or three, are one, and each hears every signal once, with its error.
#[test]
fn combined_observers_are_each_told_everything_once() {
    let (one, two, count) = (Log::default(), Log::default(), Count::default());
    let observers = Arc::new(((one.clone(), two.clone()), count.clone(), ()));
    let gate = TokenGate::builder(RefuseAllStore)
        .with_observer(observers)
        .build();
    let _ = block_on(gate.issue(grant())).unwrap_err();
    let _ = block_on(gate.withdraw_all(grant().subject())).unwrap_err();
    let text = format!("sset1_{}", "A".repeat(43));
    let _ = block_on(gate.redeem(&text, grant().resource())).unwrap_err();
    let _ = block_on(gate.redeem("no token", grant().resource()));
    gate.observe(Signal::Abandoned);
    let lines = one.lines();
    assert_eq!(lines, two.lines());
    assert_eq!(*count.0.lock().unwrap(), lines.len());
    let store = "this store refuses all";
    let refused = IssueErrorKind::StoreUnavailable;
    assert_eq!(lines[0], (Signal::IssueRefused(refused), store.to_owned()));
    let (last, told) = (lines.last().unwrap(), (Signal::Abandoned, String::new()));
    assert_eq!(*last, told);
    let malformed = (Signal::Refused(RefusalReason::Malformed), String::new());
    assert!(lines.contains(&malformed), "{lines:?}");
}

/// D7: a label tells which reason it was, so no two may read the same.
#[test]
fn no_two_reasons_at_the_mint_share_a_label() {
    use CredentialReason as C;
    use MintRefusalReason as M;
    let credentials = [
        C::Missing,
        C::Malformed,
        C::TooLarge,
        C::Unreadable,
        C::Expired,
        C::NotYetValid,
        C::Issuer,
        C::Audience,
        C::Signature,
        C::Algorithm,
        C::Type,
        C::Claims,
        C::Invalid,
        C::Unavailable,
    ];
    let kinds = [
        IssueErrorKind::CredentialExpired,
        IssueErrorKind::Withdrawn,
        IssueErrorKind::NoEntropy,
        IssueErrorKind::StoreUnavailable,
        IssueErrorKind::Full(Cap::TokensPerSubject),
        IssueErrorKind::Full(Cap::TokensInAll),
        IssueErrorKind::Full(Cap::PayloadPerToken),
        IssueErrorKind::Full(Cap::PayloadPerSubject),
        IssueErrorKind::Full(Cap::PayloadInAll),
    ];
    let others = [
        M::Method,
        M::Path,
        M::BodyTooSlow,
        M::BodyTooLarge,
        M::BodyNotJson,
        M::BodyBroken,
        M::BodiesPerSubject,
        M::BodiesInAll,
        M::Forbidden,
        M::NotFound,
        M::Unprocessable,
        M::TooLarge,
    ];
    let all = others.into_iter();
    let all = all.chain(credentials.map(M::Credential));
    let all = all.chain(kinds.map(M::NotIssued));
    let mut labels: Vec<_> = all.map(M::as_str).collect();
    let is_label = |label: &&str| {
        label
            .bytes()
            .all(|it| it.is_ascii_lowercase() || it == b'_')
    };
    assert!(labels.iter().all(is_label), "{labels:?}");
    let count = labels.len();
    labels.sort_unstable();
    labels.dedup();
    assert_eq!(labels.len(), count, "{labels:?}");
    assert_ne!(StoreRole::Tokens.as_str(), StoreRole::Sessions.as_str());
}

#[test]
fn a_gate_over_a_store_made_of_its_own_knows_its_tokens() {
    let gate = TokenGate::new(MemoryStore::default());
    let over = gate.map_store(sse_gate_core::SharedStore::new);
    let issued = block_on(over.issue(grant())).unwrap();
    let token = issued.token().expose();
    assert!(block_on(gate.redeem(token, grant().resource())).is_ok());
    assert!(block_on(over.redeem(token, grant().resource())).is_err());
}
