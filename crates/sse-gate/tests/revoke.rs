//! `Gate::revoke`: what a subject has ends, whatever it was opened with.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "its other parts are for the tests of resumption")]
#[path = "resume/hand.rs"]
mod hand;
mod support;

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt, stream};
use hand::{Hand, Way};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use sse_gate::admission::ResponseBody;
use sse_gate::core::{Entry, Epoch, Signal, StoreError, StreamEnd, SystemEntropy, TokenKey};
use sse_gate::{
    Event, Gate, GateLayer, GrantRequest, Limits, Logs, MemorySessions, MemoryStore, Problem,
    ResumableStream, ResumeKeys, Sessions, SseBody, SseRoute, Subject, TokenStore,
};
use support::{Body, Witness, get};
use tokio::sync::Semaphore;
use tower::{Layer, ServiceExt};

type BoxBody = UnsyncBoxBody<Bytes, Infallible>;

/// A store in memory that does what it is told.
#[derive(Clone, Debug)]
struct Store {
    inner: Arc<MemoryStore>,
    /// Whether it can't withdraw anything.
    is_down: Arc<AtomicBool>,
    /// Whether it waits before it says what it has taken.
    is_slow: Arc<AtomicBool>,
    /// Whether it waits before it withdraws.
    withdraws_late: Arc<AtomicBool>,
    taken: Arc<Semaphore>,
    go: Arc<Semaphore>,
}

impl TokenStore for Store {
    async fn insert(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        self.inner.insert(key, entry, ttl).await
    }

    async fn take(&self, key: TokenKey) -> Result<Option<Entry>, StoreError> {
        let entry = self.inner.take(key).await;
        self.taken.add_permits(1);
        if self.is_slow.load(Ordering::SeqCst) {
            self.go.acquire().await.unwrap().forget();
        }
        entry
    }

    async fn withdraw(&self, subject: Subject) -> Result<usize, StoreError> {
        if self.is_down.load(Ordering::SeqCst) {
            return Err(StoreError::unavailable("it is down"));
        }
        if self.withdraws_late.load(Ordering::SeqCst) {
            self.go.acquire().await.unwrap().forget();
        }
        self.inner.withdraw(subject).await
    }

    async fn epoch(&self) -> Result<Epoch, StoreError> {
        self.inner.epoch().await
    }
}

/// A gate with a strict route and a resumable one.
struct Scene {
    gate: Gate,
    witness: Witness,
    store: Store,
    session_store: Hand,
    sessions: Sessions,
    logs: Logs,
    strict: SseRoute,
    resumable: SseRoute,
}

impl Scene {
    fn new() -> Self {
        let store = Store {
            inner: Arc::new(MemoryStore::new(Limits::default())),
            is_down: Arc::default(),
            is_slow: Arc::default(),
            withdraws_late: Arc::default(),
            taken: Arc::new(Semaphore::new(0)),
            go: Arc::new(Semaphore::new(0)),
        };
        let witness = Witness::default();
        let gate = Gate::builder().with_observer(witness.clone());
        let session_store = Hand::new(MemorySessions::default());
        let keys = ResumeKeys::generate(&SystemEntropy).unwrap();
        Self {
            gate: gate.build(store.clone()),
            witness,
            store,
            sessions: Sessions::new(session_store.clone(), keys),
            session_store,
            logs: Logs::default(),
            strict: SseRoute::new("/strict/{id}").unwrap(),
            resumable: SseRoute::new("/resumable/{id}").unwrap(),
        }
    }

    fn layer(&self, route: &SseRoute) -> GateLayer {
        let layer = GateLayer::new(&self.gate, route);
        if *route == self.resumable {
            layer.resumable(&self.sessions)
        } else {
            layer
        }
    }

    async fn token(&self, name: &str, route: &SseRoute) -> String {
        let request = GrantRequest::new(subject(name), route.resource(["7"]).unwrap());
        let issued = self.gate.issue(request).await.unwrap();
        let url = route.url(["7"]).unwrap();
        format!("{url}?token={}", issued.token().expose())
    }

    async fn open(&self, name: &str, route: &SseRoute) -> Open {
        self.open_at(name, route, &self.layer(route)).await
    }

