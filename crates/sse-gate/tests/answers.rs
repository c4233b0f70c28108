//! What clients are answered with, status and headers, for every reason there is.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use sse_gate::core::{CredentialReason, EntropyError};
use sse_gate::mint::AuthError;
use sse_gate::sessions::error::{OpenError, SessionError, SessionErrorKind};
use sse_gate::{
    AttachError, Gate, GateRejection, GrantRequest, Limits, MemoryStore, Problem, Resource, Subject,
};
use support::{Handler, World, with};

/// A header of a response, as text; the empty one if it is not there.
fn header<'a, B>(response: &'a Response<B>, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

async fn members(response: Response<Full<Bytes>>) -> Value {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

/// D14: each refusal has its name, its status, its sentence, and the headers that its status
/// asks for.
#[tokio::test]
async fn every_rejection_is_answered_by_the_book() {
    let rows: &[(GateRejection, &str, u16, &str, &str)] = &[
        (
            GateRejection::Method,
            "method",
            405,
            "allow",
            "GET, OPTIONS",
        ),
        (GateRejection::Route, "route", 404, "", ""),
        (GateRejection::EarlyData, "early_data", 425, "", ""),
        (GateRejection::Body, "body", 400, "", ""),
        (GateRejection::Prefetch, "prefetch", 403, "", ""),
        (GateRejection::FetchMetadata, "fetch_metadata", 403, "", ""),
        (GateRejection::Accept, "accept", 406, "", ""),
        (GateRejection::Origin, "origin", 403, "", ""),
        (GateRejection::Capacity, "capacity", 503, "retry-after", "1"),
        (
            GateRejection::NoToken,
            "no_token",
            401,
            "www-authenticate",
            "Bearer realm=\"sse\"",
        ),
        (
            GateRejection::ManyTokens,
            "many_tokens",
            400,
            "www-authenticate",
            "Bearer realm=\"sse\", error=\"invalid_request\"",
        ),
        (
            GateRejection::BadToken,
            "bad_token",
            401,
            "www-authenticate",
            "Bearer realm=\"sse\", error=\"invalid_token\"",
        ),
        (
            GateRejection::Unavailable,
            "unavailable",
            503,
            "retry-after",
            "1",
        ),
        (
            GateRejection::SubjectCapacity,
            "subject_capacity",
            429,
            "retry-after",
            "5",
        ),
    ];
    let mut sentences = BTreeSet::new();
    for (rejection, name, status, with, value) in rows {
        assert_eq!(rejection.as_str(), *name);
        assert_eq!(rejection.status(), *status, "{name}");
        let response = rejection.to_response();
        assert_eq!(response.status(), *status, "{name}");
        for special in ["allow", "retry-after", "www-authenticate"] {
            let expected = if special == *with { *value } else { "" };
            assert_eq!(header(&response, special), expected, "{special} of {name}");
        }
        let members = members(response).await;
        assert_eq!(members["status"], *status);
        let sentence = members["detail"].as_str().unwrap().to_owned();
        assert!(sentence.len() > 10 && sentence.ends_with('.'), "{sentence}");
        assert!(sentences.insert(sentence), "{name} says what another says");
    }
}

/// RFC 9457: the members of a problem, which nobody caches or sniffs.
#[tokio::test]
async fn a_problem_is_problem_details() {
    let problem = Problem::new(StatusCode::IM_A_TEAPOT, "Tea, \"hot\".");
    assert_eq!(problem.status(), StatusCode::IM_A_TEAPOT);
    let response = problem.into_response();
    for (name, value) in [
        ("content-type", "application/problem+json"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(header(&response, name), value);
    }
    let expected = serde_json::json!({
        "type": "about:blank",
        "title": "I'm a teapot",
        "status": 418,
        "detail": "Tea, \"hot\".",
    });
    assert_eq!(members(response).await, expected);
}

/// RFC 9110 §10.2.3: whoever comes again after so many seconds does not come too early.
#[test]
fn a_wait_is_rounded_up_to_whole_seconds() {
    for (span, expected) in [
        (Duration::ZERO, "0"),
        (Duration::from_nanos(1), "1"),
        (Duration::from_millis(999), "1"),
        (Duration::from_secs(1), "1"),
        (Duration::new(1, 1), "2"),
        (Duration::from_secs(60), "60"),
        (Duration::MAX, "18446744073709551615"),
    ] {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "Wait.");
        let response = problem.with_retry_after(span).into_response();
        assert_eq!(header(&response, "retry-after"), expected, "{span:?}");
    }
}

/// C14, C15: who gets no token learns when to come again, if that helps.
#[tokio::test]
async fn a_token_that_is_not_issued_says_when_it_may_be() {
    let answer = async |limits: Limits, earlier: usize, payload: usize| {
        let gate = Gate::new(MemoryStore::new(limits));
        let resource = Resource::new(["chat"]).unwrap();
        let grant = || {
            let grant = GrantRequest::new(Subject::new("alice").unwrap(), resource.clone());
            grant.with_payload(&"x".repeat(payload)).unwrap()
        };
        for _ in 0..earlier {
            gate.issue(grant()).await.unwrap();
        }
        let error = gate.issue(grant()).await.unwrap_err();
        Problem::from(&error).into_response()
    };
    let one = || Limits::default().with_tokens_per_subject(1);
    let full = answer(one(), 1, 1).await;
    assert_eq!(full.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header(&full, "retry-after"), "60");

    let too_large = answer(Limits::default().with_payload(9), 0, 8).await;
    assert_eq!(too_large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(header(&too_large, "retry-after"), "", "it never helps");

    let crowded = answer(Limits::default().with_tokens(1), 1, 1).await;
    assert_eq!(crowded.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(header(&crowded, "retry-after"), "1");
}

/// A handler that gets no stream answers its client by the reason.
#[test]
fn a_stream_that_is_not_attached_says_what_helps() {
    let of_store = |kind| AttachError::NotOpened(SessionError::from(kind).into());
    let no_entropy = || EntropyError::new("no device");
    for (error, status, wait) in [
        (AttachError::Already, 500, ""),
        (AttachError::OtherLog, 410, ""),
        (AttachError::TooMuchWork, 429, "5"),
        (AttachError::TooMuchWorkInAll, 503, "1"),
        (AttachError::NoLog(no_entropy().into()), 503, "1"),
        (
            AttachError::NotOpened(OpenError::NoEntropy(no_entropy())),
            503,
            "1",
        ),
        (of_store(SessionErrorKind::FullForSubject), 429, "5"),
        (of_store(SessionErrorKind::Full), 503, "1"),
        (of_store(SessionErrorKind::Unavailable), 503, "1"),
        (of_store(SessionErrorKind::Revoked), 401, ""),
    ] {
        let shown = format!("{error:?}");
        let response = Problem::from(error).into_response();
        assert_eq!(response.status(), status, "{shown}");
        assert_eq!(header(&response, "retry-after"), wait, "{shown}");
        let challenge = header(&response, "www-authenticate");
        assert_eq!(!challenge.is_empty(), status == 401, "{shown}");
    }
}

/// C23: the mint tells a client apart what it can do something about, and nothing else.
#[test]
fn the_mint_challenges_by_the_book() {
    let (missing, bad) = (
        r#"Bearer realm="sse""#,
        r#"Bearer realm="sse", error="invalid_token""#,
    );
    let request = r#"Bearer realm="sse", error="invalid_request""#;
    for (reason, status, challenge) in [
        (CredentialReason::Missing, 401, missing),
        (CredentialReason::Malformed, 400, request),
        (CredentialReason::TooLarge, 431, ""),
        (CredentialReason::Unavailable, 503, ""),
        (CredentialReason::Invalid, 401, bad),
        (CredentialReason::Expired, 401, bad),
    ] {
        let problem = Problem::from(&AuthError::of(reason));
        let response = problem.into_response();
        assert_eq!(response.status(), status, "{reason:?}");
        assert_eq!(
            header(&response, "www-authenticate"),
            challenge,
            "{reason:?}"
        );
        let waits = header(&response, "retry-after") == "1";
        assert_eq!(waits, status == 503, "{reason:?}");
    }
}

/// A10: the weight of a media range, and no other parameter of it, says that it is not wanted
/// (RFC 9110 §12.5.1).
#[tokio::test]
async fn only_a_weight_of_zero_is_a_no() {
    for (accept, status) in [
        ("text/event-stream", 200),
        ("TEXT/Event-Stream", 200),
        ("text/event-stream;q=1", 200),
        ("text/event-stream; q=0.5", 200),
        ("text/event-stream;level=0", 200),
        ("text/event-stream;charset=utf-8;q=0.001", 200),
        ("text/html, text/event-stream", 200),
        ("text/event-stream;q=0", 406),
        ("text/event-stream;level=1; Q = 0.000", 406),
        ("text/event-stream2", 406),
        ("text/html", 406),
    ] {
        let world = World::new();
        let uri = format!("/generations/7/stream?token={}", world.token().await);
        let mut request = with(&uri, &[]);
        request
            .headers_mut()
            .insert("accept", accept.parse().unwrap());
        let response = world.service().ask(request).await;
        assert_eq!(response.status(), status, "{accept}");
    }
}

/// B18: an origin is taken just as a browser writes it, whatever its host is.
#[test]
fn an_origin_is_taken_as_a_browser_writes_it() {
    let layer = World::new().layer();
    let takes = |origin: &str| layer.clone().with_allowed_origins([origin]).is_ok();
    for good in [
        "https://app.example",
        "http://localhost",
        "http://localhost:3000",
        "https://a-b.example_c.test:8443",
        "http://127.0.0.1:8000",
        "http://[::1]",
        "http://[::1]:8080",
        "http://[fe80::1:2.3.4.5]:1",
        "https://app.example:80",
        "http://app.example:443",
        "tauri://localhost",
        "http://app.example:65535",
    ] {
        assert!(takes(good), "{good}");
    }
    for bad in [
        "https://app.example:443",
        "http://app.example:80",
        "http://[::1]:80",
        "http://[::1",
        "http://::1]",
        "http://[localhost]",
        "http://[::g]",
        "http://[::1]x",
        "http://a:b",
        "http://a:",
        "http://a:0",
        "http://a:080",
        "http://a:+8",
        "http://a:65536",
        "http://a:1:2",
        "http://a b",
        "http://a%20b",
        "http://a!b",
        "http://App.example",
        "http://",
        "://a",
    ] {
        assert!(!takes(bad), "{bad}");
    }
}
