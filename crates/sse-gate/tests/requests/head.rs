//! Answers to HEAD.

use std::future::ready;

use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use sse_gate::mint::{Identity, MintRequest, MintService};
use sse_gate::{Gate, GateLayer, SseRoute};
use tower::{Layer, ServiceExt};

use crate::support::{Handler, World, get, greet};

/// A16: no answer of the gate's to HEAD has a body, an application's own neither, and it has the
/// headers that it would have otherwise.
#[tokio::test]
async fn no_refusal_of_head_has_a_body() {
    let world = World::new();
    let head = |uri: &str| {
        let mut request = get(uri);
        *request.method_mut() = Method::HEAD;
        request
    };
    let own = world
        .layer()
        .on_refusal(|_| http::Response::new("a body".into()));
    for layer in [world.layer(), own] {
        let service = layer.layer(tower::service_fn(greet));
        for path in [
            "/generations/7/stream?token=x",
            "/generations/7/stream",
            "/other",
        ] {
            let response = service.ask(head(path)).await;
            assert!(response.body().is_empty(), "{path}");
            // A framework that sees an empty body would say 0, which is another answer's length.
            assert_ne!(response.headers()[CONTENT_LENGTH], "0", "{path}");
        }
    }
    let layer: GateLayer = world.layer();
    let service = layer.layer(tower::service_fn(greet));
    let response = service.clone().oneshot(head("/generations/7/stream")).await;
    let response = response.unwrap();
    assert!(http_body::Body::is_end_stream(response.body()));
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[ALLOW], "GET, OPTIONS");
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
}

/// A16: nor has an answer of the mint's.
#[tokio::test]
async fn no_answer_of_a_mint_to_head_has_a_body() {
    let (gate, route) = (Gate::in_memory(), SseRoute::new("/feed").unwrap());
    let who = |_: http::request::Parts| ready(Ok(Identity::named("alice").unwrap()));
    let whether = |request: MintRequest| ready(Ok(request.permit()));
    let mint = MintService::new(&gate, route, who, whether);
    for path in ["/feed-token", "/other"] {
        let request = Request::head(path)
            .body(Empty::<bytes::Bytes>::new())
            .unwrap();
        let response = mint.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(response.headers()[ALLOW], "POST");
        assert_ne!(response.headers()[CONTENT_LENGTH], "0", "{path}");
        let body = response.into_body().collect().await.unwrap();
        assert!(body.to_bytes().is_empty(), "{path}");
    }
}
