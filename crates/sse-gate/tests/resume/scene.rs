//! A resumable route, its sessions, and what it was seen doing: [`Scene`].

use std::convert::Infallible;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use sse_gate::admission::ResponseBody;
use sse_gate::codec::Event;
use sse_gate::core::TokenKey;
use sse_gate::sessions::error::SessionError;
use sse_gate::sessions::{LogBudget, LogLimits, ResumeKey, SessionLimits};
use sse_gate::{
    GateLayer, GrantRequest, Log, Logs, MemorySessions, Publisher, Resumable, ResumeKeys, Sessions,
    SseRoute, StreamSlots, StripTokenLayer, Subject,
};
use tower::{Layer, ServiceExt};

use crate::client::Client;
use crate::desk::{Desk, DeskBody};
use crate::hand::Hand;
use crate::support::{Body, World, get};
use crate::told::Told;

/// Everything that a test needs.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) store: Hand,
    pub(crate) sessions: Sessions,
    pub(crate) told: Told,
    pub(crate) logs: Logs,
    pub(crate) desk: Desk,
    pub(crate) layer: GateLayer,
    pub(crate) slots: StreamSlots,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::with(|settings| settings)
    }

    /// With other settings.
    pub(crate) fn with(change: impl FnOnce(Resumable) -> Resumable) -> Self {
        Self::with_limits(SessionLimits::default(), LogLimits::default(), change)
    }

    pub(crate) fn with_limits(
        limits: SessionLimits,
        log: LogLimits,
        change: impl FnOnce(Resumable) -> Resumable,
    ) -> Self {
        let world = World::new();
        let clock = world.clock.clone();
        let store = Hand::new(MemorySessions::new(limits).with_clock(clock.clone()));
        let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap());
        let told = Told::default();
        let sessions = Sessions::new(store.clone(), keys)
            .with_clock(clock.clone())
            .with_observer(told.clone());
        let logs = Logs::new(log, LogBudget::default()).with_clock(clock);
        let slots = StreamSlots::new(100, 100);
        let layer = world
            .layer()
            .resumable(change(Resumable::new(&sessions)))
            .with_slots(slots.clone());
        let desk = Desk::new(logs.clone());
        Self {
            world,
            store,
            sessions,
            told,
            logs,
            desk,
            layer,
            slots,
        }
    }

    /// With so many places, in all and for each subject.
    pub(crate) fn with_slots(mut self, max: usize, max_per_subject: usize) -> Self {
        self.slots = StreamSlots::new(max, max_per_subject);
        self.layer = self.layer.with_slots(self.slots.clone());
        self
    }

    pub(crate) fn route(&self) -> SseRoute {
        self.world.route.clone()
    }

    /// The response to come, behind both layers.
    pub(crate) fn call(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Response<ResponseBody<DeskBody>>> + Send + use<> {
        let desk = self.desk.clone();
        let handler = tower::service_fn(move |request| desk.clone().handle(request));
        let service = StripTokenLayer::new([self.route()]).layer(self.layer.layer(handler));
        async move { service.oneshot(request).await.unwrap_or_else(never) }
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Response<ResponseBody<DeskBody>> {
        self.call(request).await
    }

    /// The response to come, read to its end: status, headers and body as one text.
    pub(crate) async fn ask_for_all(&self, request: Request<Body>) -> (StatusCode, String) {
        let (head, body) = self.ask(request).await.into_parts();
        let body = tokio::time::timeout(Duration::from_secs(10), body.collect()).await;
        let body = body.expect("it has an end").unwrap_or_else(never);
        let body = body.to_bytes();
        (head.status, format!("{:?} {body:?}", head.headers))
    }

    /// The URL of a stream of this subject's, with a fresh token, and the token's key.
    pub(crate) async fn uri_of(&self, subject: &str) -> (String, TokenKey) {
        let resource = self.route().resource(["7"]).unwrap();
        let grant = GrantRequest::new(Subject::new(subject).unwrap(), resource);
        let issued = self.world.gate.issue(grant).await.unwrap();
        let token = issued.token().expose();
        (format!("/generations/7/stream?token={token}"), issued.key())
    }

    /// A client of this subject's that has not asked yet.
    pub(crate) async fn client(&self, subject: &str) -> Client {
        Client::new(self.uri_of(subject).await.0)
    }

    /// A client of alice's with a stream, and the publisher of its work.
    pub(crate) async fn streaming(&self) -> (Client, Publisher) {
        self.streaming_to("alice").await
    }

    pub(crate) async fn streaming_to(&self, subject: &str) -> (Client, Publisher) {
        let mut client = self.client(subject).await;
        assert_eq!(client.connect(self).await, StatusCode::OK);
        assert_eq!(client.read().names(), ["sse.open"]);
        (client, self.desk.publisher())
    }

    /// The answer to a token that nobody was ever given.
    pub(crate) async fn refusal(&self) -> (StatusCode, String) {
        let refusal = self.ask_for_all(get("/generations/7/stream?token=x")).await;
        assert_eq!(refusal.0, StatusCode::UNAUTHORIZED);
        refusal
    }

    pub(crate) fn log(&self) -> Log {
        futures_util::FutureExt::now_or_never(self.logs.create())
            .expect("memory is ready at once")
            .unwrap()
    }

    /// Moves both clocks on: that of the gate and the sessions, and the runtime's.
    pub(crate) async fn wait(&self, span: Duration) {
        self.world.clock.advance(span);
        tokio::time::advance(span).await;
    }

    /// Closes all sessions of a subject, as a logout does.
    pub(crate) async fn revoke(&self, subject: &str) -> Result<usize, SessionError> {
        let subject = Subject::new(subject).unwrap();
        self.sessions.revoke(&subject).await
    }

    /// Everything is given back.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.slots.open() == 0
    }

    /// Waits until it holds, whatever else runs meanwhile. The clocks stand still.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..10_000 {
            if holds(self) {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("{what} did not happen");
    }
}

/// Publishes events of these data.
pub(crate) async fn publish(publisher: &Publisher, data: &[&str]) {
    for text in data {
        let event = Event::new().data(*text);
        publisher.publish(&event).await.unwrap();
    }
}

fn never<T>(never: Infallible) -> T {
    match never {}
}
