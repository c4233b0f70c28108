//! Clients that come back with a resume id to a store of tokens that is out of order.

use std::convert::Infallible;
use std::future::ready;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{Request, Response};
use http_body_util::{BodyExt, Empty};
use sse_gate::core::SystemEntropy;
use sse_gate::{MemorySessions, ResumeKeys, Sessions};
use tokio::time::Instant;
use tower::{Layer, ServiceExt};

use crate::fickle::Mood;
use crate::scene::Scene;

async fn ask(scene: &Scene, token: &str, id: Option<&str>) -> (u16, String) {
    let service = scene
        .layer
        .layer(tower::service_fn(|_: Request<Empty<Bytes>>| {
            ready(Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new())))
        }));
    let mut request = Request::get(format!("/rooms/7?token={token}"));
    if let Some(id) = id {
        request = request.header("last-event-id", id);
    }
    let request = request
        .header(ACCEPT, "text/event-stream")
        .body(Empty::new());
    let (head, body) = service
        .oneshot(request.unwrap())
        .await
        .unwrap()
        .into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(body.to_vec()).unwrap();
    (head.status.as_u16(), text)
}

/// E1: a client that shows an id is never answered with an error, which would stop it for good: it is
/// told when to come back, within the budget, and at once when the breaker is open. A client without
/// one gets 503.
#[tokio::test(start_paused = true)]
async fn a_client_with_an_id_is_asked_to_wait_for_the_store() {
    for mood in [Mood::Errs, Mood::Loses] {
        let mut scene = Scene::new();
        let keys = ResumeKeys::generate(&SystemEntropy).unwrap();
        let sessions = Sessions::new(MemorySessions::default(), keys);
        scene.layer = scene.layer.resumable(&sessions);
        let token = scene.token().await;
        scene.store.becomes(mood);
        for _ in 0..5 {
            let (status, body) = ask(&scene, &token, Some("sser1.of-another-server")).await;
            assert_eq!(status, 200, "{mood:?}");
            assert!(body.starts_with("retry:"), "{body}");
            assert!(!body.contains("data"), "{body}");
        }
        assert_eq!(scene.breaker(true), 1, "{mood:?}");
        let started = Instant::now();
        assert_eq!(ask(&scene, &token, Some("sser1.x")).await.0, 200);
        assert_eq!(ask(&scene, &token, None).await.0, 503);
        assert!(started.elapsed().is_zero());
    }
}
