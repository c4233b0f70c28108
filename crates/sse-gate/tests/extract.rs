//! What a handler finds in its request, by the extractors of axum.
#![cfg(feature = "axum")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::convert::Infallible;
use std::time::Duration;

use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use sse_gate::core::Clock;
use sse_gate::{GrantRequest, Granted, MissingGrant, ResumableStream, Subject};
use support::{Body, World, get};
use tower::{Layer, ServiceExt};

/// What a handler is refused with that has no gate before it.
async fn refused<E>(uri: &str) -> Response
where
    E: FromRequestParts<(), Rejection = MissingGrant> + std::fmt::Debug,
{
    let (mut parts, _) = get(uri).into_parts();
    let rejection = E::from_request_parts(&mut parts, &()).await.unwrap_err();
    rejection.into_response()
}

/// D15: a handler without a gate answers with an error of the server's, and never runs.
#[tokio::test]
async fn a_handler_without_a_gate_answers_500() {
    let uri = "/generations/7/stream?token=x";
    for response in [
        refused::<Granted>(uri).await,
        refused::<ResumableStream>(uri).await,
    ] {
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains("did not come through a GateLayer"), "{body}");
    }
}

/// A handler that asks for an option gets its stream behind a resumable layer, and its body is a response.
#[tokio::test]
async fn a_handler_behind_a_resumable_layer_gets_its_stream() {
    let world = World::new();
    let sessions = world.gate.new_sessions().unwrap();
    let log = world.gate.new_logs().create().await.unwrap();
    let service = world.layer().resumable(&sessions);
    let service = service.layer(tower::service_fn(async |request: Request<Body>| {
        let (mut parts, _) = request.into_parts();
        let stream = Option::<ResumableStream>::from_request_parts(&mut parts, &()).await;
        let body = stream.unwrap().unwrap().follow(&log).await.unwrap();
        Ok::<_, Infallible>(IntoResponse::into_response(body))
    }));
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let response = service.oneshot(get(&uri)).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let frame = Box::pin(response.into_body()).frame().await.unwrap();
    let first = frame.unwrap().into_data().unwrap();
    let first = String::from_utf8(first.to_vec()).unwrap();
    assert!(first.contains("event: sse.open"), "{first}");
}

/// G7: a handler learns whose stream it is and how long it may last.
#[tokio::test]
async fn a_handler_behind_a_gate_gets_its_grant() {
    let world = World::new();
    let lasts = Duration::from_secs(77);
    let subject = Subject::new("alice").unwrap();
    let grant = GrantRequest::new(subject, world.route.resource(["7"]).unwrap());
    let grant = grant.with_credential_expiry(world.clock.now().saturating_add(lasts));
    let issued = world.gate.issue(grant).await.unwrap();
    let service = world
        .layer()
        .layer(tower::service_fn(async |request: Request<Body>| {
            let (mut parts, _) = request.into_parts();
            let granted = Granted::from_request_parts(&mut parts, &()).await.unwrap();
            let stream = ResumableStream::from_request_parts(&mut parts, &()).await;
            let missing = stream.unwrap_err().to_string();
            assert!(missing.contains("the route is strict"), "{missing}");
            let seen = format!("{} {:?}", granted.subject().as_str(), granted.time_left());
            Ok::<_, Infallible>(Response::new(http_body_util::Full::from(seen)))
        }));
    let uri = format!("/generations/7/stream?token={}", issued.token().expose());
    let body = service.oneshot(get(&uri)).await.unwrap().into_body();
    assert_eq!(body.collect().await.unwrap().to_bytes(), "alice 77s");
}
