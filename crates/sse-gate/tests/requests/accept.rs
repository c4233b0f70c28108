//! What a client accepts.

use http::StatusCode;
use http::header::ACCEPT;
use sse_gate::{GateLayer, Subject};
use tower::Layer;

use crate::support::{Handler, World, get, greet};

/// The status of a request with a fresh token and this `Accept`.
async fn status(world: &World, layer: GateLayer, accept: Option<&str>) -> StatusCode {
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let mut request = get(&uri);
    request.headers_mut().remove(ACCEPT);
    if let Some(accept) = accept {
        request
            .headers_mut()
            .insert(ACCEPT, accept.parse().unwrap());
    }
    let service = layer.layer(tower::service_fn(greet));
    let status = service.ask(request).await.status();
    let alice = Subject::new("alice").unwrap();
    let unused = world.gate.revoke(&alice).await.unwrap();
    assert_eq!(unused.tokens() == 0, status == StatusCode::OK, "{accept:?}");
    status
}

const NAMED: [&str; 8] = [
    "text/event-stream",
    "TEXT/Event-Stream",
    "text/html, text/event-stream",
    "text/event-stream;q=1",
    "text/event-stream ; Q=0.001",
    "text/event-stream;charset=utf-8;q=1.000",
    "text/event-stream;q=0.5, */*;q=0",
    "text/event-stream;q=1.",
];

const ANY: [&str; 5] = [
    "*/*",
    "text/*",
    "TEXT/*;q=0.1",
    "image/png, */*;q=0.8",
    "*/*;v=1",
];

/// A weight that is none makes a range none: it counts neither for nor against.
const NEVER: [&str; 24] = [
    "",
    "text/html",
    "text/event-streams",
    "text/event-stream;q=0",
    "text/event-stream;q=0.000",
    "text/event-stream;q=nan",
    "text/event-stream;q=NaN",
    "text/event-stream;q=inf",
    "text/event-stream;q=infinity",
    "text/event-stream;q=-1",
    "text/event-stream;q=-0.5",
    "text/event-stream;q=+1",
    "text/event-stream;q=1.1",
    "text/event-stream;q=1.001",
    "text/event-stream;q=2",
    "text/event-stream;q=0.1234",
    "text/event-stream;q=1e0",
    "text/event-stream;q=.5",
    "text/event-stream;q=01",
    "text/event-stream;q=",
    "text/event-stream;q",
    "text/event-stream;q=x",
    "text/event-stream;q=1;q=0",
    "text/event-stream;q=0, */*",
];

/// A8: a stream must be asked for by its name, with a weight that is one and not zero.
#[tokio::test]
async fn a_stream_is_asked_for_by_name() {
    let world = World::new();
    for accept in NAMED {
        let status = status(&world, world.layer(), Some(accept)).await;
        assert_eq!(status, StatusCode::OK, "{accept:?}");
    }
    for accept in NEVER.iter().chain(&ANY) {
        let status = status(&world, world.layer(), Some(accept)).await;
        assert_eq!(status, StatusCode::NOT_ACCEPTABLE, "{accept:?}");
    }
    let without = status(&world, world.layer(), None).await;
    assert_eq!(without, StatusCode::NOT_ACCEPTABLE);
}

/// A8: a route may choose to take clients that accept anything, and none that don't want a stream.
#[tokio::test]
async fn a_route_may_take_any_type() {
    let world = World::new();
    let layer = || world.layer().with_any_accept();
    for accept in NAMED.iter().chain(&ANY) {
        let status = status(&world, layer(), Some(accept)).await;
        assert_eq!(status, StatusCode::OK, "{accept:?}");
    }
    assert_eq!(status(&world, layer(), None).await, StatusCode::OK);
    for accept in NEVER {
        let status = status(&world, layer(), Some(accept)).await;
        assert_eq!(status, StatusCode::NOT_ACCEPTABLE, "{accept:?}");
    }
    let none = status(&world, layer(), Some("*/*;q=0, text/html")).await;
    assert_eq!(none, StatusCode::NOT_ACCEPTABLE);
}
