//! A service with a strict stream and a resumable one, whose parts are in reach: [`Service`].

use std::convert::Infallible;
use std::iter;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::response::sse;
use bytes::Bytes;
use futures_util::stream::{self, Chain, Iter, Pending, StreamExt};
use http::Response;
use sse_gate::mint::{Denied, MintRequest, Permit};
use sse_gate::sessions::{LogBudget, LogLimits};
use sse_gate::{
    Event, Gate, GateLayer, Granted, JwtAuthenticator, JwtKey, Log, Logs, MintService, Problem,
    Resumable, ResumableBody, ResumableStream, Sessions, SseBody, SseRoute, StreamSlots,
};
use sse_gate_tests::{Connection, EventStream, Request, Response as Answer, in_time, jwt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{axum_server, hyper_server, warp_server};

/// What the service is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framework {
    Axum,
    Hyper,
    Warp,
}

/// What a framework's server is made of.
#[derive(Clone)]
pub(crate) struct Parts {
    /// `/strict/{id}`.
    pub(crate) strict: SseRoute,
    /// `/feed/{id}`, whose clients may come back.
    pub(crate) feed: SseRoute,
    gate: Gate,
    sessions: Sessions,
    slots: StreamSlots,
    pub(crate) handlers: Handlers,
    pub(crate) shutdown: CancellationToken,
}

/// What the handlers work with.
#[derive(Clone)]
pub(crate) struct Handlers {
    /// The log of all feeds.
    pub(crate) log: Log,
    /// The bodies of requests.
    heard: Arc<Mutex<Vec<Bytes>>>,
}

/// One event, and silence.
type OneEvent = Chain<
    Iter<iter::Once<Result<Event<'static>, Infallible>>>,
    Pending<Result<Event<'static>, Infallible>>,
>;

/// A running service on a port of its own.
pub(crate) struct Service {
    pub(crate) addr: SocketAddr,
    pub(crate) parts: Parts,
    served: Option<JoinHandle<()>>,
}

impl Parts {
    /// The layers of the strict stream and of the feed.
    pub(crate) fn layers(&self) -> [GateLayer; 2] {
        let resumable = Resumable::new(&self.sessions);
        let [strict, feed] = self.mints();
        [
            self.layer(&self.strict, &strict),
            self.layer(&self.feed, &feed).resumable(resumable),
        ]
    }

    fn layer(&self, route: &SseRoute, mint: &MintService) -> GateLayer {
        GateLayer::new(&self.gate, route)
            .with_callers(mint)
            .with_slots(self.slots.clone())
            .until(self.shutdown.clone().cancelled_owned())
    }

    /// The endpoints at which tokens for the two are asked for.
    pub(crate) fn mints(&self) -> [MintService; 2] {
        let key = JwtKey::hs256(jwt::SECRET.as_bytes()).expect("a long secret");
        let who = JwtAuthenticator::new(key, jwt::DEMO, jwt::DEMO).expect("a backend");
        [&self.strict, &self.feed]
            .map(|route| MintService::new(&self.gate, route, who.clone(), may_open))
    }
}

/// All may open all streams but one.
async fn may_open(request: MintRequest) -> Result<Permit, Denied> {
    match request.param("id") {
        Some("forbidden") => Err(Denied::Forbidden),
        _ => Ok(request.permit()),
    }
}

impl Handlers {
    /// A stream that says whose it is, and then nothing.
    pub(crate) fn strict(&self, granted: &Granted, body: Bytes) -> Response<SseBody<OneEvent>> {
        self.hear(body);
        let whose = Event::new().data(granted.subject().as_str().to_owned());
        let events = stream::iter(iter::once(Ok(whose))).chain(stream::pending());
        SseBody::new(events).into_response()
    }

    /// The same from axum's own type, which knows nothing of the gate.
    pub(crate) fn foreign(
        &self,
        body: Bytes,
    ) -> sse::Sse<impl stream::Stream<Item = Result<sse::Event, Infallible>> + use<>> {
        self.hear(body);
        let event = sse::Event::default().data("axum");
        sse::Sse::new(stream::iter([Ok(event)]).chain(stream::pending()))
    }

    /// A stream of what is in the log.
    pub(crate) async fn feed(
        &self,
        stream: &ResumableStream,
        body: Bytes,
    ) -> Result<Response<ResumableBody>, Problem> {
        self.hear(body);
        Ok(stream.follow(&self.log).await?.into_response())
    }

    fn hear(&self, body: Bytes) {
        self.heard.lock().expect("no panic").push(body);
    }
}

impl Service {
    pub(crate) async fn start(framework: Framework) -> Self {
        Self::start_with(framework, Gate::in_memory(), LogLimits::default()).await
    }

    /// The same over this gate, with a log of these limits.
    pub(crate) async fn start_with(framework: Framework, gate: Gate, limits: LogLimits) -> Self {
        let logs = Logs::new(limits, LogBudget::default());
        let parts = Parts {
            strict: SseRoute::new("/strict/{id}").expect("a pattern"),
            feed: SseRoute::new("/feed/{id}").expect("a pattern"),
            sessions: gate.new_sessions().expect("randomness"),
            slots: StreamSlots::default(),
            gate,
            handlers: Handlers {
                log: futures_util::FutureExt::now_or_never(logs.create())
                    .expect("memory is ready at once")
                    .expect("randomness"),
                heard: Arc::default(),
            },
            shutdown: CancellationToken::new(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let served = match framework {
            Framework::Axum => tokio::spawn(axum_server::serve(listener, parts.clone())),
            Framework::Hyper => tokio::spawn(hyper_server::serve(listener, parts.clone())),
            Framework::Warp => tokio::spawn(warp_server::serve(listener, parts.clone())),
        };
        Self {
            addr,
            parts,
            served: Some(served),
        }
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.parts.gate
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.addr).await
    }

    pub(crate) async fn send(&self, request: &Request) -> Answer {
        self.connect().await.exchange(request).await
    }

    pub(crate) async fn open(&self, request: &Request) -> EventStream {
        EventStream::open(self.connect().await, request).await
    }

    /// Asks for a token at the path of a mint; the URL that opens the stream with it.
    pub(crate) async fn minted(&self, user: &str, mint: &str) -> String {
        let answer = self
            .send(&Request::post(mint, "").bearer(&jwt::of(user)))
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let json = answer.json();
        let text = |name: &str| json[name].as_str().expect("a text").to_owned();
        format!("{}?token={}", text("stream_url"), text("sse_token"))
    }

    /// Appends the next event to the log: its number.
    pub(crate) async fn publish(&self) -> u64 {
        let log = &self.parts.handlers.log;
        let next = log.bounds().last + 1;
        let seq = log.append(&Event::new().data(next.to_string())).await;
        assert_eq!(seq.expect("room"), next);
        next
    }

    /// The bodies that handlers got.
    pub(crate) fn heard(&self) -> Vec<Bytes> {
        self.parts.handlers.heard.lock().expect("no panic").clone()
    }

    /// Tells the server to stop, and waits until it has.
    pub(crate) async fn stop(&mut self) {
        self.parts.shutdown.cancel();
        let served = self.served.take().expect("it is stopped once");
        in_time("the server stops", served).await.expect("no panic");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(served) = self.served.take() {
            served.abort();
        }
    }
}

/// How soon something must be that is to be at once.
pub(crate) const AT_ONCE: Duration = Duration::from_secs(1);

/// The request of a caller with a good credential of its own, which has nothing in its URL.
pub(crate) fn by_caller(user: &str, path: &str) -> Request {
    Request::stream(path).bearer(&jwt::of(user))
}
