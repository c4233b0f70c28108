//! A caller who signs out while its request for a token is under way.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use serde_json::Value;
use sse_gate::core::{IssueErrorKind, MintRefusalReason, Signal};
use sse_gate::mint::{AuthError, Bearer, Denied, Identity, MintRequest, MintService, Permit};
use sse_gate::{Gate, GateLayer, SseRoute, Subject};
use support::Witness;
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tower::{Layer, ServiceExt};

type Chunk = Result<Frame<Bytes>, Infallible>;

fn route() -> SseRoute {
    SseRoute::new("/rooms/{id}").unwrap()
}

fn alice() -> Subject {
    Subject::new("alice").unwrap()
}

/// Where a request waits while its caller signs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Authenticator,
    Body,
    Authorizer,
}

struct Scene {
    gate: Gate,
    witness: Witness,
    route: SseRoute,
    /// Lets go of what waits.
    go: Arc<Semaphore>,
    body: mpsc::Sender<Chunk>,
    request: Option<Request<StreamBody<ReceiverStream<Chunk>>>>,
}

impl Scene {
    fn new(name: &str) -> Self {
        let witness = Witness::default();
        let gate = Gate::builder().with_observer(witness.clone());
        let (body, receiver) = mpsc::channel(4);
        let request = Request::post("/rooms/7/token")
            .header(AUTHORIZATION, format!("Bearer {name}"))
            .header(CONTENT_TYPE, "application/json")
            .body(StreamBody::new(ReceiverStream::new(receiver)));
        Self {
            gate: gate.in_memory(),
            witness,
            route: route(),
            go: Arc::new(Semaphore::new(0)),
            body,
            request: Some(request.unwrap()),
        }
    }

    /// The response to come. The request waits at one place, and its body begins with `{`.
    async fn mint(&mut self, at: At) -> impl Future<Output = Response<Full<Bytes>>> + use<> {
        let go = Arc::clone(&self.go);
        let who = {
            let go = Arc::clone(&go);
            move |parts: Parts| {
                let name = Bearer::of(&parts.headers).map(|it| it.as_str().to_owned());
                let go = Arc::clone(&go);
                async move {
                    if at == At::Authenticator {
                        go.acquire().await.unwrap().forget();
                    }
                    let subject = Subject::new(name?).unwrap();
                    Ok::<_, AuthError>(Identity::new(subject))
                }
            }
        };
        let whether = move |request: MintRequest| {
            let go = Arc::clone(&go);
            async move {
                if at == At::Authorizer {
                    go.acquire().await.unwrap().forget();
                }
                Ok::<_, Denied>(request.permit())
            }
        };
        let mint = MintService::new(&self.gate, &self.route, who, whether);
        self.body.send(data("{")).await.unwrap();
        if at != At::Body {
            self.end_body().await;
        }
        let answer = tokio::spawn(mint.oneshot(self.request.take().unwrap()));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(!answer.is_finished(), "it waits");
        async move { answer.await.unwrap().unwrap() }
    }

    async fn end_body(&mut self) {
        self.body.send(data("}")).await.unwrap();
        self.body = mpsc::channel(1).0;
    }

    async fn go_on(&mut self, at: At) {
        match at {
            At::Body => self.end_body().await,
            _ => self.go.add_permits(1),
        }
    }

    async fn show(&self, token: &str) -> StatusCode {
        let layer = GateLayer::new(&self.gate, self.route.clone());
        let service = layer.layer(tower::service_fn(|_: Request<Empty<Bytes>>| {
            ready(Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new())))
        }));
        let request = Request::get(format!("/rooms/7?token={token}"))
            .header(ACCEPT, "text/event-stream")
            .body(Empty::new());
        service.oneshot(request.unwrap()).await.unwrap().status()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is what the channel carries")]
fn data(text: &'static str) -> Chunk {
    Ok(Frame::data(Bytes::from_static(text.as_bytes())))
}

async fn token(response: Response<Full<Bytes>>) -> Option<String> {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap();
    body["sse_token"].as_str().map(str::to_owned)
}

/// C20: head and `{`, then `revoke`, then `}`: there is no token. It makes no difference
/// whether the body, the authenticator or the authorizer was slow.
#[tokio::test(start_paused = true)]
async fn a_request_under_way_does_not_survive_a_sign_out() {
    for at in [At::Authenticator, At::Body, At::Authorizer] {
        let mut scene = Scene::new("alice");
        let answer = scene.mint(at).await;
        scene.gate.revoke(&alice()).await.unwrap();
        scene.go_on(at).await;
        let response = answer.await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{at:?}");
        assert_eq!(token(response).await, None, "{at:?}");
        let reason = MintRefusalReason::NotIssued(IssueErrorKind::Withdrawn);
        assert!(scene.witness.saw(Signal::MintRefused(reason)), "{at:?}");
        assert!(!scene.witness.saw(Signal::Issued), "{at:?}");
    }
}

/// C20: others sign out all the time, and what alice asks for after she has signed in again is hers.
#[tokio::test(start_paused = true)]
async fn the_sign_out_of_others_and_earlier_ones_change_nothing() {
    for at in [At::Authenticator, At::Body, At::Authorizer] {
        let mut scene = Scene::new("alice");
        scene.gate.revoke(&alice()).await.unwrap();
        let answer = scene.mint(at).await;
        let bob = Subject::new("bob").unwrap();
        scene.gate.revoke(&bob).await.unwrap();
        scene.go_on(at).await;
        let response = answer.await;
        assert_eq!(response.status(), StatusCode::OK, "{at:?}");
        let token = token(response).await.unwrap();
        assert_eq!(scene.show(&token).await, StatusCode::OK, "{at:?}");
    }
}

/// C20: an authorizer that is older than the request, by an epoch of its own, is heeded.
#[tokio::test(start_paused = true)]
async fn an_older_epoch_of_the_authorizer_counts() {
    let gate = Gate::in_memory();
    let before = gate.epoch().await.unwrap();
    gate.revoke(&alice()).await.unwrap();
    let who = |_: Parts| ready(Ok::<_, AuthError>(Identity::new(alice())));
    let whether = move |request: MintRequest| {
        let request = request.grant_request().with_epoch(before);
        ready(Ok::<_, Denied>(Permit::new(request)))
    };
    let request = Request::post("/rooms/7/token").body(Empty::<Bytes>::new());
    let mint = MintService::new(&gate, route(), who, whether);
    let response = mint.oneshot(request.unwrap()).await;
    assert_eq!(response.unwrap().status(), StatusCode::UNAUTHORIZED);
}

/// C20: a newer one does not: the subject signed out while the request was under way.
#[tokio::test]
async fn a_newer_epoch_of_the_authorizer_does_not_count() {
    let gate = Gate::in_memory();
    let who = |_: Parts| ready(Ok::<_, AuthError>(Identity::new(alice())));
    let its = gate.clone();
    let whether = move |request: MintRequest| {
        let gate = its.clone();
        async move {
            gate.revoke(&alice()).await.unwrap();
            let after = gate.epoch().await.unwrap();
            let request = request.grant_request().with_epoch(after);
            Ok::<_, Denied>(Permit::new(request))
        }
    };
    let request = Request::post("/rooms/7/token").body(Empty::<Bytes>::new());
    let mint = MintService::new(&gate, route(), who, whether);
    let response = mint.oneshot(request.unwrap()).await;
    assert_eq!(response.unwrap().status(), StatusCode::UNAUTHORIZED);
}
