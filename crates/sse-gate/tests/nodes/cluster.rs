//! Nodes that share stores and a bus: [`Cluster`].

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty};
use sse_gate::admission::ResponseBody;
use sse_gate::core::ManualClock;
use sse_gate::sessions::Topics;
use sse_gate::sessions::backend::{Bus, MemoryBus, MemoryLogStore, NodeId, Notice, Notices};
use sse_gate::sessions::error::BusError;
use sse_gate::sessions::{ResumeKey, SessionLimits};
use sse_gate::{
    Gate, GateLayer, GrantRequest, Limits, Logs, MemorySessions, MemoryStore, Problem, Publisher,
    Resumable, ResumableBody, ResumableStream, ResumeKeys, Sessions, SseRoute, Subject,
};
use tower::{Layer, ServiceExt};

/// What a handler answers.
type HandlerBody = UnsyncBoxBody<Bytes, Infallible>;

pub(crate) type NodeResponse = Response<Pin<Box<ResponseBody<HandlerBody>>>>;

/// What all nodes share.
pub(crate) struct Cluster {
    pub(crate) clock: ManualClock,
    tokens: Arc<MemoryStore>,
    sessions: MemorySessions,
    logs: MemoryLogStore,
    pub(crate) bus: SwitchedBus,
}

/// One node.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) gate: Gate,
    pub(crate) sessions: Sessions,
    pub(crate) topics: Topics,
    pub(crate) layer: GateLayer,
    logs: Logs,
    publishers: Arc<Mutex<Vec<Publisher>>>,
}

impl Cluster {
    pub(crate) fn new() -> Self {
        let (clock, bus) = (ManualClock::default(), SwitchedBus::default());
        let sessions = MemorySessions::new(SessionLimits::default()).with_clock(clock.clone());
        let logs = MemoryLogStore::default().with_clock(clock.clone());
        Self {
            tokens: Arc::new(MemoryStore::with_clock(Limits::default(), clock.clone())),
            sessions: sessions.with_bus(&bus.inner),
            logs: logs.with_bus(&bus.inner),
            clock,
            bus,
        }
    }

    /// A node, whose listener may not have heard anything yet.
    pub(crate) fn starting(&self, number: u8) -> Node {
        let name = NodeId::from_bytes([number; 8]);
        let gate = Gate::builder().with_clock(self.clock.clone());
        let gate = gate.build(Arc::clone(&self.tokens));
        let logs = gate
            .new_logs()
            .with_store(self.logs.clone().with_node(name));
        // All nodes have the same keys.
        let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap());
        let sessions = Sessions::new(self.sessions.clone().with_node(name), keys)
            .with_clock(self.clock.clone())
            .with_logs(&logs)
            .with_bus(self.bus.clone());
        let layer = GateLayer::new(&gate, route()).resumable(Resumable::new(&sessions));
        Node {
            gate,
            topics: Topics::new(logs.clone()),
            sessions,
            layer,
            logs,
            publishers: Arc::default(),
        }
    }

    /// A node that hears the others.
    pub(crate) async fn node(&self, number: u8) -> Node {
        let node = self.starting(number);
        node.until_connected().await;
        node
    }
}

pub(crate) fn route() -> SseRoute {
    SseRoute::new("/streams/{id}").unwrap()
}

impl Node {
    pub(crate) async fn until_connected(&self) {
        until("the node is connected", || self.sessions.is_connected()).await;
    }

    /// The path and query of a stream of alice's, with a fresh token.
    pub(crate) async fn uri(&self, id: &str) -> String {
        let resource = route().resource([id]).unwrap();
        let grant = GrantRequest::new(Subject::new("alice").unwrap(), resource);
        let issued = self.gate.issue(grant).await.unwrap();
        format!("/streams/{id}?token={}", issued.token().expose())
    }

    /// The response to a request.
    pub(crate) async fn ask(&self, request: Request<Empty<Bytes>>) -> NodeResponse {
        let node = self.clone();
        let handler = tower::service_fn(move |request: Request<Empty<Bytes>>| {
            let node = node.clone();
            async move { Ok::<_, Infallible>(node.handle(&request).await) }
        });
        let service = self.layer.layer(handler);
        let response = service.oneshot(request).await;
        response
            .unwrap_or_else(|never| match never {})
            .map(Box::pin)
    }

    /// The feed `news` is one that all read. All else is work for one session.
    async fn handle(&self, request: &Request<Empty<Bytes>>) -> Response<HandlerBody> {
        let stream = ResumableStream::of(request.extensions()).unwrap();
        let body = if request.uri().path().ends_with("/news") {
            self.follow(stream.clone()).await
        } else {
            let publishers = Arc::clone(&self.publishers);
            let produced = stream.produce(&self.logs, move |publisher| {
                publishers.lock().unwrap().push(publisher);
                std::future::ready(())
            });
            produced.await.map_err(Problem::from)
        };
        match body {
            Ok(body) => body.into_response().map(BodyExt::boxed_unsync),
            Err(problem) => problem.into_response().map(BodyExt::boxed_unsync),
        }
    }

    async fn follow(&self, stream: ResumableStream) -> Result<ResumableBody, Problem> {
        let log = self.topics.log("news", None).await?;
        Ok(stream.follow(&log).await?)
    }

    /// The publisher of the work that began last.
    pub(crate) fn publisher(&self) -> Publisher {
        self.publishers.lock().unwrap().pop().unwrap()
    }

    pub(crate) async fn status(&self, request: Request<Empty<Bytes>>) -> StatusCode {
        self.ask(request).await.status()
    }
}

/// Waits until it holds.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    panic!("not in time: {what}");
}

/// A bus whose channel the test takes down.
#[derive(Clone, Debug, Default)]
pub(crate) struct SwitchedBus {
    inner: MemoryBus,
    is_down: Arc<AtomicBool>,
}

impl SwitchedBus {
    /// New subscriptions fail.
    pub(crate) fn take_down(&self) {
        self.is_down.store(true, Ordering::SeqCst);
    }

    pub(crate) fn bring_up(&self) {
        self.is_down.store(false, Ordering::SeqCst);
    }

    /// How many subscriptions there are.
    pub(crate) fn subscribers(&self) -> String {
        format!("{:?}", self.inner)
    }
}

impl Bus for SwitchedBus {
    async fn publish(&self, notice: Notice) -> Result<(), BusError> {
        self.inner.publish(notice).await
    }

    async fn subscribe(&self) -> Result<Notices, BusError> {
        if self.is_down.load(Ordering::SeqCst) {
            return Err(BusError::new("down"));
        }
        self.inner.subscribe().await
    }
}
