//! `RemoteJwkSet` with a client of the test's own: when it fetches, and what it makes of the answer.
//!
//! Time stands still but for what a test advances.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(all(feature = "jwks", feature = "jwt-rust-crypto"))]

mod jwts;

use std::collections::VecDeque;
use std::error::Error;
use std::mem;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::join_all;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, Full, combinators::UnsyncBoxBody};
use jsonwebtoken::Algorithm::{ES256, EdDSA, PS256, RS256};
use jwts::{changed, jwk, reason, set, signed, with_keys};
use serde_json::{Value, json};
use sse_gate::core::CredentialReason::{self, Unavailable, UnknownKey};
use sse_gate::jwt::{
    FetchError, FetchErrorKind, JwkSet, KeyId, KeySource, RemoteJwkSet, RemoteJwkSetBuilder,
    RemoteJwkSetError, RsaAlgorithm,
};
use tokio::time::{advance, sleep};
use tower::Service;
use tower::util::BoxCloneService;

type AnyBody = UnsyncBoxBody<Bytes, Box<dyn Error + Send + Sync>>;
type Client =
    BoxCloneService<Request<Empty<Bytes>>, Response<AnyBody>, Box<dyn Error + Send + Sync>>;

/// What the issuer answers.
#[derive(Clone)]
enum Answer {
    Text(String),
    Status(StatusCode),
    Fail,
    Panic,
    Hang,
    /// The answer comes, and its body does not.
    HangInBody,
    BreakOff,
    After(Duration, String),
}

/// An issuer that answers as it is told, and keeps a list of what it was asked for.
#[derive(Clone)]
struct Issuer(Arc<Mutex<Told>>);

struct Told {
    answer: Answer,
    /// Answers that come first.
    first: VecDeque<Answer>,
    asked: Vec<String>,
}

impl Issuer {
    fn new(answer: Answer) -> Self {
        Self(Arc::new(Mutex::new(Told {
            answer,
            first: VecDeque::new(),
            asked: Vec::new(),
        })))
    }

    fn with_keys(keys: impl IntoIterator<Item = Value>) -> Self {
        Self::new(Answer::Text(set(keys)))
    }

    fn answers(&self, answer: Answer) {
        self.0.lock().unwrap().answer = answer;
    }

    fn answers_first(&self, answer: Answer) {
        self.0.lock().unwrap().first.push_back(answer);
    }

    fn fetches(&self) -> usize {
        self.0.lock().unwrap().asked.len()
    }

    fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.clone()
    }

    fn client(&self) -> Client {
        let told = Arc::clone(&self.0);
        let serve = move |request: Request<Empty<Bytes>>| {
            assert_eq!(request.method(), "GET");
            assert_eq!(
                request.headers()["accept"],
                "application/jwk-set+json, application/json"
            );
            let mut told = told.lock().unwrap();
            told.asked.push(request.uri().to_string());
            let answer = told
                .first
                .pop_front()
                .unwrap_or_else(|| told.answer.clone());
            answer.respond()
        };
        BoxCloneService::new(Polled {
            inner: tower::service_fn(serve),
            is_ready: false,
        })
    }

    fn keys(&self) -> RemoteJwkSet {
        self.built(RemoteJwkSet::builder("https://id.example/keys"))
    }

    fn built(&self, builder: RemoteJwkSetBuilder) -> RemoteJwkSet {
        builder.build(self.client()).unwrap()
    }
}

/// A client that is polled ready before each call, as one with a pool of connections must be.
#[derive(Clone)]
struct Polled<S> {
    inner: S,
    is_ready: bool,
}

impl<S: Service<R>, R> Service<R> for Polled<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.is_ready = true;
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> S::Future {
        assert!(mem::take(&mut self.is_ready), "it was not polled ready");
        self.inner.call(request)
    }
}