    async fn open_at(&self, name: &str, route: &SseRoute, layer: &GateLayer) -> Open {
        let uri = self.token(name, route).await;
        let response = self.show(&uri, layer).await;
        assert_eq!(response.status(), 200);
        Open(Box::pin(response.into_body()))
    }

    /// The response to come of a handler that waits for ever.
    fn show(
        &self,
        uri: &str,
        layer: &GateLayer,
    ) -> impl Future<Output = Response<ResponseBody<BoxBody>>> + Send + use<> {
        let (request, log) = (
            get(uri),
            FutureExt::now_or_never(self.logs.create())
                .expect("memory is ready at once")
                .unwrap(),
        );
        let service = layer.layer(tower::service_fn(move |request| {
            handle(log.clone(), request)
        }));
        async move { service.oneshot(request).await.unwrap() }
    }

    async fn revoke(&self, name: &str) -> (usize, usize, usize) {
        let revoked = self.gate.revoke(&subject(name)).await.unwrap();
        (revoked.tokens(), revoked.sessions(), revoked.streams())
    }
}

async fn handle(
    log: sse_gate::Log,
    request: Request<Body>,
) -> Result<Response<BoxBody>, Infallible> {
    let Ok(stream) = ResumableStream::of(request.extensions()) else {
        let events = stream::pending::<Result<Event<'static>, Infallible>>();
        let response = SseBody::new(events).into_response();
        return Ok(response.map(BodyExt::boxed_unsync));
    };
    Ok(match stream.follow(&log).await {
        Ok(body) => body.into_response().map(BodyExt::boxed_unsync),
        Err(error) => {
            let response = Problem::from(error).into_response();
            response.map(BodyExt::boxed_unsync)
        }
    })
}

/// An open stream.
struct Open(std::pin::Pin<Box<ResponseBody<BoxBody>>>);

impl Open {
    /// What is there; whether it has ended.
    fn read(&mut self) -> (String, bool) {
        let mut text = Vec::new();
        loop {
            match self.0.frame().now_or_never() {
                None => break (String::from_utf8(text).unwrap(), false),
                Some(None) => break (String::from_utf8(text).unwrap(), true),
                Some(Some(frame)) => {
                    text.extend_from_slice(&frame.unwrap().into_data().unwrap());
                }
            }
        }
    }

    fn goes_on(&mut self) -> bool {
        !self.read().1
    }
}

fn subject(name: &str) -> Subject {
    Subject::new(name).unwrap()
}

