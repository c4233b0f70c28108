//! What happens to a token when its client goes away, or its store is slow.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Empty;
use sse_gate::admission::GateService;
use sse_gate::core::{
    Entry, Epoch, RefusalReason, RefuseAllStore, Signal, StoreError, TokenKey, TokenStore,
};
use sse_gate::{Gate, GateLayer, GrantRequest, MemoryStore, SseRoute, StreamSlots, Subject};
use support::{Body, Handler, Witness, World, get};
use tokio::sync::Semaphore;
use tower::{Layer, Service};

/// A store that takes only when it is let to, and says how often it did.
#[derive(Clone, Debug)]
struct Slow {
    store: Arc<MemoryStore>,
    permits: Arc<Semaphore>,
    asked: Arc<AtomicUsize>,
    taken: Arc<AtomicUsize>,
}

impl TokenStore for Slow {
    async fn insert(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        self.store.insert(key, entry, ttl).await
    }

    async fn take(&self, key: TokenKey) -> Result<Option<Entry>, StoreError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let permit = self
            .permits
            .acquire()
            .await
            .map_err(StoreError::unavailable)?;
        permit.forget();
        let entry = self.store.take(key).await;
        self.taken.fetch_add(1, Ordering::SeqCst);
        entry
    }

    async fn withdraw(&self, subject: Subject) -> Result<usize, StoreError> {
        self.store.withdraw(subject).await
    }

    async fn epoch(&self) -> Result<Epoch, StoreError> {
        self.store.epoch().await
    }
}

struct SlowWorld {
    store: Slow,
    gate: Gate,
    witness: Witness,
    route: SseRoute,
    slots: StreamSlots,
    handled: Arc<AtomicUsize>,
    uri: String,
}

impl SlowWorld {
    async fn new() -> Self {
        let store = Slow {
            store: Arc::default(),
            permits: Arc::new(Semaphore::new(0)),
            asked: Arc::default(),
            taken: Arc::default(),
        };
        let witness = Witness::default();
        let gate = Gate::builder()
            .with_observer(witness.clone())
            .build(store.clone());
        let route = SseRoute::new("/generations/{id}/stream").unwrap();
        let subject = Subject::new("alice").unwrap();
        let issued = gate
            .issue(GrantRequest::new(subject, route.resource(["7"]).unwrap()))
            .await
            .unwrap();
        let uri = format!("/generations/7/stream?token={}", issued.token().expose());
        let (slots, handled) = (StreamSlots::new(10, 10), Arc::default());
        Self {
            store,
            gate,
            witness,
            route,
            slots,
            handled,
            uri,
        }
    }

    fn service(&self) -> GateService<Counting> {
        let layer = GateLayer::new(&self.gate, self.route.clone());
        layer
            .with_slots(self.slots.clone())
            .layer(Counting(Arc::clone(&self.handled)))
    }

    async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let waited = tokio::time::timeout(Duration::from_secs(10), async {
            while !holds(self) {
                tokio::task::yield_now().await;
            }
        });
        waited
            .await
            .unwrap_or_else(|_| panic!("{what} did not happen"));
    }
}

/// A handler that counts its calls.
#[derive(Clone)]
struct Counting(Arc<AtomicUsize>);

impl Service<Request<Body>> for Counting {
    type Response = Response<Empty<Bytes>>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        self.0.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok(Response::new(Empty::new())))
    }
}

/// F1: a request that nobody ever polled has asked nothing of the store.
#[tokio::test]
async fn before_the_store_was_asked_nothing_happens() {
    let world = SlowWorld::new().await;
    drop(world.service().call(get(&world.uri)));
    tokio::task::yield_now().await;
    assert_eq!(world.store.asked.load(Ordering::SeqCst), 0);
    assert_eq!(world.slots.open(), 0);
    assert!(!world.witness.saw(Signal::Abandoned));
}

/// F2, F6: once the store was asked the redemption ends without its client: the token is spent,
/// the place free, the handler never called.
#[tokio::test]
async fn a_redemption_ends_without_its_client() {
    let world = SlowWorld::new().await;
    let request = tokio::spawn(world.service().call(get(&world.uri)));
    world
        .until("the question", |world| {
            world.store.asked.load(Ordering::SeqCst) == 1
        })
        .await;
    assert_eq!(world.slots.open(), 1);
    request.abort();
    world
        .until("word of it", |world| world.witness.saw(Signal::Abandoned))
        .await;
    assert_eq!(
        world.slots.open(),
        0,
        "the place of a vanished client is kept"
    );
    world.store.permits.add_permits(1);
    world
        .until("the take", |world| {
            world.store.taken.load(Ordering::SeqCst) == 1
        })
        .await;
    assert_eq!(world.handled.load(Ordering::SeqCst), 0);

    world.store.permits.add_permits(1);
    let status = world
        .service()
        .call(get(&world.uri))
        .await
        .unwrap()
        .status();
    assert_eq!(
        status,
        StatusCode::UNAUTHORIZED,
        "the token was left half spent"
    );
}