impl Answer {
    async fn respond(self) -> Result<Response<AnyBody>, Box<dyn Error + Send + Sync>> {
        let full = |text: String| {
            let body = Full::new(Bytes::from(text));
            Response::new(UnsyncBoxBody::new(body.map_err(|never| match never {})))
        };
        match self {
            Self::Text(text) => Ok(full(text)),
            Self::Status(status) => {
                let mut response = full(set([jwk(ES256, "a")]));
                *response.status_mut() = status;
                let location = "https://id.example/keys".parse().unwrap();
                response.headers_mut().insert("location", location);
                Ok(response)
            }
            Self::Fail => Err("connection refused".into()),
            Self::Panic => panic!("the client is broken"),
            Self::Hang => std::future::pending().await,
            Self::HangInBody => {
                let body = futures_util::stream::pending::<Result<_, std::io::Error>>();
                let body = http_body_util::StreamBody::new(body);
                Ok(Response::new(UnsyncBoxBody::new(body.map_err(Into::into))))
            }
            Self::BreakOff => {
                let frames = [
                    Ok(http_body::Frame::data(Bytes::from("{\"keys\":"))),
                    Err(std::io::Error::other("broken pipe")),
                ];
                let body = http_body_util::StreamBody::new(futures_util::stream::iter(frames));
                Ok(Response::new(UnsyncBoxBody::new(body.map_err(Into::into))))
            }
            Self::After(time, text) => {
                sleep(time).await;
                Ok(full(text))
            }
        }
    }
}

/// What becomes of a look-up for this id: `Ok`, or why it is refused.
async fn look_up(keys: &RemoteJwkSet, id: &str) -> Result<(), CredentialReason> {
    match keys.key(Some(&KeyId::new(id).unwrap())).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_unknown() => Err(UnknownKey),
        Err(_) => Err(Unavailable),
    }
}

/// Lets the tasks that are ready run.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

const SECOND: Duration = Duration::from_secs(1);

/// C4: a thousand requests at once make one fetch, and get their answers by it.
#[tokio::test(start_paused = true)]
async fn requests_that_come_together_share_one_fetch() {
    let text = set([jwk(ES256, "a")]);
    let issuer = Issuer::new(Answer::After(SECOND, text));
    let keys = issuer.keys();
    let ids: Vec<_> = (0..1000)
        .map(|at| if at % 2 == 0 { "a" } else { "b" })
        .collect();
    let answers = join_all(ids.iter().map(|id| look_up(&keys, id))).await;
    for (id, answer) in ids.iter().zip(answers) {
        let expected = if *id == "a" { Ok(()) } else { Err(UnknownKey) };
        assert_eq!(answer, expected, "{id}");
    }
    assert_eq!(issuer.fetches(), 1);
}

/// C4: a flood of ids that no key has makes one fetch in 30 s, and is answered without waiting in
/// between.
#[tokio::test(start_paused = true)]
async fn a_flood_of_unknown_ids_makes_one_fetch_in_thirty_seconds() {
    let issuer = Issuer::with_keys([jwk(ES256, "a")]);
    let keys = issuer.keys();
    keys.ready().await.unwrap();
    for half_minute in 1..=4 {
        for _ in 0..29 {
            advance(SECOND).await;
            for flood in 0..100 {
                let id = format!("flood-{flood}");
                let answer = look_up(&keys, &id).now_or_never().expect("no wait");
                assert_eq!(answer, Err(UnknownKey));
            }
            assert_eq!(issuer.fetches(), half_minute);
        }
        advance(SECOND).await;
        let ids: Vec<_> = (0..1000).map(|at| format!("flood-{at}")).collect();
        for answer in join_all(ids.iter().map(|id| look_up(&keys, id))).await {
            assert_eq!(answer, Err(UnknownKey));
        }
        assert_eq!(issuer.fetches(), half_minute + 1);
        assert_eq!(look_up(&keys, "a").await, Ok(()));
    }
}

/// C4: a new key is found by the first JWT that names it.
#[tokio::test(start_paused = true)]
async fn a_rotation_is_seen_within_one_fetch() {
    let issuer = Issuer::with_keys([jwk(ES256, "old")]);
    let keys = issuer.keys();
    assert_eq!(look_up(&keys, "old").await, Ok(()));
    issuer.answers(Answer::Text(set([jwk(EdDSA, "new")])));
    advance(29 * SECOND).await;
    assert_eq!(look_up(&keys, "new").await, Err(UnknownKey), "too early");
    advance(SECOND).await;
    assert_eq!(look_up(&keys, "new").await, Ok(()));
    assert_eq!(look_up(&keys, "old").await, Err(UnknownKey));
    assert_eq!(issuer.fetches(), 2);
}

