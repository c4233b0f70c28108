//! What the tests of the layers share: a gate on a clock of the test's own, and requests.
#![allow(dead_code, reason = "each test file uses its part")]

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::ACCEPT;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, Full};
use sse_gate::core::{ManualClock, Observer, Signal};
use sse_gate::sessions::SessionObserver;
use sse_gate::{Gate, GateLayer, GrantRequest, Granted, Limits, MemoryStore, SseRoute, Subject};
use tower::{Layer, Service, ServiceExt};

pub(crate) type Body = Empty<Bytes>;

/// Remembers all that it was told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Witness(Arc<Mutex<Vec<Signal>>>);

impl Observer for Witness {
    fn observe(&self, signal: Signal) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(signal);
    }
}

impl SessionObserver for Witness {}

impl Witness {
    pub(crate) fn signals(&self) -> Vec<Signal> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn saw(&self, signal: Signal) -> bool {
        self.signals().contains(&signal)
    }
}

/// A gate, its clock, and what it was seen doing.
pub(crate) struct World {
    pub(crate) gate: Gate,
    pub(crate) clock: ManualClock,
    pub(crate) witness: Witness,
    pub(crate) route: SseRoute,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::on(SseRoute::new("/generations/{id}/stream").expect("a good pattern"))
    }

    pub(crate) fn on(route: SseRoute) -> Self {
        let (clock, witness) = (ManualClock::default(), Witness::default());
        let store = MemoryStore::with_clock(Limits::default(), clock.clone());
        let gate = Gate::builder()
            .with_clock(clock.clone())
            .with_observer(witness.clone())
            .build(store);
        Self {
            gate,
            clock,
            witness,
            route,
        }
    }

    pub(crate) fn layer(&self) -> GateLayer {
        GateLayer::new(&self.gate, self.route.clone())
    }

    /// The layer around a handler that answers with its grant's subject.
    pub(crate) fn service(&self) -> impl Handler {
        self.layer().layer(tower::service_fn(greet))
    }

    /// A token of alice's for `/generations/7/stream`.
    pub(crate) async fn token(&self) -> String {
        self.token_for("7").await
    }

    pub(crate) async fn token_for(&self, id: &str) -> String {
        let resource = self.route.resource([id]).expect("a short id");
        let grant = GrantRequest::new(Subject::new("alice").expect("a good name"), resource);
        let issued = self.gate.issue(grant).await.expect("there is room");
        issued.token().expose().to_owned()
    }

    /// Whether a token is still good, by using it.
    pub(crate) async fn is_fresh(&self, token: &str) -> bool {
        let uri = format!("/generations/7/stream?token={token}");
        self.service().ask(get(&uri)).await.status() == StatusCode::OK
    }
}

/// A service of these tests.
pub(crate) trait Handler:
    Service<Request<Body>, Response: Into<Answer>, Error = Infallible, Future: Send> + Clone + Send
{
    fn ask(&self, request: Request<Body>) -> impl Future<Output = Response<Bytes>> + Send;
}

/// A response of any body, read to its end.
pub(crate) struct Answer(
    pub(crate) std::pin::Pin<Box<dyn Future<Output = Response<Bytes>> + Send>>,
);

impl<B> From<Response<B>> for Answer
where
    B: http_body::Body<Data = Bytes, Error: std::fmt::Debug> + Send + 'static,
{
    fn from(response: Response<B>) -> Self {
        Self(Box::pin(async move {
            let (parts, body) = response.into_parts();
            let body = body.collect().await.expect("the body is whole").to_bytes();
            Response::from_parts(parts, body)
        }))
    }
}

impl<S> Handler for S
where
    S: Service<Request<Body>, Response: Into<Answer>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync,
{
    async fn ask(&self, request: Request<Body>) -> Response<Bytes> {
        let response = self.clone().oneshot(request).await.expect("infallible");
        response.into().0.await
    }
}

pub(crate) async fn greet(request: Request<Body>) -> Result<Response<Full<Bytes>>, Infallible> {
    let granted = request
        .extensions()
        .get::<Granted>()
        .expect("the gate let it in");
    let seen = format!("{} at {}", granted.subject().as_str(), request.uri());
    Ok(Response::new(Full::from(seen)))
}

/// A request as `EventSource` makes it.
pub(crate) fn get(uri: &str) -> Request<Body> {
    with(uri, &[])
}

/// The same with more headers.
pub(crate) fn with(uri: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::get(uri).header(ACCEPT, "text/event-stream");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Empty::new()).expect("a good request")
}
