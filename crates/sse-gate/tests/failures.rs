//! What fails behind the gate and the mint: what clients are told, and what observers are.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::convert::Infallible;
use std::error::Error;
use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use sse_gate::GuardedSessions;
use sse_gate::core::{
    CredentialReason, Entropy, EntropyError, Entry, Epoch, MintRefusalReason, StoreError, TokenKey,
};
use sse_gate::mint::{AuthError, Bearer, Denied, Identity, MintRequest, MintService};
use sse_gate::sessions::{CloseReason, Opening, SessionObserver};
use sse_gate::{
    Gate, GateLayer, GrantRequest, Granted, Limits, Logs, MemorySessions, MemoryStore, Observer,
    Resource, Resumable, ResumeKeys, Sessions, Signal, SseRoute, Subject, TokenStore, WorkError,
};
use support::{Body, World, with};
use tower::{Layer, ServiceExt};

/// A store that is down.
#[derive(Debug)]
struct Down;

impl TokenStore for Down {
    async fn insert(&self, _: TokenKey, _: Entry, _: Duration) -> Result<(), StoreError> {
        Err(StoreError::unavailable("it is down"))
    }

    async fn take(&self, _: TokenKey) -> Result<Option<Entry>, StoreError> {
        Err(StoreError::unavailable("it is down"))
    }

    async fn withdraw(&self, _: Subject) -> Result<usize, StoreError> {
        Err(StoreError::unavailable("it is down"))
    }

    async fn epoch(&self) -> Result<Epoch, StoreError> {
        Err(StoreError::unavailable("it is down"))
    }
}

/// A system that is out of randomness.
#[derive(Debug)]
struct Dry;

impl Entropy for Dry {
    fn fill(&self, _: &mut [u8; 32]) -> Result<(), EntropyError> {
        Err(EntropyError::new("it is dry"))
    }
}

/// C19: the sessions and the logs of a gate have its randomness, and no other.
#[tokio::test]
async fn a_gate_without_randomness_makes_no_sessions_and_no_logs() {
    let gate = Gate::builder().with_entropy(Dry).in_memory();
    assert!(gate.new_sessions().is_err());
    assert!(gate.new_logs().create().await.is_err());
}

