//! A gate over a fickle store, its layer and its mint: [`Scene`].

use std::convert::Infallible;
use std::future::ready;
use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::{Empty, Full};
use sse_gate::core::{Signal, StoreRole};
use sse_gate::mint::{AuthError, Denied, Identity, MintRequest, MintService};
use sse_gate::{
    Gate, GateLayer, GrantRequest, Limits, MemoryStore, SseRoute, StorePolicy, StreamSlots, Subject,
};
use tower::{Layer, ServiceExt};

use crate::fickle::Fickle;
use crate::support::Witness;

type Body = Empty<Bytes>;

pub(crate) struct Scene {
    pub(crate) store: Fickle,
    pub(crate) gate: Gate,
    pub(crate) witness: Witness,
    pub(crate) layer: GateLayer,
    pub(crate) slots: StreamSlots,
    pub(crate) route: SseRoute,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::with(StorePolicy::default())
    }

    pub(crate) fn with(policy: StorePolicy) -> Self {
        Self::with_limits(policy, Limits::default())
    }

    pub(crate) fn with_limits(policy: StorePolicy, limits: Limits) -> Self {
        let (store, witness) = (Fickle::new(limits), Witness::default());
        let gate = Gate::builder()
            .with_observer(witness.clone())
            .with_store_policy(policy)
            .build(store.clone());
        let route = SseRoute::new("/rooms/{id}").unwrap();
        let slots = StreamSlots::new(100_000, 100_000);
        let layer = GateLayer::new(&gate, route.clone()).with_slots(slots.clone());
        Self {
            store,
            gate,
            witness,
            layer,
            slots,
            route,
        }
    }

    pub(crate) fn grant(&self) -> GrantRequest {
        let subject = Subject::new("alice").unwrap();
        GrantRequest::new(subject, self.route.resource(["7"]).unwrap())
    }

    /// A token that this scene's store knows.
    pub(crate) async fn token(&self) -> String {
        let issued = self.gate.issue(self.grant()).await.unwrap();
        issued.token().expose().to_owned()
    }

    /// Well-spelled tokens that it does not know.
    pub(crate) async fn foreign_tokens(&self, count: usize) -> Vec<String> {
        let other = Gate::new(MemoryStore::new(Limits::default().with_tokens(count)));
        let mut tokens = Vec::new();
        for number in 0..count {
            // One subject may have 16.
            let subject = Subject::new(format!("user {}", number / 10)).unwrap();
            let resource = self.grant().resource().clone();
            let issued = other
                .issue(GrantRequest::new(subject, resource))
                .await
                .unwrap();
            tokens.push(issued.token().expose().to_owned());
        }
        tokens
    }

    /// Shows a token.
    pub(crate) fn show(&self, token: &str) -> impl Future<Output = StatusCode> + Send + use<> {
        let service = self
            .layer
            .layer(tower::service_fn(|_: Request<Body>| async {
                Ok::<_, Infallible>(Response::new(Body::new()))
            }));
        let request = Request::get(format!("/rooms/7?token={token}"))
            .header(ACCEPT, "text/event-stream")
            .body(Body::new())
            .unwrap();
        async move { service.oneshot(request).await.unwrap().status() }
    }

    /// A mint that knows everybody as alice, and permits everything.
    pub(crate) fn mint_service(&self) -> MintService {
        let who = |_: Parts| {
            let alice = Subject::new("alice").unwrap();
            ready(Ok::<_, AuthError>(Identity::new(alice)))
        };
        let whether = |request: MintRequest| ready(Ok::<_, Denied>(request.permit()));
        MintService::new(&self.gate, &self.route, who, whether)
    }

    pub(crate) async fn mint(&self) -> Response<Full<Bytes>> {
        let request = Request::post("/rooms/7/token").body(Body::new()).unwrap();
        self.mint_service().oneshot(request).await.unwrap()
    }

    /// How often the breaker of the tokens' store has opened or closed.
    pub(crate) fn breaker(&self, is_open: bool) -> usize {
        let store = StoreRole::Tokens;
        let change = Signal::BreakerChanged { store, is_open };
        let signals = self.witness.signals();
        signals.into_iter().filter(|it| *it == change).count()
    }

    /// Waits until it holds. The clock moves on its own.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..10_000 {
            if holds(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("{what} did not happen");
    }
}
