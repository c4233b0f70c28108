//! Nodes that share their stores: [`Cluster`], [`Node`].

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use http::request::Parts;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use sse_gate::core::{Clock, SharedStore, Signal, SteadyTime, Timestamp};
use sse_gate::mint::{AuthError, Bearer, Denied, Identity, MintRequest, MintService};
use sse_gate::sessions::backend::{MemoryLimiter, MemoryLogStore, SharedSessions};
use sse_gate::sessions::{ResumeKey, StreamLimits};
use sse_gate::{
    Gate, GateLayer, GrantRequest, Log, Logs, MemorySessions, MemoryStore, Publisher,
    ResumableStream, ResumeKeys, Sessions, SseRoute, StreamSlots, Subject,
};
use tokio::time::{Instant, sleep};
use tower::{Layer, ServiceExt};

use crate::moody::Moody;
use crate::support::{Body, Witness, with};

/// How long a place lasts here.
pub(crate) const TTL: Duration = Duration::from_secs(30);

type HandlerBody = UnsyncBoxBody<Bytes, Infallible>;

/// Time passes as it does for tokio, which a test moves.
#[derive(Debug)]
struct RuntimeClock(Instant);

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_secs(1_800_000_000 + self.0.elapsed().as_secs())
    }

    fn steady(&self) -> SteadyTime {
        SteadyTime::ZERO.saturating_add(self.0.elapsed())
    }
}

/// The stores that all nodes share.
pub(crate) struct Cluster {
    pub(crate) limiter: MemoryLimiter,
    pub(crate) log: Log,
    tokens: SharedStore,
    sessions: SharedSessions,
    logs: Logs,
    route: SseRoute,
}

impl Cluster {
    /// At most so many streams over all nodes, in all and of one subject.
    pub(crate) fn new(max: usize, max_per_subject: usize) -> Self {
        let limits = StreamLimits::default()
            .with_max(max)
            .with_max_per_subject(max_per_subject)
            .with_ttl(TTL);
        let logs = Logs::default().with_store(MemoryLogStore::new(100));
        let log = logs.create().now_or_never();
        Self {
            limiter: MemoryLimiter::new(limits).with_clock(RuntimeClock(Instant::now())),
            log: log.expect("memory is ready at once").unwrap(),
            tokens: SharedStore::new(MemoryStore::default()),
            sessions: SharedSessions::new(MemorySessions::default()),
            logs,
            route: SseRoute::new("/rooms/{id}").unwrap(),
        }
    }

    /// A node with streams that can't be resumed.
    pub(crate) fn node(&self) -> Node {
        let (limiter, witness) = (Moody::new(self.limiter.clone()), Witness::default());
        let gate = Gate::builder()
            .with_observer(witness.clone())
            .build(self.tokens.clone());
        let slots = StreamSlots::new(1_000, 1_000).with_limiter(limiter.clone());
        let layer = GateLayer::new(&gate, self.route.clone()).with_slots(slots.clone());
        Node {
            layer,
            gate,
            slots,
            limiter,
            witness,
            log: self.log.clone(),
            route: self.route.clone(),
        }
    }

    /// A node whose streams follow the one log, and can be resumed.
    pub(crate) fn resumable_node(&self) -> Node {
        let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap());
        let sessions = Sessions::new(self.sessions.clone(), keys).with_logs(&self.logs);
        let node = self.node();
        Node {
            layer: node.layer.resumable(&sessions),
            ..node
        }
    }

    /// How many places alice has.
    pub(crate) fn alices(&self) -> usize {
        self.limiter.open_of(&Subject::new("alice").unwrap())
    }

    /// Waits until so many places are in use. The clock moves on its own.
    pub(crate) async fn until_open(&self, places: usize) {
        let has_come = || self.limiter.len() == places;
        until(&format!("{places} open streams"), has_come).await;
    }

    pub(crate) fn publish(&self, text: &str) {
        let event = sse_gate::Event::new().data(text);
        let publisher = Publisher::new(self.log.clone());
        let appended = publisher.publish(&event).now_or_never();
        appended.expect("memory is ready at once").unwrap();
    }
}

/// Waits until it holds. The clock moves on its own, by one millisecond at a time.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if holds() {
            return;
        }
        sleep(Duration::from_millis(1)).await;
    }
    panic!("{what} did not happen");
}