/// E1, F6: a store that does not answer in time lets nobody in. What was asked is done.
#[tokio::test(start_paused = true)]
async fn a_slow_store_is_waited_for_within_a_budget() {
    let world = SlowWorld::new().await;
    let started = tokio::time::Instant::now();
    let response = world.service().call(get(&world.uri)).await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(started.elapsed().as_millis(), 250);
    assert!(
        world
            .witness
            .saw(Signal::Refused(RefusalReason::Unavailable))
    );
    assert_eq!(world.slots.open(), 0);
    world.store.permits.add_permits(1);
    world
        .until("the take", |world| {
            world.store.taken.load(Ordering::SeqCst) == 1
        })
        .await;
    assert_eq!(world.handled.load(Ordering::SeqCst), 0);
}

/// F6: whenever the client goes, the token is spent or untouched, and nothing leaks.
#[tokio::test]
async fn a_request_may_be_dropped_at_every_step() {
    for polls in 0..4 {
        let world = SlowWorld::new().await;
        let mut response = Box::pin(world.service().call(get(&world.uri)));
        for poll in 0..polls {
            if poll == 2 {
                world.store.permits.add_permits(1);
            }
            if futures_util::poll!(&mut response).is_ready() {
                break;
            }
        }
        let asked = world.store.asked.load(Ordering::SeqCst);
        drop(response);
        world.store.permits.add_permits(2);
        world
            .until("the take", |w| {
                w.store.taken.load(Ordering::SeqCst) == asked
            })
            .await;
        let fresh = world
            .service()
            .call(get(&world.uri))
            .await
            .unwrap()
            .status();
        let expected = if asked == 0 {
            StatusCode::OK
        } else {
            StatusCode::UNAUTHORIZED
        };
        assert_eq!(fresh, expected, "dropped after {polls} polls");
        assert_eq!(world.slots.open(), 0, "dropped after {polls} polls");
    }
}

/// E1: no store, no entry.
#[tokio::test]
async fn without_a_store_nobody_gets_in() {
    let world = SlowWorld::new().await;
    let layer = GateLayer::new(&Gate::new(RefuseAllStore), world.route.clone());
    let service = layer.layer(tower::service_fn(|_: Request<Body>| {
        std::future::ready(Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new())))
    }));
    let response = service.ask(get(&world.uri)).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
}

/// F7: the clone that was polled ready is the one that is called, and nothing is redeemed before.
#[tokio::test]
async fn the_service_that_is_called_is_the_one_that_was_ready() {
    #[derive(Default)]
    struct Fussy(AtomicBool);

    impl Clone for Fussy {
        fn clone(&self) -> Self {
            Self::default()
        }
    }

    impl Service<Request<Body>> for Fussy {
        type Response = Response<Empty<Bytes>>;
        type Error = Infallible;
        type Future = std::future::Ready<Result<Self::Response, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            self.0.store(true, Ordering::SeqCst);
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request<Body>) -> Self::Future {
            assert!(
                self.0.swap(false, Ordering::SeqCst),
                "called before it was ready"
            );
            std::future::ready(Ok(Response::new(Empty::new())))
        }
    }

    let world = World::new();
    let mut service = world.layer().layer(Fussy::default());
    for _ in 0..3 {
        let uri = format!("/generations/7/stream?token={}", world.token().await);
        std::future::poll_fn(|cx| service.poll_ready(cx))
            .await
            .unwrap();
        assert_eq!(
            service.call(get(&uri)).await.unwrap().status(),
            StatusCode::OK
        );
    }
}

/// F4: a handler that fails has had its grant: the token stays spent, the place is free.
#[tokio::test]
async fn a_handler_that_fails_gives_no_token_back() {
    let world = World::new();
    let slots = StreamSlots::new(10, 10);
    let layer = world.layer().with_slots(slots.clone());
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let mut failing = layer.layer(tower::service_fn(|_: Request<Body>| {
        std::future::ready(Err::<Response<Empty<Bytes>>, _>("the handler failed"))
    }));
    assert_eq!(
        failing.call(get(&uri)).await.unwrap_err(),
        "the handler failed"
    );
    assert_eq!(slots.open(), 0);
    assert_eq!(
        world.service().ask(get(&uri)).await.status(),
        StatusCode::UNAUTHORIZED
    );

    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let mut panicking = layer.layer(tower::service_fn(|_: Request<Body>| async {
        let broken = true;
        assert!(!broken, "the handler panics");
        Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
    }));
    let outcome = tokio::spawn(panicking.call(get(&uri))).await;
    assert!(outcome.unwrap_err().is_panic());
    assert_eq!(slots.open(), 0);
    assert_eq!(
        world.service().ask(get(&uri)).await.status(),
        StatusCode::UNAUTHORIZED
    );
}
