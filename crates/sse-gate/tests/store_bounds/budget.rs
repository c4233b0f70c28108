//! How long a store is waited for.

use std::time::Duration;

use http::Request;
use http_body_util::Empty;
use sse_gate::core::{IssueErrorKind, MintRefusalReason, Signal};
use sse_gate::{GateLayer, SseRoute, StorePolicy};
use tokio::time::Instant;
use tower::ServiceExt;

use crate::fickle::Mood;
use crate::scene::Scene;

/// C21: the mint waits no longer than the gate does.
#[tokio::test(start_paused = true)]
async fn a_mint_before_a_store_that_hangs_answers_within_the_budget() {
    for mood in [Mood::Hangs, Mood::Loses, Mood::LosesInsertions] {
        let scene = Scene::new();
        scene.store.becomes(mood);
        let started = Instant::now();
        let response = scene.mint().await;
        assert_eq!(started.elapsed().as_millis(), 250);
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "1");
        let kind = IssueErrorKind::StoreUnavailable;
        let told = scene.witness.signals();
        let expected = [
            Signal::IssueRefused(kind),
            Signal::MintRefused(MintRefusalReason::NotIssued(kind)),
        ];
        assert_eq!(told, expected);
    }
}

/// C21, E1: the budget is a setting, of the gate's and of each layer's and mint's.
#[tokio::test(start_paused = true)]
async fn the_budget_is_a_setting() {
    let (short, shorter) = (Duration::from_millis(100), Duration::from_millis(30));
    let scene = Scene::with(StorePolicy::default().with_budget(short));
    let token = scene.token().await;
    scene.store.becomes(Mood::Hangs);
    let started = Instant::now();
    assert_eq!(scene.show(&token).await, 503);
    assert_eq!(started.elapsed(), short);
    assert_eq!(scene.mint().await.status(), 503);
    assert_eq!(started.elapsed(), 2 * short);

    let request = Request::post("/rooms/7/token").body(Empty::<bytes::Bytes>::new());
    let mint = scene.mint_service().with_store_budget(shorter);
    let started = Instant::now();
    let response = mint.oneshot(request.unwrap()).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), started.elapsed()),
        (503, shorter)
    );

    let route = SseRoute::new("/rooms/{id}").unwrap();
    let layer = GateLayer::new(&scene.gate, route).with_store_budget(shorter);
    let scene = Scene { layer, ..scene };
    let started = Instant::now();
    assert_eq!(scene.show(&token).await, 503);
    assert_eq!(started.elapsed(), shorter);
}