/// C6: keys are fetched again in the background, and no request waits for it.
#[tokio::test(start_paused = true)]
async fn keys_are_refreshed_in_the_background() {
    let issuer = Issuer::with_keys([jwk(ES256, "a")]);
    for (keys, age) in [
        (issuer.keys(), 300),
        (
            issuer.built(
                RemoteJwkSet::builder("https://id.example/keys").with_refresh_after(60 * SECOND),
            ),
            60,
        ),
    ] {
        let before = issuer.fetches();
        keys.ready().await.unwrap();
        advance((age - 1) * SECOND).await;
        assert_eq!(look_up(&keys, "a").now_or_never(), Some(Ok(())));
        settle().await;
        assert_eq!(issuer.fetches(), before + 1);
        advance(SECOND).await;
        for _ in 0..100 {
            assert_eq!(look_up(&keys, "a").now_or_never(), Some(Ok(())));
        }
        settle().await;
        assert_eq!(issuer.fetches(), before + 2);
    }
}

/// C6: a key that was withdrawn is refused once the refresh has seen it.
#[tokio::test(start_paused = true)]
async fn a_refresh_drops_keys_that_are_gone() {
    let issuer = Issuer::with_keys([jwk(ES256, "a"), jwk(EdDSA, "b")]);
    let keys = issuer.keys();
    keys.ready().await.unwrap();
    issuer.answers(Answer::Text(set([jwk(EdDSA, "b")])));
    advance(300 * SECOND).await;
    assert_eq!(look_up(&keys, "a").await, Ok(()), "not yet known");
    settle().await;
    assert_eq!(look_up(&keys, "a").await, Err(UnknownKey));
    assert_eq!(look_up(&keys, "b").await, Ok(()));
}

/// C6: so it is if no JWT has come for long: the first one waits for the fetch. If that fails, the old keys are good.
#[tokio::test(start_paused = true)]
async fn keys_that_nobody_has_asked_for_are_fetched_first() {
    for (seconds, waits) in [(329, false), (330, true), (599, true)] {
        let issuer = Issuer::with_keys([jwk(ES256, "a"), jwk(EdDSA, "b")]);
        let keys = issuer.keys();
        keys.ready().await.unwrap();
        issuer.answers(Answer::Text(set([jwk(EdDSA, "b")])));
        advance(seconds * SECOND).await;
        let expected = if waits { Err(UnknownKey) } else { Ok(()) };
        assert_eq!(look_up(&keys, "a").await, expected, "{seconds}");
    }
    let issuer = Issuer::with_keys([jwk(ES256, "a")]);
    let keys = issuer.keys();
    keys.ready().await.unwrap();
    issuer.answers(Answer::Fail);
    advance(599 * SECOND).await;
    assert_eq!(look_up(&keys, "a").await, Ok(()));
    assert_eq!(issuer.fetches(), 2);
}

/// C6: in an outage old keys are good for 10 minutes, tried again each 30 s. Then every answer is 503,
/// tried again each 5 s, until a fetch succeeds.
#[tokio::test(start_paused = true)]
async fn an_outage_ends_in_503_and_heals() {
    let text = set([jwk(ES256, "a")]);
    let issuer = Issuer::new(Answer::Text(text.clone()));
    let keys = issuer.keys();
    keys.ready().await.unwrap();
    issuer.answers(Answer::Fail);
    let mut failures = 0;
    for second in 1..600 {
        advance(SECOND).await;
        assert_eq!(look_up(&keys, "a").await, Ok(()), "{second}");
        settle().await;
        if second >= 300 && (second - 300) % 30 == 0 {
            failures += 1;
        }
        assert_eq!(issuer.fetches(), 1 + failures, "{second}");
    }
    // Whether there is a key of this id can't be told: 503, not 401.
    assert_eq!(look_up(&keys, "b").await, Err(Unavailable));
    for second in 600..660 {
        advance(SECOND).await;
        assert_eq!(look_up(&keys, "a").await, Err(Unavailable), "{second}");
        if second % 5 == 0 {
            failures += 1;
        }
        assert_eq!(issuer.fetches(), 1 + failures, "{second}");
    }
    issuer.answers(Answer::Text(text));
    advance(5 * SECOND).await;
    assert_eq!(look_up(&keys, "a").await, Ok(()));
    assert_eq!(look_up(&keys, "b").await, Err(UnknownKey));
}

