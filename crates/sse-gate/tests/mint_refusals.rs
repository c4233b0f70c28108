//! What the observer of a gate is told of refusals at the mint, and the client is not.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::future::ready;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use sse_gate::core::{
    Cap, CredentialReason, Entropy, EntropyError, IssueErrorKind, MintRefusalReason,
    RefuseAllStore, Signal, Timestamp,
};
use sse_gate::mint::{
    AuthError, Authenticator, Bearer, Denied, Identity, MintRequest, MintService, Permit,
};
use sse_gate::{Gate, Limits, MemoryStore, SseRoute, Subject};
use support::Witness;
use tower::ServiceExt;

/// Knows callers by name, and refuses those whose name is a reason to.
fn who(parts: &Parts) -> Result<Identity, AuthError> {
    let name = Bearer::of(&parts.headers)?.as_str();
    let identity = Identity::new(Subject::new(name).unwrap());
    Err(match name {
        "invalid" => AuthError::invalid(),
        "issuer" => AuthError::of(CredentialReason::Issuer).because("it is another's"),
        "expired" => AuthError::of(CredentialReason::Expired),
        "down" => AuthError::unavailable("no route"),
        "ended" => return Ok(identity.with_expiry(Timestamp::from_unix_secs(1))),
        _ => return Ok(identity),
    })
}

fn whether(request: &MintRequest) -> Result<Permit, Denied> {
    match &request.body[..] {
        b"\"theirs\"" => Err(Denied::Forbidden),
        b"\"nowhere\"" => Err(Denied::NotFound),
        b"\"odd\"" => Err(Denied::Unprocessable),
        b"\"long\"" => Err(Denied::TooLarge),
        b"\"payload\"" => Ok(request.permit().with_payload(&"x".repeat(100)).unwrap()),
        _ => Ok(request.permit()),
    }
}

async fn ask(
    mint: MintService,
    (method, path, credential, body): (&str, &str, &str, &str),
) -> Response<Bytes> {
    let mut request = Request::builder().method(method).uri(path);
    if !credential.is_empty() {
        request = request.header("authorization", credential);
    }
    let kind = if body.starts_with('<') {
        "text/xml"
    } else {
        "application/json"
    };
    let request = request
        .header("content-type", kind)
        .body(Full::<Bytes>::from(body.to_owned()))
        .unwrap();
    let (parts, body) = mint.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Response::from_parts(parts, body)
}

fn mint(gate: &Gate) -> MintService {
    mint_for(gate, |parts: Parts| ready(who(&parts)))
}

fn mint_for(gate: &Gate, who: impl Authenticator<Claims = ()>) -> MintService {
    let route = SseRoute::new("/rooms").unwrap();
    let route = route.with_mint_path("/rooms/token").unwrap();
    let whether = |request: MintRequest| ready(whether(&request));
    MintService::new(gate, route, who, whether).with_max_body(100)
}

/// C23: one signal for each refusal, with its own reason, after the gate's if it was the gate's.
#[tokio::test]
async fn every_refusal_is_told_with_its_reason() {
    use CredentialReason as Of;
    use MintRefusalReason::{self as Reason, Credential, NotIssued};

    let long = format!("Bearer {}", "a".repeat(8 * 1024 + 1));
    let large = "x".repeat(101);
    let ended = NotIssued(IssueErrorKind::CredentialExpired);
    let full = NotIssued(IssueErrorKind::Full(Cap::PayloadPerToken));
    let at = |credential, body| ("POST", "/rooms/token", credential, body);
    let by_alice = |body| at("Bearer alice", body);
    let rows = [
        (("GET", "/rooms/token", "", ""), 405, Reason::Method),
        (("POST", "/rooms", "", ""), 404, Reason::Path),
        (at("", ""), 401, Credential(Of::Missing)),
        (at("Basic YTpi", ""), 401, Credential(Of::Missing)),
        (at("Bearer a b", ""), 400, Credential(Of::Malformed)),
        (at(&long, ""), 431, Credential(Of::TooLarge)),
        (at("Bearer invalid", ""), 401, Credential(Of::Invalid)),
        (at("Bearer issuer", ""), 401, Credential(Of::Issuer)),
        (at("Bearer expired", ""), 401, Credential(Of::Expired)),
        (at("Bearer down", ""), 503, Credential(Of::Unavailable)),
        (at("Bearer ended", ""), 401, ended),
        (by_alice("<a/>"), 415, Reason::BodyNotJson),
        (by_alice(&large), 413, Reason::BodyTooLarge),
        (by_alice("\"theirs\""), 403, Reason::Forbidden),
        (by_alice("\"nowhere\""), 404, Reason::NotFound),
        (by_alice("\"odd\""), 422, Reason::Unprocessable),
        (by_alice("\"long\""), 413, Reason::TooLarge),
        (by_alice("\"payload\""), 413, full),
    ];
    for (request, status, reason) in rows {
        let witness = Witness::default();
        let store = MemoryStore::new(Limits::default().with_payload(50));
        let gate = Gate::builder().with_observer(witness.clone()).build(store);
        let shown = format!("{request:.60?}");
        let response = ask(mint(&gate), request).await;
        assert_eq!(response.status().as_u16(), status, "{shown}");
        let mut expected = vec![Signal::MintRefused(reason)];
        if let NotIssued(kind) = reason {
            expected.insert(0, Signal::IssueRefused(kind));
        }
        assert_eq!(witness.signals(), expected, "{shown}");
    }
    let witness = Witness::default();
    let gate = Gate::builder().with_observer(witness.clone());
    let response = ask(mint(&gate.in_memory()), by_alice("{}")).await;
    assert_eq!(response.status(), 200);
    assert_eq!(witness.signals(), [Signal::Issued], "and none without one");
}

