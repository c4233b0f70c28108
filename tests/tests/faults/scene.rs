//! An axum service on a socket, with all of its parts in reach: [`Scene`].

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, ServiceExt};
use futures_util::stream::{self, StreamExt};
use http::StatusCode;
use sse_gate::core::StreamEnd;
use sse_gate::sessions::SessionObserver;
use sse_gate::{
    Event, Gate, GateLayer, GrantRequest, Granted, Observer, Signal, SseBody, SseRoute,
    StorePolicy, StreamSlots, StripTokenLayer, Subject,
};
use sse_gate_tests::{Connection, Request, Slow, Wait, eventually};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tower::Layer;
use tower_http::catch_panic::CatchPanicLayer;

/// A service whose streams do what their path says: see [`handle`].
pub(crate) struct Scene {
    pub(crate) addr: SocketAddr,
    pub(crate) store: Slow,
    pub(crate) slots: StreamSlots,
    pub(crate) seen: Seen,
    /// How often the handler was called.
    pub(crate) handled: Arc<AtomicUsize>,
    gate: Gate,
    route: SseRoute,
    /// The tasks that there were before any client came.
    tasks: usize,
    server: AbortHandle,
}

/// Remembers every signal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<Signal>>>);

impl Observer for Seen {
    fn observe(&self, signal: Signal) {
        self.0.lock().expect("nobody panics here").push(signal);
    }
}

impl SessionObserver for Seen {}

impl Seen {
    pub(crate) fn count(&self, is_it: impl Fn(&Signal) -> bool) -> usize {
        let signals = self.0.lock().expect("nobody panics here");
        signals.iter().filter(|signal| is_it(signal)).count()
    }

    /// How many streams ended so.
    pub(crate) fn ended(&self, with: StreamEnd) -> usize {
        self.count(|signal| matches!(signal, Signal::StreamClosed { end, .. } if *end == with))
    }
}

impl Scene {
    pub(crate) async fn new(wait: Wait) -> Self {
        Self::with_slots(wait, StreamSlots::new(100, 100)).await
    }

    pub(crate) async fn with_slots(wait: Wait, slots: StreamSlots) -> Self {
        Self::with_all(wait, slots, StorePolicy::default()).await
    }

    /// One whose store has so long for an answer.
    pub(crate) async fn with_budget(wait: Wait, budget: Duration) -> Self {
        let policy = StorePolicy::default().with_budget(budget);
        Self::with_all(wait, StreamSlots::new(100, 100), policy).await
    }

    async fn with_all(wait: Wait, slots: StreamSlots, policy: StorePolicy) -> Self {
        let (store, seen) = (Slow::new(wait), Seen::default());
        let gate = Gate::builder()
            .with_store_policy(policy)
            .with_observer(seen.clone())
            .build(store.clone());
        let route = SseRoute::new("/streams/{what}").expect("a pattern");
        let handled = Arc::new(AtomicUsize::new(0));
        let layer = GateLayer::new(&gate, &route).with_slots(slots.clone());
        let counted = Arc::clone(&handled);
        let stream = move |Path(what): Path<String>, granted: Granted| {
            counted.fetch_add(1, Ordering::SeqCst);
            handle(what, granted)
        };
        let router = Router::new()
            .route("/streams/{what}", get(stream).layer(layer))
            .layer(CatchPanicLayer::new());
        let app = StripTokenLayer::new([&route]).layer(router);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let app = ServiceExt::<axum::extract::Request>::into_make_service(app);
        let server = tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            addr,
            store,
            slots,
            seen,
            handled,
            gate,
            route,
            tasks: Handle::current().metrics().num_alive_tasks(),
            server: server.abort_handle(),
        }
    }

    /// The request for a stream, with a fresh token.
    pub(crate) async fn request(&self, what: &str) -> Request {
        let resource = self.route.resource([what]).expect("a resource");
        let subject = Subject::new("alice").expect("a subject");
        let issued = self.gate.issue(GrantRequest::new(subject, resource)).await;
        let issued = issued.expect("a token");
        let path = self.route.url([what]).expect("a path");
        Request::stream(format!("{path}?token={}", issued.token().expose()))
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.addr).await
    }

    /// The status that a request gets.
    pub(crate) async fn status(&self, request: &Request) -> u16 {
        let response = self.connect().await.exchange(request).await;
        response.status
    }

    /// Waits until it is so.
    pub(crate) async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        eventually(what, async || is_so(self)).await;
    }

    /// Waits until every place is free and every task of a client's is gone.
    pub(crate) async fn at_rest(&self) {
        self.until("all places are free", |it| it.slots.open() == 0)
            .await;
        self.until("all tasks are gone", |it| {
            Handle::current().metrics().num_alive_tasks() <= it.tasks
        })
        .await;
        let opened = self.seen.count(|signal| *signal == Signal::StreamOpened);
        let closed = self
            .seen
            .count(|signal| matches!(signal, Signal::StreamClosed { .. }));
        assert_eq!(opened, closed, "every stream that was opened is closed");
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Does what a stream's name says.
async fn handle(what: String, _: Granted) -> Response {
    let one = || Ok::<_, Infallible>(Event::new().data("one"));
    match &*what {
        "short" => SseBody::new(stream::iter([one()]))
            .into_response()
            .into_response(),
        "endless" => {
            let events = stream::iter([one()]).chain(stream::pending());
            SseBody::new(events).into_response().into_response()
        }
        "flood" => {
            let events =
                stream::repeat_with(|| Ok::<_, Infallible>(Event::new().data("x".repeat(1000))));
            SseBody::new(events).into_response().into_response()
        }
        "never" => std::future::pending().await,
        "late" => {
            tokio::time::sleep(Duration::from_millis(200)).await;
            StatusCode::OK.into_response()
        }
        "error" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "panic" => panic!("a handler's secret plans"),
        "panic-in-stream" => {
            let events = stream::iter([one()])
                .chain(stream::once(async { panic!("a producer's secret plans") }));
            SseBody::new(events).into_response().into_response()
        }
        what => panic!("no stream is called {what}"),
    }
}