/// C6: nothing is good before the first fetch succeeds.
#[tokio::test(start_paused = true)]
async fn without_a_first_fetch_every_answer_is_503() {
    let issuer = Issuer::new(Answer::Fail);
    let keys = issuer.keys();
    let error = keys.ready().await.unwrap_err();
    assert!(!error.is_unknown());
    let cause = error.source().unwrap();
    assert_eq!(
        cause.to_string(),
        "fetching keys failed: the HTTP client failed"
    );
    assert_eq!(cause.source().unwrap().to_string(), "connection refused");
    issuer.answers(Answer::Text(set([jwk(ES256, "a")])));
    advance(4 * SECOND).await;
    assert_eq!(look_up(&keys, "a").now_or_never(), Some(Err(Unavailable)));
    let error = keys.key(None).await.unwrap_err();
    assert!(!error.is_unknown());
    advance(SECOND).await;
    assert_eq!(look_up(&keys, "a").await, Ok(()));
    assert!(keys.key(None).await.is_ok(), "there is one key");
    assert_eq!(issuer.fetches(), 2);
}

/// C6: an unknown id in an outage is tried again after 30 s, as long as old keys are good.
#[tokio::test(start_paused = true)]
async fn a_failed_fetch_makes_unknown_ids_unavailable() {
    let issuer = Issuer::with_keys([jwk(ES256, "a")]);
    let keys = issuer.keys();
    keys.ready().await.unwrap();
    issuer.answers(Answer::Fail);
    assert_eq!(look_up(&keys, "b").await, Err(UnknownKey));
    advance(30 * SECOND).await;
    assert_eq!(look_up(&keys, "b").await, Err(Unavailable));
    advance(29 * SECOND).await;
    assert_eq!(look_up(&keys, "b").now_or_never(), Some(Err(Unavailable)));
    assert_eq!(look_up(&keys, "a").await, Ok(()));
    assert_eq!(issuer.fetches(), 2);
    issuer.answers(Answer::Text(set([jwk(ES256, "a")])));
    advance(SECOND).await;
    assert_eq!(look_up(&keys, "b").await, Err(UnknownKey));
    assert_eq!(issuer.fetches(), 3);
}

/// C6: a request that is dropped takes no fetch with it, and no other request.
#[tokio::test(start_paused = true)]
async fn a_dropped_request_does_not_stop_the_fetch() {
    let issuer = Issuer::new(Answer::After(SECOND, set([jwk(ES256, "a")])));
    let keys = issuer.keys();
    let mut first = Box::pin(look_up(&keys, "a"));
    assert_eq!(first.as_mut().now_or_never(), None);
    let second = tokio::spawn({
        let keys = keys.clone();
        async move { look_up(&keys, "a").await }
    });
    settle().await;
    drop(first);
    assert_eq!(second.await.unwrap(), Ok(()));
    assert_eq!(issuer.fetches(), 1);
    // Not even the last one.
    issuer.answers(Answer::After(SECOND, set([jwk(ES256, "b")])));
    advance(30 * SECOND).await;
    assert_eq!(look_up(&keys, "b").now_or_never(), None);
    sleep(2 * SECOND).await;
    assert_eq!(look_up(&keys, "b").now_or_never(), Some(Ok(())));
    assert_eq!(issuer.fetches(), 2);
}

/// C6: each way for an answer to be no set of keys, told apart for logs.
#[tokio::test(start_paused = true)]
async fn answers_that_are_no_keys_are_errors() {
    use FetchErrorKind::{Body, Client, Keys, Status, TimedOut, TooLong};

    let status = |code: u16| {
        let status = StatusCode::from_u16(code).unwrap();
        (Answer::Status(status), Status(status))
    };
    let good = set([jwk(ES256, "a")]);
    let padded = |len: usize| Answer::Text(format!("{good}{}", " ".repeat(len - good.len())));
    let rows = [
        status(301),
        status(302),
        status(307),
        status(308),
        status(204),
        status(206),
        status(304),
        status(401),
        status(404),
        status(500),
        status(503),
        (Answer::Fail, Client),
        (Answer::Hang, TimedOut),
        (Answer::HangInBody, TimedOut),
        (Answer::After(5001 * SECOND / 1000, good.clone()), TimedOut),
        (Answer::BreakOff, Body),
        (padded(256 * 1024 + 1), TooLong),
        (Answer::Text("x".repeat(10 << 20)), TooLong),
        (Answer::Text("<html></html>".to_owned()), Keys),
        (Answer::Text(set([])), Keys),
        (Answer::Text(set(vec![jwk(ES256, "a"); 65])), Keys),
        (
            Answer::Text(set([json!({"kty": "oct", "k": "AAAA"})])),
            Keys,
        ),
    ];
    for (answer, kind) in rows {
        let error = refused(&Issuer::new(answer)).await;
        assert_eq!(error, kind);
    }
    for answer in [
        padded(256 * 1024),
        Answer::After(4999 * SECOND / 1000, good.clone()),
    ] {
        assert!(Issuer::new(answer).keys().ready().await.is_ok());
    }
}