/// A node of the cluster.
pub(crate) struct Node {
    pub(crate) gate: Gate,
    pub(crate) layer: GateLayer,
    pub(crate) slots: StreamSlots,
    pub(crate) limiter: Moody,
    pub(crate) witness: Witness,
    log: Log,
    route: SseRoute,
}

/// The answer to a request, which is read as it comes.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: UnsyncBoxBody<Bytes, String>,
}

impl Node {
    /// The URL of a new stream of this subject's.
    pub(crate) async fn uri_of(&self, subject: &str) -> String {
        let resource = self.route.resource(["7"]).unwrap();
        let request = GrantRequest::new(Subject::new(subject).unwrap(), resource);
        let issued = self.gate.issue(request).await.unwrap();
        format!("/rooms/7?token={}", issued.token().expose())
    }

    /// Opens a new stream for alice, whose server waits for more.
    pub(crate) async fn open(&self) -> Answer {
        self.open_for("alice").await
    }

    pub(crate) async fn open_for(&self, subject: &str) -> Answer {
        let uri = self.uri_of(subject).await;
        let mut answer = self.get(&uri).await;
        if answer.status == StatusCode::OK {
            answer.read();
        }
        answer
    }

    pub(crate) async fn get(&self, uri: &str) -> Answer {
        self.ask(with(uri, &[])).await
    }

    /// Comes back with the last id.
    pub(crate) async fn resume(&self, uri: &str, id: &str) -> Answer {
        self.ask(with(uri, &[("last-event-id", id)])).await
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        self.call(request).await
    }

    /// The answer to come.
    pub(crate) fn call(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Answer> + Send + use<> {
        let log = self.log.clone();
        let handler = tower::service_fn(move |request| handle(request, log.clone()));
        let service = self.layer.layer(handler);
        async move {
            let (head, body) = service.oneshot(request).await.unwrap().into_parts();
            Answer {
                status: head.status,
                headers: head.headers,
                body: body.map_err(|error| format!("{error:?}")).boxed_unsync(),
            }
        }
    }

    /// The same node with callers that come with their own name as a bearer.
    pub(crate) fn with_callers(self) -> Self {
        let who = async |parts: Parts| {
            let bearer = Bearer::of(&parts.headers)?;
            Ok::<_, AuthError>(Identity::named(bearer.as_str())?)
        };
        let may = async |request: MintRequest| Ok::<_, Denied>(request.permit());
        let mint = MintService::new(&self.gate, &self.route, who, may);
        Self {
            layer: self.layer.with_callers(&mint),
            ..self
        }
    }

    /// How often the breaker of the limiter has opened.
    pub(crate) fn breaker_openings(&self) -> usize {
        let opened = Signal::BreakerChanged {
            store: sse_gate::core::StoreRole::Streams,
            is_open: true,
        };
        let signals = self.witness.signals();
        signals.into_iter().filter(|it| *it == opened).count()
    }
}

/// Follows the log on a resumable route. On others it streams nothing, and does not end.
async fn handle(request: Request<Body>, log: Log) -> Result<Response<HandlerBody>, Infallible> {
    let Ok(stream) = ResumableStream::of(request.extensions()) else {
        let pending = StreamBody::new(futures_util::stream::pending());
        return Ok(Response::new(BodyExt::boxed_unsync(pending)));
    };
    let body = stream.follow(&log).await.unwrap();
    Ok(body.into_response().map(BodyExt::boxed_unsync))
}

impl Answer {
    /// What is there now.
    pub(crate) fn read(&mut self) -> String {
        let mut cx = Context::from_waker(Waker::noop());
        let mut text = String::new();
        while let Poll::Ready(Some(frame)) = Pin::new(&mut self.body).poll_frame(&mut cx) {
            let data = frame.unwrap().into_data().unwrap();
            text.push_str(std::str::from_utf8(&data).unwrap());
        }
        text
    }

    /// The next frame, and no more.
    pub(crate) fn read_frame(&mut self) -> Bytes {
        let frame = self.body.frame().now_or_never();
        let frame = frame.flatten().expect("a frame");
        frame.unwrap().into_data().unwrap()
    }

    /// Whether its body has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        let polled = Pin::new(&mut self.body).poll_frame(&mut cx);
        matches!(polled, Poll::Ready(None))
    }

    /// The last id in what is there now.
    pub(crate) fn last_id(&mut self) -> String {
        last_id(&self.read()).to_owned()
    }
}

/// The last id in a text.
pub(crate) fn last_id(text: &str) -> &str {
    let mut ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
    ids.next_back().expect("an id")
}