/// C12, G7: all that a subject has ends, and nothing of others.
#[tokio::test]
async fn everything_of_a_subject_ends() {
    let scene = Scene::new();
    let unused = scene.token("alice", &scene.strict).await;
    let mut strict = scene.open("alice", &scene.strict).await;
    let mut resumable = scene.open("alice", &scene.resumable).await;
    let mut others = [
        scene.open("bob", &scene.strict).await,
        scene.open("bob", &scene.resumable).await,
    ];
    assert!(strict.goes_on() && resumable.goes_on());
    assert_eq!(scene.revoke("alice").await, (1, 1, 1));
    assert_eq!(strict.read(), (String::new(), true));
    let (text, has_ended) = resumable.read();
    assert!(
        has_ended && text.contains(r#""reason":"revoked""#),
        "{text}"
    );
    let show = scene.show(&unused, &scene.layer(&scene.strict));
    assert_eq!(show.await.status(), 401);
    for other in &mut others {
        assert!(other.goes_on());
    }
    drop((strict, resumable));
    let revoked = |signal: &Signal| {
        matches!(
            signal,
            Signal::StreamClosed {
                end: StreamEnd::Revoked,
                ..
            }
        )
    };
    let told = scene.witness.signals().into_iter().filter(revoked);
    assert_eq!(
        told.count(),
        1,
        "the session's end is told of by the sessions"
    );

    // Who signs in again has no trouble, and a second call does no harm.
    let mut again = scene.open("alice", &scene.strict).await;
    assert!(again.goes_on());
    assert_eq!(scene.revoke("alice").await, (0, 0, 1));
    assert_eq!(scene.revoke("alice").await, (0, 0, 0));
    assert_eq!(scene.revoke("carol").await, (0, 0, 0));
}

/// C12, F3, G7: a page that signs out may be left at once, and its request is dropped. All ends all the same.
#[tokio::test]
async fn a_sign_out_is_finished_without_its_client() {
    let scene = Scene::new();
    let mut opened = [
        scene.open("alice", &scene.strict).await,
        scene.open("alice", &scene.resumable).await,
    ];
    scene.store.withdraws_late.store(true, Ordering::SeqCst);
    let alice = subject("alice");
    let mut signing_out = Box::pin(scene.gate.revoke(&alice));
    assert!(futures_util::poll!(&mut signing_out).is_pending());
    drop(signing_out);
    scene.store.go.add_permits(1);
    for open in &mut opened {
        let ended = async {
            while open.goes_on() {
                tokio::task::yield_now().await;
            }
        };
        let ended = tokio::time::timeout(Duration::from_secs(20), ended).await;
        ended.expect("its stream goes on");
    }
}

/// C12, G7: each layer has slots of its own, and the streams of all of them end.
#[tokio::test]
async fn the_streams_of_every_layer_end() {
    let scene = Scene::new();
    let layers = [(); 3].map(|()| scene.layer(&scene.strict));
    let mut opened = Vec::new();
    for layer in &layers {
        opened.push(scene.open_at("alice", &scene.strict, layer).await);
    }
    assert_eq!(scene.revoke("alice").await, (0, 0, 3));
    for open in &mut opened {
        assert!(!open.goes_on());
    }
}

/// G7: a stream that waits is woken, and ends at once.
#[tokio::test(start_paused = true)]
async fn a_stream_that_waits_is_woken() {
    let scene = Scene::new();
    for route in [&scene.strict, &scene.resumable] {
        let Open(body) = scene.open("alice", route).await;
        let waiting = tokio::spawn(body.collect());
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert!(!waiting.is_finished());
        let started = tokio::time::Instant::now();
        scene.revoke("alice").await;
        waiting.await.unwrap().unwrap();
        assert!(started.elapsed().is_zero(), "{route:?}");
    }
}

/// G7: a body that the handler of a resumable route has made without its stream has no last word: none
/// of its frames leaves after the revocation.
#[tokio::test]
async fn a_body_of_the_handlers_own_says_no_more() {
    let scene = Scene::new();
    for route in [&scene.strict, &scene.resumable] {
        let uri = scene.token("alice", route).await;
        let service = scene.layer(route).layer(tower::service_fn(more));
        let response = service.oneshot(get(&uri)).await.unwrap();
        let mut body = Box::pin(response.into_body());
        assert!(body.frame().await.unwrap().is_ok());
        assert_eq!(scene.revoke("alice").await, (0, 0, 1));
        assert!(body.frame().await.is_none(), "{route:?}");
    }
}

/// G7: the same when the client comes back, and its handler answers with a body of its own then.
#[tokio::test]
async fn a_body_of_the_handlers_own_ends_at_a_resume_too() {
    let scene = Scene::new();
    let (route, layer) = (&scene.resumable, scene.layer(&scene.resumable));
    let uri = scene.token("alice", route).await;
    let mut first = Open(Box::pin(scene.show(&uri, &layer).await.into_body()));
    let (text, _) = first.read();
    let mut ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
    let id = ids.next_back().unwrap();
    let again = support::with(&uri, &[("last-event-id", id)]);
    let service = layer.layer(tower::service_fn(more));
    let response = service.oneshot(again).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut body = Box::pin(response.into_body());
    assert!(body.frame().await.unwrap().is_ok());
    scene.revoke("alice").await;
    assert!(body.frame().await.is_none(), "it goes on");
}

/// A body that has always more to say.
async fn more(_: Request<Body>) -> Result<Response<BoxBody>, Infallible> {
    let frames = stream::repeat_with(|| Ok(Frame::data(Bytes::from_static(b"data: x\n\n"))));
    Ok(Response::new(StreamBody::new(frames).boxed_unsync()))
}

/// G7: a token that was taken before the revocation, and whose stream is opened only after it, opens
/// nothing. The store had given the token away, so it could not withdraw it.
#[tokio::test]
async fn a_token_that_is_being_redeemed_opens_nothing() {
    let scene = Scene::new();
    for route in [&scene.strict, &scene.resumable] {
        scene.store.is_slow.store(true, Ordering::SeqCst);
        let uris = [
            scene.token("alice", route).await,
            scene.token("bob", route).await,
        ];
        let layer = scene.layer(route);
        let [alice, bob] = uris
            .each_ref()
            .map(|uri| tokio::spawn(scene.show(uri, &layer)));
        scene.store.taken.acquire_many(2).await.unwrap().forget();
        assert_eq!(
            scene.revoke("alice").await,
            (0, 0, 0),
            "nothing is there yet"
        );
        scene.store.go.add_permits(2);
        assert_eq!(alice.await.unwrap().status(), 401, "{route:?}");
        assert_eq!(bob.await.unwrap().status(), 200, "{route:?}");
        scene.store.is_slow.store(false, Ordering::SeqCst);
        let mut again = scene.open("alice", route).await;
        assert!(again.goes_on(), "a later token is good");
        scene.revoke("alice").await;
        scene.store.taken.acquire_many(1).await.unwrap().forget();
    }
}

/// E1: what can't be ended is told, and the rest has ended.
#[tokio::test(start_paused = true)]
async fn a_store_that_is_down_keeps_nothing_else_from_ending() {
    for (of_tokens, says) in [(true, "tokens"), (false, "sessions")] {
        let scene = Scene::new();
        let unused = scene.token("alice", &scene.strict).await;
        let mut strict = scene.open("alice", &scene.strict).await;
        let mut resumable = scene.open("alice", &scene.resumable).await;
        resumable.read();
        if of_tokens {
            scene.store.is_down.store(true, Ordering::SeqCst);
        } else {
            scene.session_store.is_to(Way::HangsAtClosing);
        }
        let error = scene.gate.revoke(&subject("alice")).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(says), "{text}");
        assert!(error.source().is_some());
        assert_eq!(Problem::from(error).status(), 503);
        assert!(!strict.goes_on());
        assert_eq!(resumable.goes_on(), !of_tokens);
        let show = scene.show(&unused, &scene.layer(&scene.strict)).await;
        assert_eq!(show.status().as_u16(), if of_tokens { 200 } else { 401 });
        drop(show);

        // When the store is back, to call it again ends the rest.
        scene.store.is_down.store(false, Ordering::SeqCst);
        scene.session_store.is_to(Way::Works);
        scene.session_store.let_go();
        scene.gate.revoke(&subject("alice")).await.unwrap();
        assert!(!resumable.goes_on());
    }
}