/// Why a first fetch fails.
async fn refused(issuer: &Issuer) -> FetchErrorKind {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = {
        let seen = Arc::clone(&seen);
        move |fetched: Result<&JwkSet, &FetchError>| {
            seen.lock()
                .unwrap()
                .push(fetched.map(|_| ()).map_err(FetchError::kind));
        }
    };
    let keys = issuer.built(RemoteJwkSet::builder("https://id.example/keys").with_on_fetch(hook));
    let error = keys.ready().await.unwrap_err();
    let cause = error.source().unwrap().to_string();
    assert!(cause.starts_with("fetching keys failed: "), "{cause}");
    settle().await;
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 1);
    seen[0].unwrap_err()
}

/// A panic of the client's is a failed fetch like another.
#[tokio::test(start_paused = true)]
async fn a_client_that_panics_is_survived() {
    let issuer = Issuer::with_keys([jwk(ES256, "a")]);
    issuer.answers_first(Answer::Panic);
    let keys = issuer.keys();
    let error = keys.ready().await.unwrap_err();
    let cause = error.source().unwrap().to_string();
    assert_eq!(
        cause,
        "fetching keys failed: the fetch did not run to its end"
    );
    advance(5 * SECOND).await;
    assert_eq!(look_up(&keys, "a").await, Ok(()));
}

/// A fetch that is under way when its runtime ends is a failed one.
#[test]
fn a_runtime_that_ends_is_survived() {
    let issuer = Issuer::with_keys([jwk(ES256, "a")]);
    issuer.answers_first(Answer::Hang);
    let keys = issuer.keys();
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
    };
    runtime().block_on(async {
        assert_eq!(look_up(&keys, "a").now_or_never(), None);
        settle().await;
        assert_eq!(issuer.fetches(), 1);
    });
    runtime().block_on(async {
        assert_eq!(look_up(&keys, "a").await, Err(Unavailable));
        advance(5 * SECOND).await;
        assert_eq!(look_up(&keys, "a").await, Ok(()));
    });
}

/// A runtime that is over drops the fetch while it is begun. The request gets its answer all the same.
#[test]
fn a_runtime_that_is_over_is_survived() {
    let issuer = Issuer::with_keys([jwk(ES256, "a")]);
    let keys = issuer.keys();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let handle = runtime.handle().clone();
    drop(runtime);
    let _guard = handle.enter();
    for _ in 0..2 {
        let answer = look_up(&keys, "a").now_or_never();
        assert_eq!(answer, Some(Err(Unavailable)));
    }
    assert_eq!(issuer.fetches(), 0);
}

/// Without a runtime there is nothing to fetch in. It is an error and no panic.
#[test]
fn without_a_runtime_keys_are_unavailable() {
    let issuer = Issuer::with_keys([jwk(ES256, "a")]);
    let keys = issuer.keys();
    let answer = look_up(&keys, "a").now_or_never();
    assert_eq!(answer, Some(Err(Unavailable)));
    assert_eq!(issuer.fetches(), 0);
}