/// C23: caps, stores that are down and a system without randomness are told of, too.
#[tokio::test]
async fn what_the_gate_refuses_is_told_of_the_mint() {
    #[derive(Debug)]
    struct Dry;

    impl Entropy for Dry {
        fn fill(&self, _: &mut [u8; 32]) -> Result<(), EntropyError> {
            Err(EntropyError::new("it is dry"))
        }
    }

    let request = || ("POST", "/rooms/token", "Bearer alice", "");
    let witness = Witness::default();
    let store = MemoryStore::new(Limits::default().with_tokens_per_subject(1));
    let gate = Gate::builder().with_observer(witness.clone()).build(store);
    ask(mint(&gate), request()).await;
    assert_eq!(ask(mint(&gate), request()).await.status(), 429);
    let gate = Gate::builder()
        .with_observer(witness.clone())
        .build(RefuseAllStore);
    assert_eq!(ask(mint(&gate), request()).await.status(), 503);
    let gate = Gate::builder().with_entropy(Dry);
    let gate = gate
        .with_observer(witness.clone())
        .build(MemoryStore::default());
    assert_eq!(ask(mint(&gate), request()).await.status(), 503);
    let told = witness
        .signals()
        .into_iter()
        .filter_map(|signal| match signal {
            Signal::MintRefused(MintRefusalReason::NotIssued(kind)) => Some(kind),
            _ => None,
        });
    let expected = [
        IssueErrorKind::Full(Cap::TokensPerSubject),
        IssueErrorKind::StoreUnavailable,
        IssueErrorKind::NoEntropy,
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

/// C23, D14: the observer is told why, and the client reads the same words whatever it was.
#[cfg(feature = "jwt-rust-crypto")]
#[tokio::test]
async fn every_bad_jwt_is_told_apart_and_answered_alike() {
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;
    use sse_gate::core::{Clock, ManualClock};
    use sse_gate::{JwtAuthenticator, JwtKey};

    let clock = ManualClock::default();
    let now = clock.now().as_unix_millis() / 1000;
    let authenticator =
        JwtAuthenticator::new(JwtKey::hs256(&[7; 32]).unwrap(), "issuer", "audience").unwrap();
    let authenticator = authenticator.with_clock(clock.clone());
    let good = json!({"sub": "alice", "iss": "issuer", "aud": "audience", "exp": now + 60});
    let signed = |header: Header, key: u8, changes: serde_json::Value| {
        let mut claims = good.clone();
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        encode(
            &header,
            &claims,
            &EncodingKey::from_secret(&[key; 64][..32]),
        )
        .unwrap()
    };
    let other_type = Header {
        typ: Some("id_token".to_owned()),
        ..Header::default()
    };
    let other_algorithm = Header::new(jsonwebtoken::Algorithm::HS512);
    let own = Header::default;
    let rows = [
        ("x".to_owned(), CredentialReason::Unreadable),
        (
            signed(other_algorithm, 7, json!({})),
            CredentialReason::Algorithm,
        ),
        (signed(other_type, 7, json!({})), CredentialReason::Type),
        (signed(own(), 8, json!({})), CredentialReason::Signature),
        (
            signed(own(), 7, json!({"sub": 7})),
            CredentialReason::Claims,
        ),
        (
            signed(own(), 7, json!({"iss": "x"})),
            CredentialReason::Issuer,
        ),
        (
            signed(own(), 7, json!({"aud": "x"})),
            CredentialReason::Audience,
        ),
        (
            signed(own(), 7, json!({"exp": 1})),
            CredentialReason::Expired,
        ),
        (
            signed(own(), 7, json!({"nbf": now + 60})),
            CredentialReason::NotYetValid,
        ),
    ];
    let mut answers = Vec::new();
    for (jwt, reason) in rows {
        let witness = Witness::default();
        let gate = Gate::builder().with_observer(witness.clone());
        let mint = mint_for(&gate.in_memory(), authenticator.clone());
        let credential = format!("Bearer {jwt}");
        let response = ask(mint, ("POST", "/rooms/token", &credential, "")).await;
        let told = [Signal::MintRefused(MintRefusalReason::Credential(reason))];
        assert_eq!(witness.signals(), told);
        answers.push(format!("{response:?}"));
    }
    assert!(answers[0].contains("401"));
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:#?}"
    );
}
