//! Requests that are none for a stream, with both factors.

use bytes::Bytes;
use http::header::ACCEPT;
use http::{Method, Request, StatusCode, Version};
use http_body_util::{Empty, Full};
use tower::{Layer, ServiceExt};

use crate::client::Client;
use crate::scene::{Scene, publish};
use crate::support::{Body, with};

type Change = fn(&mut Request<Body>);

fn header(request: &mut Request<Body>, name: &'static str, value: &str) {
    request.headers_mut().append(name, value.parse().unwrap());
}

/// Each change to a request, and the status that it gets.
const ROWS: &[(&str, Change, u16)] = &[
    ("HEAD", |it| *it.method_mut() = Method::HEAD, 405),
    ("POST", |it| *it.method_mut() = Method::POST, 405),
    ("TRACE", |it| *it.method_mut() = Method::TRACE, 405),
    ("OPTIONS", |it| *it.method_mut() = Method::OPTIONS, 204),
    (
        "accept",
        |it| {
            it.headers_mut().insert(ACCEPT, "*/*".parse().unwrap());
        },
        406,
    ),
    (
        "no accept",
        |it| {
            it.headers_mut().remove(ACCEPT);
        },
        406,
    ),
    (
        "navigation",
        |it| {
            header(it, "sec-fetch-mode", "navigate");
            header(it, "sec-fetch-dest", "document");
        },
        403,
    ),
    ("image", |it| header(it, "sec-fetch-dest", "image"), 403),
    ("prefetch", |it| header(it, "sec-purpose", "prefetch"), 403),
    (
        "prerender",
        |it| header(it, "sec-purpose", "prefetch;prerender"),
        403,
    ),
    ("early data", |it| header(it, "early-data", "1"), 425),
    ("a body", |it| header(it, "content-length", "1"), 400),
    ("two ids", |it| header(it, "last-event-id", "sser1.x"), 400),
    (
        "an id of another kind",
        |it| header(it, "last-event-id", "7"),
        400,
    ),
];

/// A5, A6, A7, A8, A9, A10, A11, A13: what does not ask for a stream changes nothing at the second
/// door either.
#[tokio::test]
async fn what_is_no_stream_request_changes_no_session() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    scene.told.take();
    for (name, change, status) in ROWS {
        let mut request = client.request();
        change(&mut request);
        let answer = scene.ask(request).await;
        assert_eq!(answer.status().as_u16(), *status, "{name}");
    }
    unchanged(&scene, &mut client).await;
    publish(&publisher, &["1"]).await;
    assert_eq!(client.read_data(), ["1"]);
}

/// A13: over HTTP/2 a body needs no header.
#[tokio::test]
async fn an_unannounced_body_changes_nothing() {
    let scene = Scene::new();
    let (mut client, _publisher) = scene.streaming().await;
    scene.told.take();
    let desk = scene.desk.clone();
    let handler = tower::service_fn(move |request: Request<Full<Bytes>>| {
        desk.clone().handle(request.map(|_| Empty::new()))
    });
    let mut request = client.request().map(|_| Full::from("x"));
    *request.version_mut() = Version::HTTP_2;
    let answer = scene.layer.layer(handler).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    unchanged(&scene, &mut client).await;
}

/// J2: nor does a page of another origin.
#[tokio::test]
async fn a_foreign_page_changes_nothing() {
    let mut scene = Scene::new();
    let layer = scene.layer.clone();
    scene.layer = layer.with_allowed_origins(["https://app.example"]).unwrap();
    let (mut client, _publisher) = scene.streaming().await;
    scene.told.take();
    for origin in ["https://evil.example", "null"] {
        let request = with(
            &client.uri,
            &[("last-event-id", &client.id), ("origin", origin)],
        );
        assert_eq!(scene.ask(request).await.status(), StatusCode::FORBIDDEN);
    }
    unchanged(&scene, &mut client).await;
}

/// The sessions were asked nothing, the live connection is there, and the id is good.
async fn unchanged(scene: &Scene, client: &mut Client) {
    assert_eq!(scene.store.asked(), 1, "a session was asked for");
    assert!(scene.told.take().is_empty());
    assert!(client.is_served(), "the live connection was cut");
    assert_eq!(client.connect(scene).await, StatusCode::OK);
}
