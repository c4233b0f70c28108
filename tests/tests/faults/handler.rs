//! Handlers and streams that fail.

use sse_gate::core::StreamEnd;
use sse_gate_tests::{End, EventStream, Wait};

use crate::scene::Scene;

/// F4: a handler that fails has had its grant. The token stays spent, the place is free, the
/// client is told nothing of why.
#[tokio::test]
async fn a_handler_that_fails_leaves_a_spent_token() {
    for what in ["error", "panic"] {
        let scene = Scene::new(Wait::No).await;
        let request = scene.request(what).await;
        let response = scene.connect().await.exchange(&request).await;
        assert_eq!(response.status, 500, "{what}: {response:?}");
        assert!(!response.text().contains("secret"), "{what}: {response:?}");
        assert_eq!(scene.status(&request).await, 401, "{what}");
        let other = scene.request("short").await;
        assert_eq!(scene.status(&other).await, 200, "{what}");
        scene.at_rest().await;
    }
}

/// F8: a producer that panics ends its own stream, with an event that says so and nothing of why.
/// Others go on.
#[tokio::test]
async fn a_producer_that_panics_ends_its_own_stream_only() {
    let scene = Scene::new(Wait::No).await;
    let other = scene.request("endless").await;
    let mut other = EventStream::open(scene.connect().await, &other).await;
    assert_eq!(other.next().await.expect("an event").data, "one");
    for _ in 0..10 {
        let request = scene.request("panic-in-stream").await;
        let mut stream = EventStream::open(scene.connect().await, &request).await;
        let (events, end) = stream.rest().await;
        assert_eq!(end, End::Proper);
        let [first, last] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(first.data, "one");
        assert_eq!(last.event.as_deref(), Some("sse.error"));
        assert_eq!(last.data, r#"{"v":1,"reason":"internal"}"#);
    }
    scene
        .until("only the other is open", |it| it.slots.open() == 1)
        .await;
    drop(other);
    scene.at_rest().await;
    assert_eq!(scene.seen.ended(StreamEnd::Disconnected), 1);
}
