//! Where resume ids go, and where they do not.

use std::convert::Infallible;

use http::{Request, StatusCode};
use sse_gate::{GateLayer, StripTokenLayer};
use tower::{Layer, ServiceExt};

use crate::scene::Scene;
use crate::support::{Body, with};

/// D5, D6: a handler sees neither factor, however it prints its request.
#[tokio::test]
async fn no_handler_sees_a_credential() {
    let scene = Scene::new();
    let (mut client, _publisher) = scene.streaming().await;
    let token = client.uri.split_once("token=").unwrap().1.to_owned();
    let first = client.id.clone();
    client.connect(&scene).await;
    client.read();
    let seen = scene.desk.seen();
    assert_eq!(seen.len(), 2);
    let secrets = [&first, &client.id].map(|id| id.split('.').nth(4).unwrap().to_owned());
    for secret in secrets.iter().chain([&token]) {
        assert!(!seen.concat().contains(secret.as_str()), "{seen:?}");
    }
    assert!(!seen.concat().contains("sser1."), "{seen:?}");
}

/// D6: what the observer is told names a session, and is no credential.
#[tokio::test]
async fn no_signal_shows_a_credential() {
    let scene = Scene::new();
    let (client, _publisher) = scene.streaming().await;
    let shown = format!("{:?} {:?}", scene.told.take(), scene.sessions);
    let parts: Vec<_> = client.id.split('.').collect();
    assert!(!shown.contains(parts[2]) && !shown.contains(parts[4]));
}

/// I16: an application's own ids are its own, on any route, with a fresh token.
#[tokio::test]
async fn an_applications_own_id_stays_in_the_request() {
    let scene = Scene::new();
    for own in ["7", "", "sset1_x", "SSER1.k", "x sser1.k"] {
        let uri = scene.uri_of("alice").await.0;
        let response = scene.ask(with(&uri, &[("last-event-id", own)])).await;
        assert_eq!(response.status(), StatusCode::OK, "{own:?}");
        let seen = scene.desk.seen().pop().unwrap();
        let header = format!("\"last-event-id\": {own:?}");
        assert!(seen.contains(&header), "{seen}");
    }
    let uri = scene.uri_of("alice").await.0;
    let two = with(&uri, &[("last-event-id", "7"), ("last-event-id", "8")]);
    assert_eq!(scene.ask(two).await.status(), StatusCode::OK);
}

/// I14: a strict route knows no resume ids: it goes by the token, and its handler sees no id.
#[tokio::test]
async fn a_strict_route_ignores_resume_ids() {
    let mut scene = Scene::new();
    let (client, _publisher) = scene.streaming().await;
    scene.told.take();
    scene.layer = GateLayer::new(&scene.world.gate, scene.route());
    let fresh = scene.uri_of("alice").await.0;
    let id = [("last-event-id", client.id.as_str())];
    assert_eq!(scene.ask(with(&fresh, &id)).await.status(), StatusCode::OK);
    let refusal = scene.refusal().await;
    assert_eq!(scene.ask_for_all(with(&client.uri, &id)).await, refusal);
    let seen = scene.desk.seen().pop().unwrap();
    assert!(!seen.contains("sser1."), "{seen}");
    assert!(scene.told.take().is_empty(), "a session was asked for");
    assert_eq!(scene.store.asked(), 1);
}

/// D5: the stripping layer alone hides both factors from whatever stands behind it.
#[tokio::test]
async fn behind_the_stripping_layer_nobody_sees_a_credential() {
    let scene = Scene::new();
    let (client, _publisher) = scene.streaming().await;
    let log = tower::service_fn(|request: Request<Body>| {
        let seen = format!("{request:?} {:?}", request.extensions());
        std::future::ready(Ok::<_, Infallible>(seen))
    });
    let service = StripTokenLayer::new([scene.route()]).layer(log);
    let seen = service.oneshot(client.request()).await.unwrap();
    let parts: Vec<_> = client.id.split('.').collect();
    let token = client.uri.split_once("token=").unwrap().1;
    for secret in [token, parts[2], parts[4], "sser1"] {
        assert!(!seen.contains(secret), "{seen}");
    }
}

/// D5: the gate alone hides an id from its handler too.
#[tokio::test]
async fn without_the_stripping_layer_no_handler_sees_an_id() {
    let scene = Scene::new();
    let (client, _publisher) = scene.streaming().await;
    let desk = scene.desk.clone();
    let handler = tower::service_fn(move |request| desk.clone().handle(request));
    let response = scene.layer.layer(handler).oneshot(client.request()).await;
    assert_eq!(response.unwrap().status(), StatusCode::OK);
    assert!(!scene.desk.seen().concat().contains("sser1."));
}