/// Layers that share places or sessions, and services that are made twice of one layer, are counted
/// once.
#[tokio::test]
async fn a_place_is_counted_once() {
    let scene = Scene::new();
    let slots = sse_gate::StreamSlots::new(10, 10);
    let strict = scene.layer(&scene.strict).with_slots(slots.clone());
    let resumable = scene.layer(&scene.resumable).with_slots(slots);
    for _ in 0..3 {
        let _ = strict.layer(tower::service_fn(nothing));
        let _ = resumable.clone().layer(tower::service_fn(nothing));
    }
    let mut opened = [
        scene.open_at("alice", &scene.strict, &strict).await,
        scene.open_at("alice", &scene.resumable, &resumable).await,
    ];
    assert_eq!(scene.revoke("alice").await, (0, 1, 1));
    for open in &mut opened {
        assert!(!open.goes_on());
    }
}

/// A layer that is gone has no streams, and its gate goes on.
#[tokio::test]
async fn a_layer_that_is_gone_is_no_trouble() {
    let scene = Scene::new();
    for _ in 0..100 {
        let layer = scene.layer(&scene.strict);
        drop(layer.layer(tower::service_fn(nothing)));
    }
    // Its streams may outlive it, and are found.
    let layer = scene.layer(&scene.strict);
    let mut open = scene.open_at("alice", &scene.strict, &layer).await;
    drop(layer);
    assert_eq!(scene.revoke("alice").await, (0, 0, 1));
    assert!(!open.goes_on());
}

async fn nothing(_: Request<Body>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::default())
}
