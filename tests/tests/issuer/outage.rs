//! An issuer that can't be asked, or answers with no keys.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use sse_gate::core::CredentialReason::{Unavailable, UnknownKey};
use sse_gate::jwt::{FetchError, FetchErrorKind};
use sse_gate_tests::{eventually, in_time};

use crate::server::{Issuer, Mood};
use crate::signing::{EC, ED, RSA, jump};

const MINUTE: Duration = Duration::from_secs(60);

/// C6: the connection is refused; old keys are good for 10 minutes, then it is 503, and the first fetch
/// that succeeds heals it.
#[tokio::test]
async fn old_keys_outlive_an_outage_by_ten_minutes() {
    let mut issuer = Issuer::start(&[EC]).await;
    let authenticator = issuer.authenticator();
    let jwt = EC.sign(&issuer.name(), "alice");
    assert!(authenticator.verify(&jwt).await.is_ok());
    issuer.stop().await;
    for minute in 1..10 {
        jump(MINUTE).await;
        let verified = authenticator.verify(&jwt).await;
        assert!(verified.is_ok(), "after {minute} minutes: {verified:?}");
    }
    // What the issuer may have made since, it can't be asked about.
    let refused = authenticator
        .verify(&ED.sign(&issuer.name(), "alice"))
        .await;
    assert_eq!(refused.unwrap_err().reason(), Unavailable);
    for _ in 0..3 {
        jump(MINUTE).await;
        let refused = in_time("refusal", authenticator.verify(&jwt)).await;
        assert_eq!(refused.unwrap_err().reason(), Unavailable);
    }
    issuer.restart().await;
    let refused = authenticator.verify(&jwt).await.unwrap_err();
    assert_eq!(refused.reason(), Unavailable, "it was asked a moment ago");
    jump(Duration::from_secs(6)).await;
    assert!(authenticator.verify(&jwt).await.is_ok());
    let refused = authenticator
        .verify(&ED.sign(&issuer.name(), "alice"))
        .await;
    assert_eq!(refused.unwrap_err().reason(), UnknownKey);
}

/// C6: while the issuer is well, keys are renewed without a request that waits or is refused.
#[tokio::test]
async fn keys_are_renewed_behind_requests() {
    let issuer = Issuer::start(&[EC]).await;
    let authenticator = issuer.authenticator();
    let jwt = EC.sign(&issuer.name(), "alice");
    for _ in 0..6 {
        assert!(authenticator.verify(&jwt).await.is_ok());
        let before = issuer.fetches();
        jump(5 * MINUTE).await;
        assert!(authenticator.verify(&jwt).await.is_ok());
        eventually("a fetch", async || issuer.fetches() == before + 1).await;
    }
}

/// C6: each kind of bad answer, by its error. None takes longer than its 5 s, or more memory than the cap.
#[tokio::test]
async fn answers_that_are_no_keys_are_refused() {
    use FetchErrorKind::{Keys, Status, TooLong};

    let status = |code: u16| {
        let kind = Status(http::StatusCode::from_u16(code).unwrap());
        (Mood::Status(code), kind)
    };
    let many = json!({ "keys": vec![EC.jwk(); 10_000] }).to_string();
    let some = json!({ "keys": vec![EC.jwk(); 65] }).to_string();
    let secret = json!({ "keys": [{"kty": "oct", "kid": "a", "k": "c2VjcmV0"}] }).to_string();
    for (mood, kind) in [
        status(301),
        status(302),
        status(307),
        status(308),
        status(404),
        status(500),
        status(503),
        (Mood::Huge, TooLong),
        (Mood::Endless, TooLong),
        (Mood::Text(many), TooLong),
        (Mood::Text(some), Keys),
        (Mood::Text(secret), Keys),
        (Mood::Text("<html>sign in</html>".to_owned()), Keys),
        (Mood::Text(String::new()), Keys),
    ] {
        let issuer = Issuer::start(&[EC]).await;
        issuer.answers(mood);
        assert_eq!(fetch_error(&issuer).await, kind);
        assert_eq!(issuer.fetches(), 1, "no redirect is followed");
    }
    let issuer = Issuer::start(&[EC]).await;
    issuer.calls_itself("http://127.0.0.1/realms/other");
    assert_eq!(fetch_error(&issuer).await, FetchErrorKind::Issuer);
    assert_eq!(issuer.fetches(), 0);
    let mut issuer = Issuer::start(&[EC]).await;
    issuer.stop().await;
    assert_eq!(fetch_error(&issuer).await, FetchErrorKind::Client);
}

/// What the first fetch fails with. A JWT is refused with 503 for it.
async fn fetch_error(issuer: &Issuer) -> FetchErrorKind {
    let keys = issuer.keys();
    let error = in_time("fetch", keys.ready()).await.unwrap_err();
    let cause = error.source().unwrap();
    let cause = cause.downcast_ref::<Arc<FetchError>>().unwrap();
    let authenticator = sse_gate::JwtAuthenticator::new(keys, &issuer.name(), "streams").unwrap();
    let refused = authenticator
        .verify(&EC.sign(&issuer.name(), "alice"))
        .await;
    assert_eq!(refused.unwrap_err().reason(), Unavailable);
    cause.kind()
}

/// C6: an issuer that takes the request and says nothing, or stops in the middle, has 5 s.
#[tokio::test]
async fn a_slow_issuer_has_five_seconds() {
    for mood in [Mood::Silent, Mood::Stalled] {
        let issuer = Issuer::start(&[EC]).await;
        issuer.answers(mood);
        let start = Instant::now();
        let wait = tokio::spawn({
            let keys = issuer.keys();
            async move {
                // By the clock that jumps.
                let begun = tokio::time::Instant::now();
                (keys.ready().await.is_ok(), begun.elapsed())
            }
        });
        eventually("it is asked", async || issuer.fetches() == 1).await;
        jump(Duration::from_millis(4900)).await;
        let (is_ok, took) = in_time("refusal", wait).await.unwrap();
        assert!(!is_ok);
        assert!(took >= Duration::from_secs(5), "{took:?}");
        assert!(start.elapsed() < Duration::from_secs(4), "time was to jump");
    }
}

/// Keys are judged by their text: many an issuer serves them as another type.
#[tokio::test]
async fn the_type_of_the_answer_does_not_matter() {
    let issuer = Issuer::start(&[RSA]).await;
    issuer.answers(Mood::OtherType);
    assert!(issuer.keys().ready().await.is_ok());
}