/// What an operator is told of each fetch.
#[tokio::test(start_paused = true)]
async fn the_hook_is_told_of_every_fetch() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hook = {
        let told = Arc::clone(&told);
        move |fetched: Result<&JwkSet, &FetchError>| {
            told.lock().unwrap().push(match fetched {
                Ok(set) => format!("{} good, {} skipped", set.key_count(), set.skipped().len()),
                Err(error) => error.to_string(),
            });
        }
    };
    let encryption = changed(jwk(RS256, "e"), &json!({"use": "enc"}));
    let issuer = Issuer::with_keys([jwk(ES256, "a"), encryption]);
    let keys = issuer.built(RemoteJwkSet::builder("https://id.example/keys").with_on_fetch(hook));
    keys.ready().await.unwrap();
    issuer.answers(Answer::Status(StatusCode::BAD_GATEWAY));
    advance(300 * SECOND).await;
    assert_eq!(look_up(&keys, "a").await, Ok(()));
    settle().await;
    let told = told.lock().unwrap();
    assert_eq!(
        *told,
        [
            "1 good, 1 skipped",
            "fetching keys failed: the status is not 200"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_program_says_what_rsa_keys_without_alg_are_for() {
    let issuer = Issuer::with_keys([changed(jwk(RS256, "a"), &json!({"alg": null}))]);
    for (keys, algorithm) in [
        (issuer.keys(), RS256),
        (
            issuer.built(
                RemoteJwkSet::builder("https://id.example/keys")
                    .with_rsa_default(RsaAlgorithm::Ps256),
            ),
            PS256,
        ),
    ] {
        let (authenticator, _) = with_keys(keys);
        for other in [RS256, PS256] {
            let refused = reason(authenticator.verify(&signed(other, Some("a"))).await);
            let expected = (other != algorithm).then_some(CredentialReason::Algorithm);
            assert_eq!(refused, expected, "{other:?}");
        }
    }
}

/// C6: where the keys are is the issuer's own word, and only its own.
#[tokio::test(start_paused = true)]
async fn the_configuration_of_an_issuer_says_where_its_keys_are() {
    use FetchErrorKind::{Configuration, Issuer as Other, Status, TooLong};

    let config = |issuer: &str, keys: &str| {
        json!({"issuer": issuer, "jwks_uri": keys, "more": [7]}).to_string()
    };
    let name = "https://id.example/realms/a";
    let keys = "https://keys.example/a.json";
    let rows = [
        (name, config(name, keys), None),
        (
            "https://id.example/",
            config("https://id.example/", keys),
            None,
        ),
        (
            "https://id.example",
            config("https://id.example", keys),
            None,
        ),
        (
            name,
            config("https://evil.example/realms/a", keys),
            Some(Other),
        ),
        (
            name,
            config("https://id.example/realms/a/", keys),
            Some(Other),
        ),
        (
            name,
            config("https://ID.example/realms/a", keys),
            Some(Other),
        ),
        (name, config("", keys), Some(Other)),
        (
            name,
            config(name, "http://keys.example/a.json"),
            Some(Configuration),
        ),
        (
            name,
            config(name, "file:///etc/passwd"),
            Some(Configuration),
        ),
        (name, config(name, "/keys"), Some(Configuration)),
        (
            name,
            config(name, "https://user:secret@keys.example/"),
            Some(Configuration),
        ),
        (name, config(name, ""), Some(Configuration)),
        (
            name,
            json!({"issuer": name}).to_string(),
            Some(Configuration),
        ),
        (
            name,
            json!({"jwks_uri": keys}).to_string(),
            Some(Configuration),
        ),
        (
            name,
            json!({"issuer": name, "jwks_uri": 7}).to_string(),
            Some(Configuration),
        ),
        (name, "<html>".to_owned(), Some(Configuration)),
        (name, " ".repeat(256 * 1024 + 1), Some(TooLong)),
    ];
    for (name, text, expected) in rows {
        let issuer = Issuer::with_keys([jwk(ES256, "a")]);
        issuer.answers_first(Answer::Text(text.clone()));
        let error = fetched(&issuer, name).await;
        assert_eq!(error, expected, "{text:.100}");
        let base = name.trim_end_matches('/');
        let mut asked = vec![format!("{base}/.well-known/openid-configuration")];
        asked.extend(expected.is_none().then(|| keys.to_owned()));
        assert_eq!(issuer.asked(), asked);
    }
    let issuer = Issuer::new(Answer::Status(StatusCode::FOUND));
    assert_eq!(
        fetched(&issuer, name).await,
        Some(Status(StatusCode::FOUND))
    );
}

/// What a first fetch by the issuer's configuration fails with.
async fn fetched(issuer: &Issuer, name: &str) -> Option<FetchErrorKind> {
    let kind = Arc::new(Mutex::new(None));
    let hook = {
        let kind = Arc::clone(&kind);
        move |fetched: Result<&JwkSet, &FetchError>| {
            *kind.lock().unwrap() = fetched.err().map(FetchError::kind);
        }
    };
    let keys = issuer.built(RemoteJwkSet::builder_for_issuer(name).with_on_fetch(hook));
    let is_ready = keys.ready().await.is_ok();
    settle().await;
    let kind = *kind.lock().unwrap();
    assert_eq!(is_ready, kind.is_none());
    kind
}

/// C6: the configuration and the keys together have 5 s.
#[tokio::test(start_paused = true)]
async fn both_requests_of_a_fetch_share_its_time() {
    let name = "https://id.example";
    let config = json!({"issuer": name, "jwks_uri": "https://id.example/keys"}).to_string();
    for (millis, expected) in [(2400, None), (2600, Some(FetchErrorKind::TimedOut))] {
        let time = Duration::from_millis(millis);
        let issuer = Issuer::new(Answer::After(time, set([jwk(ES256, "a")])));
        issuer.answers_first(Answer::After(time, config.clone()));
        assert_eq!(fetched(&issuer, name).await, expected, "{millis}");
    }
}

/// C6: an address that can't be right, or that anyone on the way can answer for, is an error at the start.
#[test]
fn addresses_are_https_and_plain() {
    use RemoteJwkSetError::{Insecure, Uri};

    let issuer = Issuer::new(Answer::Fail);
    for (address, strict, lax) in [
        ("https://id.example/keys?format=jwks", None, None),
        ("https://id.example:8443", None, None),
        ("HTTPS://id.example/keys", None, None),
        ("http://127.0.0.1:8080/keys", Some(Insecure), None),
        ("ftp://id.example/keys", Some(Uri), Some(Uri)),
        ("//id.example/keys", Some(Uri), Some(Uri)),
        ("id.example", Some(Uri), Some(Uri)),
        ("/keys", Some(Uri), Some(Uri)),
        ("", Some(Uri), Some(Uri)),
        ("https://", Some(Uri), Some(Uri)),
        ("https:///keys", Some(Uri), Some(Uri)),
        ("https://user@id.example/keys", Some(Uri), Some(Uri)),
        ("https://user:secret@id.example/keys", Some(Uri), Some(Uri)),
        ("https://id.example/keys#part", Some(Uri), Some(Uri)),
        ("https://id.example/a b", Some(Uri), Some(Uri)),
    ] {
        let built = RemoteJwkSet::builder(address).build(issuer.client());
        assert_eq!(built.err(), strict, "{address}");
        let built = RemoteJwkSet::builder(address)
            .with_insecure_http()
            .build(issuer.client());
        assert_eq!(built.err(), lax, "{address}");
    }
    for (address, error) in [
        ("https://id.example/realms/a", None),
        ("https://id.example/?tenant=a", Some(Uri)),
        ("https://id.example/#a", Some(Uri)),
        ("http://id.example", Some(Insecure)),
        ("", Some(Uri)),
    ] {
        let built = RemoteJwkSet::builder_for_issuer(address).build(issuer.client());
        assert_eq!(built.err(), error, "{address}");
    }
    for (secs, good) in [(0, true), (599, true), (600, false), (3600, false)] {
        let builder = RemoteJwkSet::builder("https://id.example").with_refresh_after(secs * SECOND);
        let built = builder.build(issuer.client());
        assert_eq!(
            built.err(),
            (!good).then_some(RemoteJwkSetError::RefreshAfter),
            "{secs}"
        );
    }
}

/// D6: an address may hold a secret.
#[tokio::test(start_paused = true)]
async fn nothing_prints_the_address() {
    let issuer = Issuer::new(Answer::Status(StatusCode::NOT_FOUND));
    let builder = RemoteJwkSet::builder("https://id.example/keys?api_key=canary");
    let shown = format!("{builder:?}");
    let keys = issuer.built(builder);
    let error = keys.ready().await.unwrap_err();
    let told = format!("{keys:?} {error} {error:?}");
    assert!(told.contains("404"), "{told}");
    let builder = RemoteJwkSet::builder("https://canary@id.example/");
    let error = builder.build(issuer.client()).unwrap_err();
    let printed = format!("{shown} {told} {error} {error:?}");
    assert!(!printed.contains("canary"), "{printed}");
}
