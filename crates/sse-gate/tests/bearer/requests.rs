//! Which requests callers make.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use http_body::Body as _;
use http_body_util::Full;
use sse_gate::core::Signal;
use sse_gate::mint::{AuthError, Identity, MintService};

use crate::scene::{Scene, by, empty};

/// A caller gets its stream with nothing in the URL: no token is issued or redeemed, and the handler
/// has the grant that a token would have had.
#[tokio::test]
async fn a_caller_opens_a_stream_without_a_token() {
    for scene in [Scene::new(), Scene::strict()] {
        let got = scene
            .ask(empty(by("alice").uri("/rooms/a%20b/events?x=1")))
            .await;
        assert_eq!(got.status, 200, "{}", got.text);
        assert_eq!(got.header("subject"), "alice");
        assert_eq!(got.header("payload"), "a b", "the authorizer's");
        assert_eq!(got.header("uri"), "/rooms/a%20b/events?x=1");
        assert_eq!(scene.told.signals(), [Signal::CallerAdmitted]);
    }
}

/// C11: no stream outlives the credential that it was opened with.
#[tokio::test]
async fn a_stream_ends_with_its_callers_credential() {
    let scene = Scene::strict();
    let now = sse_gate::core::Clock::now(&scene.clock);
    let ends = now.saturating_add(Duration::from_secs(77));
    let who = move |_: http::request::Parts| async move {
        Ok::<_, AuthError>(Identity::named("alice")?.with_expiry(ends))
    };
    let whether = async |request: sse_gate::mint::MintRequest| Ok(request.permit());
    let mint = MintService::new(&scene.gate, &scene.route, who, whether);
    let layer = scene.layer.clone().with_callers(&mint);
    let scene = Scene { layer, ..scene };
    let got = scene.ask(empty(by("alice"))).await;
    assert_eq!(got.header("time-left"), "77");
}

/// A5, A13: a caller may ask with POST, and its content reaches the handler whole. The authorizer sees
/// none of it. Others may not, with or without content.
#[tokio::test]
async fn the_content_of_a_post_is_the_handlers() {
    let scene = Scene::new();
    let request = |content: &'static str| {
        let post = by("alice").method(Method::POST);
        post.header("content-length", content.len())
            .header("content-type", "text/plain")
            .body(Full::new(Bytes::from(content)))
            .unwrap()
    };
    for content in ["", "what is new?"] {
        let got = scene.ask(request(content)).await;
        assert_eq!((got.status, got.header("content")), (200, content));
    }
    // A GET has no content, whoever asks.
    let mut get = request("what is new?");
    *get.method_mut() = Method::GET;
    assert_eq!(scene.ask(get).await.status, 400);
    let token = scene.token("alice", "7").await;
    let uri: http::Uri = format!("/rooms/7/events?token={token}").parse().unwrap();
    for is_caller in [true, false] {
        let mut post = request("");
        *post.uri_mut() = uri.clone();
        if !is_caller {
            post.headers_mut().remove("authorization");
        }
        assert_eq!(scene.ask(post).await.status, 405);
    }
    let mut post = request("");
    post.headers_mut().remove("authorization");
    assert_eq!(scene.ask(post).await.status, 401, "no credential at all");
    let mut get = empty(by("alice").uri(&uri));
    get.headers_mut().remove("authorization");
    assert_eq!(scene.ask(get).await.status, 200, "the token was spent");
}

/// RFC 9110 §10.2.1: the methods that a route says it has are those that it takes.
#[tokio::test]
async fn the_methods_of_a_route_depend_on_its_callers() {
    let scene = Scene::strict();
    let without = sse_gate::GateLayer::new(&scene.gate, &scene.route);
    let (with_callers, gate) = (scene.layer.clone(), scene);
    for (layer, methods) in [
        (with_callers, "GET, POST, OPTIONS"),
        (without, "GET, OPTIONS"),
    ] {
        let scene = Scene {
            layer,
            told: gate.told.clone(),
            ..Scene::strict()
        };
        for method in ["HEAD", "PUT", "DELETE", "QUERY"] {
            let got = scene.ask(empty(by("alice").method(method))).await;
            assert_eq!(
                (got.status, got.header("allow")),
                (405, methods),
                "{method}"
            );
            let is_head = method == "HEAD";
            assert_eq!(got.text.is_empty(), is_head, "{method}: {}", got.text);
        }
        let got = scene.ask(empty(by("alice").method("OPTIONS"))).await;
        assert_eq!((got.status, got.header("allow")), (204, methods));
    }
}

/// F2: a caller that leaves while its session is asked for frees its slot.
#[tokio::test]
async fn a_caller_that_leaves_gives_its_place_back() {
    let scene = Scene::new();
    let slots = sse_gate::StreamSlots::new(10, 10);
    let layer = scene.layer.clone().with_slots(slots.clone());
    let scene = Scene { layer, ..scene };
    let first = scene.ask(empty(by("alice"))).await;
    let again = empty(by("alice").header("last-event-id", first.id()));
    scene.store.is_to(crate::hand::Way::HangsBefore);
    let mut asking = Box::pin(scene.call(again));
    assert!(futures_util::poll!(&mut asking).is_pending());
    assert_eq!(slots.open(), 2);
    drop(asking);
    assert_eq!(slots.open(), 1);
}

/// A caller that stops reading is one: its body is as the others'.
#[tokio::test]
async fn a_callers_stream_is_an_event_stream() {
    let scene = Scene::new();
    let request: Request<_> = empty(by("alice"));
    let response = scene.call(request).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(
        response.headers()["cache-control"],
        "no-store, no-transform, private"
    );
    assert_eq!(response.body().size_hint().exact(), None);
}

/// B10: the authorizer sees the parameters of the stream that is asked for, also if its mint is for another
/// route.
#[tokio::test]
async fn the_parameters_are_those_of_the_stream() {
    use sse_gate::mint::{Denied, MintRequest};

    let scene = Scene::strict();
    let other = sse_gate::SseRoute::new("/{tenant}/rooms/{room}/events").unwrap();
    let whether =
        async |request: MintRequest| match (request.param("tenant"), request.param("room")) {
            (None, Some("7")) => Ok(request.permit()),
            _ => Err(Denied::Forbidden),
        };
    let mint = MintService::new(&scene.gate, &other, crate::scene::who, whether);
    let layer = scene.layer.clone().with_callers(&mint);
    let scene = Scene { layer, ..scene };
    assert_eq!(scene.ask(empty(by("alice"))).await.status, 200);
}