/// E1, I14: when nobody can say whether a token is good, a client that shows an id with it is asked to
/// wait, as an error would stop it for good; any other is refused for the moment.
#[tokio::test]
async fn a_client_that_comes_again_is_kept_when_the_store_is_down() {
    let gate = Gate::new(Down);
    let keys = ResumeKeys::generate(&sse_gate::core::SystemEntropy).unwrap();
    let sessions = Sessions::new(MemorySessions::default(), keys);
    let route = SseRoute::new("/generations/{id}/stream").unwrap();
    let layer = GateLayer::new(&gate, route).resumable(Resumable::new(&sessions));
    let service = layer.layer(tower::service_fn(async |_: Request<Body>| {
        Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
    }));
    // A token of the right spelling, and an id of this server's that it does not know.
    let uri = format!("/generations/7/stream?token={}", World::new().token().await);
    let id = format!("sser1.k.{0}.1.{0}.0", "A".repeat(22));
    let ask = async |headers: &[(&str, &str)]| {
        let response = service.clone().oneshot(with(&uri, headers)).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    let (status, body) = ask(&[]).await;
    assert_eq!(status, 503, "{body}");
    let (status, body) = ask(&[("last-event-id", &id)]).await;
    assert_eq!(status, 200, "{body}");
    assert!(
        body.contains("event: sse.wait\n") && body.contains(&id),
        "{body}"
    );
}

/// The errors that it was told of, each with its signal.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<Vec<(Signal, String)>>>);

impl Observer for Told {
    fn observe(&self, _: Signal) {}

    fn observe_error(&self, signal: Signal, error: &(dyn Error + 'static)) {
        let source = error.source().map(|source| format!(": {source}"));
        let said = format!("{error}{}", source.unwrap_or_default());
        self.0.lock().unwrap().push((signal, said));
    }
}

impl SessionObserver for Told {}

/// C23: the observer of a mint is told of the error behind a refusal, whatever it was.
#[tokio::test]
async fn an_observer_is_told_of_the_error_behind_a_refusal() {
    let told = Told::default();
    let limits = Limits::default().with_tokens_per_subject(0);
    let gate = Gate::builder()
        .with_observer(told.clone())
        .build(MemoryStore::new(limits));
    let who = |parts: Parts| {
        ready(match Bearer::of(&parts.headers).unwrap().as_str() {
            "alice" => Ok(Identity::new(Subject::new("alice").unwrap())),
            _ => Err(AuthError::invalid().because("no such user")),
        })
    };
    let whether = |request: MintRequest| ready(Ok::<_, Denied>(request.permit()));
    let route = SseRoute::new("/room").unwrap();
    let mint = MintService::new(&gate, route, who, whether);
    let request = |name: &str| {
        Request::post("/room-token")
            .header(AUTHORIZATION, format!("Bearer {name}"))
            .header(CONTENT_TYPE, "application/json")
    };
    let whole = || Full::new(Bytes::from_static(b"1"));
    let broken = [Err::<Frame<Bytes>, _>(std::io::Error::other(
        "it was reset",
    ))];
    let broken = StreamBody::new(stream::iter(broken));

    let stranger = request("mallory").body(whole()).unwrap();
    assert_eq!(mint.clone().oneshot(stranger).await.unwrap().status(), 401);
    let cut = request("alice").body(broken).unwrap();
    assert_eq!(mint.clone().oneshot(cut).await.unwrap().status(), 400);
    let full = request("alice").body(whole()).unwrap();
    assert_eq!(mint.clone().oneshot(full).await.unwrap().status(), 429);

    let mut told = std::mem::take(&mut *told.0.lock().unwrap());
    told.retain(|(signal, _)| matches!(signal, Signal::MintRefused(_)));
    let [(stranger, why), (_, cut), (full, cap)] = &told[..] else {
        panic!("{told:?}");
    };
    let invalid = MintRefusalReason::Credential(CredentialReason::Invalid);
    assert_eq!(*stranger, Signal::MintRefused(invalid));
    assert!(why.ends_with(": no such user"), "{why}");
    assert!(cut.contains("it was reset"), "{cut}");
    let not_issued = Signal::MintRefused(MintRefusalReason::NotIssued(
        sse_gate::core::IssueErrorKind::Full(sse_gate::core::Cap::TokensPerSubject),
    ));
    assert_eq!(*full, not_issued, "{cap}");
}

/// C21, C23: a store that can't tell the epoch issues nothing, and the observer is told so.
#[tokio::test]
async fn an_observer_is_told_of_a_store_that_is_down() {
    let told = Told::default();
    let gate = Gate::builder().with_observer(told.clone()).build(Down);
    let who = |_: Parts| ready(Ok::<_, AuthError>(Identity::named("alice").unwrap()));
    let whether = |request: MintRequest| ready(Ok::<_, Denied>(request.permit()));
    let mint = MintService::new(&gate, SseRoute::new("/room").unwrap(), who, whether);
    let request = Request::post("/room-token").body(Empty::<Bytes>::new());
    assert_eq!(mint.oneshot(request.unwrap()).await.unwrap().status(), 503);
    let told = told.0.lock().unwrap();
    let mut refused = told
        .iter()
        .filter(|(signal, _)| matches!(signal, Signal::IssueRefused(_)));
    let (_, why) = refused.next().expect("it is told");
    assert!(why.starts_with("token store is unavailable"), "{why}");
}

/// E1: what a program asks of guarded sessions is answered by the sessions.
#[tokio::test]
async fn guarded_sessions_answer_as_sessions_do() {
    let world = World::new();
    let (log, gate) = (
        futures_util::FutureExt::now_or_never(Logs::default().create())
            .expect("memory is ready at once")
            .unwrap(),
        &world.gate,
    );
    let keys = ResumeKeys::generate(&sse_gate::core::SystemEntropy).unwrap();
    let sessions = Sessions::new(MemorySessions::default(), keys);
    let guarded = GuardedSessions::of(gate, &sessions);
    let (alice, key) = (
        Subject::new("alice").unwrap(),
        TokenKey::from_bytes([1; 32]),
    );
    let other = TokenKey::from_bytes([2; 32]);
    let room = Resource::new(["room"]).unwrap();
    let grant = Granted::for_test(GrantRequest::new(alice.clone(), room)).await;
    let arrival = sessions.arrival().await.unwrap();
    let opening = Opening::new(arrival, &grant, key, Arc::new(log));
    let connection = sessions.open(opening).await.unwrap();
    assert!(guarded.stop(key, &alice).await.unwrap());
    assert!(!guarded.stop(other, &alice).await.unwrap());
    assert!(!guarded.close(other, CloseReason::Revoked).await.unwrap());
    assert!(guarded.close(key, CloseReason::Revoked).await.unwrap());
    assert!(!guarded.close(key, CloseReason::Revoked).await.unwrap());
    drop(connection);
}

/// H12: why work broke off is told with what it returned.
#[test]
fn the_error_of_work_keeps_its_source() {
    let failed = WorkError::Failed("no route".into());
    assert_eq!(failed.source().unwrap().to_string(), "no route");
    assert!(WorkError::Unfinished.source().is_none());
}
