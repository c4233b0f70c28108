//! A token that comes as far as the gate has been in every log before it.

use std::error::Error;
use std::sync::{Arc, Mutex};

use http::StatusCode;
use sse_gate::core::{Observer, Signal};
use sse_gate::sessions::SessionObserver;
use sse_gate::{Gate, GateLayer, SseRoute, StripTokenLayer};
use tower::Layer;

use crate::support::{Handler, World, get, greet};

/// Remembers the errors of signals.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<(Signal, String)>>>);

impl Observer for Log {
    fn observe(&self, _: Signal) {}

    fn observe_error(&self, signal: Signal, error: &(dyn Error + 'static)) {
        self.0.lock().unwrap().push((signal, error.to_string()));
    }
}

impl SessionObserver for Log {}

fn count(world: &World) -> usize {
    let signals = world.witness.signals();
    let told = signals.iter().filter(|it| **it == Signal::TokenNotStripped);
    told.count()
}

async fn uri(world: &World) -> String {
    format!("/generations/7/stream?token={}", world.token().await)
}

/// B17: without the stripping layer everything works, and the observer is told, once, however many
/// layers and requests there are.
#[tokio::test]
async fn a_missing_layer_is_told_of_once() {
    let world = World::new();
    assert_eq!(
        world
            .service()
            .ask(get("/generations/7/stream"))
            .await
            .status(),
        401
    );
    assert_eq!(count(&world), 0, "there was no token");
    for _ in 0..3 {
        let request = get(&uri(&world).await);
        assert_eq!(world.service().ask(request).await.status(), StatusCode::OK);
    }
    assert_eq!(count(&world), 1);
}

/// B17: nor does one help that knows the route by another path, as below a prefix.
#[tokio::test]
async fn a_layer_that_never_matches_is_told_of() {
    let world = World::new();
    let other = SseRoute::new("/api/generations/{id}/stream").unwrap();
    let service = StripTokenLayer::new([other]).layer(world.service());
    let request = get(&uri(&world).await);
    assert_eq!(service.ask(request).await.status(), StatusCode::OK);
    assert_eq!(count(&world), 1);
}

/// B17: where the layer has done its work, there is nothing to tell.
#[tokio::test]
async fn a_layer_that_matches_is_not_told_of() {
    let world = World::new();
    let service = StripTokenLayer::new([&world.route]).layer(world.service());
    let request = get(&uri(&world).await);
    assert_eq!(service.ask(request).await.status(), StatusCode::OK);
    let used = get("/generations/7/stream?token=x");
    assert_eq!(service.ask(used).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(count(&world), 0);
}

/// B17, D5: the error names each route, and no token.
#[tokio::test]
async fn each_route_is_named_once() {
    let log = Log::default();
    let gate = Gate::builder().with_observer(log.clone()).in_memory();
    for _ in 0..2 {
        for pattern in ["/one/{id}", "/two/{id}"] {
            let route = SseRoute::new(pattern).unwrap();
            let layer = GateLayer::new(&gate, route.clone());
            let uri = format!("{}?token=secret", route.url(["7"]).unwrap());
            layer.layer(tower::service_fn(greet)).ask(get(&uri)).await;
        }
    }
    let told = log.0.lock().unwrap().clone();
    let [(one, first), (two, second)] = &*told else {
        panic!("{told:?}");
    };
    assert_eq!([one, two], [&Signal::TokenNotStripped; 2]);
    assert!(first.contains("/one/{id}") && second.contains("/two/{id}"));
    assert!(!format!("{told:?}").contains("secret"));
}
