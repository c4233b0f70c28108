//! Routers that move a request about: nesting, merging, fallbacks, rewriting. What a stream is of
//! is what its client asked for, and nobody behind the stripping layer reads a token.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, OriginalUri, Request};
use axum::response::Response;
use axum::routing::{any, get};
use http::{StatusCode, Uri};
use sse_gate::core::{Observer, Signal};
use sse_gate::sessions::SessionObserver;
use sse_gate::{Gate, GateLayer, GrantRequest, Granted, SseRoute, StripTokenLayer, Subject};
use tower::{Layer, Service, ServiceBuilder, ServiceExt};
use tower_http::normalize_path::NormalizePathLayer;
use tower_http::trace::TraceLayer;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// A gate and all that is logged while it lives.
struct World {
    gate: Gate,
    told: Told,
    log: Log,
    _logging: DefaultGuard,
}

/// How often a gate had to take a token out of a URI by itself.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<usize>>);

impl Observer for Told {
    fn observe(&self, signal: Signal) {
        *self.0.lock().expect("nobody panics here") +=
            usize::from(signal == Signal::TokenNotStripped);
    }
}

impl SessionObserver for Told {}

impl Told {
    fn times(&self) -> usize {
        *self.0.lock().expect("nobody panics here")
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics here").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

impl World {
    fn new() -> Self {
        let (log, told) = (Log::default(), Told::default());
        let lines = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(log.clone());
        let logging = tracing::subscriber::set_default(lines.finish());
        Self {
            gate: Gate::builder().with_observer(told.clone()).in_memory(),
            told,
            log,
            _logging: logging,
        }
    }

    fn layer(&self, route: &SseRoute) -> GateLayer {
        GateLayer::new(&self.gate, route)
    }

    /// A token for a stream of the route.
    async fn token(&self, route: &SseRoute, id: &str) -> String {
        let subject = Subject::new("alice").expect("a subject");
        let resource = route.resource([id]).expect("a resource");
        let issued = self.gate.issue(GrantRequest::new(subject, resource)).await;
        issued.expect("a token").token().expose().to_owned()
    }

    /// Asks for a stream; the status, and what its handler saw. Nobody has seen the token.
    async fn ask<S>(&self, app: S, path: &str, token: &str) -> (StatusCode, String)
    where
        S: Service<Request, Response = Response, Error = Infallible>,
    {
        let request = Request::get(format!("{path}?token={token}&room=2"))
            .header("accept", "text/event-stream")
            .body(Body::empty())
            .expect("a request");
        let Ok(response) = app.oneshot(request).await;
        let (head, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.expect("a body");
        let body = String::from_utf8(body.to_vec()).expect("text");
        let log = self.log.0.lock().expect("nobody panics here").clone();
        let log = String::from_utf8(log).expect("text");
        assert!(
            log.contains("room=2"),
            "the trace layer has seen the request: {log}"
        );
        for seen in [&log, &body] {
            assert!(!seen.contains(&token[6..20]), "{seen}");
        }
        (head.status, body)
    }
}

fn route(pattern: &str) -> SseRoute {
    SseRoute::new(pattern).expect("a pattern")
}

/// Says what it sees of the request, and of what it is granted.
async fn stream(
    uri: Uri,
    OriginalUri(original): OriginalUri,
    matched: Option<MatchedPath>,
    granted: Granted,
) -> String {
    let of = granted.resource().parts().nth(1).unwrap_or_default();
    let matched = matched.as_ref().map_or("none", MatchedPath::as_str);
    format!("{of} {uri} {original} {matched}")
}

/// B11, D5: below a prefix that the router takes away, the gate still knows its route.
#[tokio::test]
async fn a_nested_stream_is_what_its_client_asked_for() {
    let world = World::new();
    let route = route("/api/streams/{id}");
    let inner = Router::new().route("/streams/{id}", get(stream).layer(world.layer(&route)));
    let router = Router::new()
        .nest("/api", inner)
        .layer(TraceLayer::new_for_http());
    let app = StripTokenLayer::new([&route]).layer(router);
    let token = world.token(&route, "7").await;
    let ask = |path| world.ask(app.clone(), path, &token);
    assert_eq!(ask("/api/streams/8").await.0, StatusCode::UNAUTHORIZED);
    let (status, seen) = ask("/api/streams/7").await;
    assert_eq!(status, StatusCode::OK);
    let expected = "7 /streams/7?room=2 /api/streams/7?room=2 /api/streams/{id}";
    assert_eq!(seen, expected);
    assert_eq!(ask("/api/streams/7").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(world.told.times(), 0);
}

/// B11: with the gate's layer alone the path is the one that the nested router sees.
#[tokio::test]
async fn a_nested_stream_without_stripping_has_the_nested_path() {
    let world = World::new();
    let route = route("/streams/{id}");
    let handler = async |granted: Granted| granted.resource().parts().nth(1).map(str::to_owned);
    let handler = get(async move |granted: Granted| handler(granted).await.unwrap_or_default());
    let inner = Router::new().route("/streams/{id}", handler.layer(world.layer(&route)));
    let app = Router::new().nest("/api", inner);
    let token = world.token(&route, "7").await;
    for (path, status) in [
        ("/streams/7", StatusCode::NOT_FOUND),
        ("/api/streams/8", StatusCode::UNAUTHORIZED),
        ("/api/streams/7", StatusCode::OK),
        ("/api/streams/7", StatusCode::UNAUTHORIZED),
    ] {
        let request = Request::get(format!("{path}?token={token}"))
            .header("accept", "text/event-stream")
            .body(Body::empty())
            .expect("a request");
        let Ok(response) = app.clone().oneshot(request).await;
        assert_eq!(response.status(), status, "{path}");
    }
    assert_eq!(world.told.times(), 1);
}

/// B17, B11: below a prefix, a stripping layer that knows the nested path never matches. Everything
/// works, the token is logged, and the observer is told.
#[tokio::test]
async fn a_layer_that_knows_the_nested_path_is_told_of() {
    let world = World::new();
    let route = route("/streams/{id}");
    let inner = Router::new().route("/streams/{id}", get(stream).layer(world.layer(&route)));
    let router = Router::new().nest("/api", inner);
    let app = StripTokenLayer::new([&route]).layer(router);
    let token = world.token(&route, "7").await;
    let request = Request::get(format!("/api/streams/7?token={token}"))
        .header("accept", "text/event-stream")
        .body(Body::empty())
        .expect("a request");
    let Ok(response) = app.oneshot(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(world.told.times(), 1);
}

/// B17: `Router::layer` runs behind routing. The token is out of the URI, and out of the `OriginalUri`
/// that the router has made before.
#[tokio::test]
async fn a_layer_behind_routing_hides_the_original_uri_too() {
    let world = World::new();
    let route = route("/streams/{id}");
    let app = Router::new()
        .route("/streams/{id}", get(stream).layer(world.layer(&route)))
        .layer(StripTokenLayer::new([&route]));
    let token = world.token(&route, "7").await;
    let request = Request::get(format!("/streams/7?token={token}"))
        .header("accept", "text/event-stream")
        .body(Body::empty())
        .expect("a request");
    let Ok(response) = app.oneshot(request).await;
    let body = to_bytes(response.into_body(), 1000).await.expect("a body");
    let seen = String::from_utf8(body.to_vec()).expect("text");
    assert_eq!(seen, "7 /streams/7 /streams/7 /streams/{id}");
    assert_eq!(world.told.times(), 0);
}

/// B16, B11: a path that a layer brings into the usual form, behind the stripping layer or before
/// it, is the route's, and its token in no log.
#[tokio::test]
async fn a_normalized_path_is_the_routes() {
    let world = World::new();
    let normalize = NormalizePathLayer::trim_trailing_slash;
    let at = |pattern: &str| {
        let route = route(pattern);
        let router = Router::new()
            .route(pattern, get(stream).layer(world.layer(&route)))
            .layer(TraceLayer::new_for_http());
        (route, router)
    };
    let (plain, router) = at("/streams/{id}");
    let strip = StripTokenLayer::new([&plain]);
    let inside = strip.layer(normalize().layer(router.clone()));
    for path in ["/streams/7/", "/streams/7"] {
        let token = world.token(&plain, "7").await;
        let (status, seen) = world.ask(inside.clone(), path, &token).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(seen.starts_with("7 /streams/7?room=2 "), "{seen}");
        let (status, _) = world.ask(inside.clone(), path, &token).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        let other = world.token(&plain, "8").await;
        let (status, _) = world.ask(inside.clone(), path, &other).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let outside = normalize().layer(strip.layer(router.clone()));
    let token = world.token(&plain, "7").await;
    assert_eq!(
        world.ask(outside, "/streams/7/", &token).await.0,
        StatusCode::OK
    );

    let (slash, with_slash) = at("/slash/{id}/");
    let append = NormalizePathLayer::append_trailing_slash();
    let app = StripTokenLayer::new([&slash]).layer(append.layer(with_slash));
    let token = world.token(&slash, "7").await;
    assert_eq!(world.ask(app, "/slash/7", &token).await.0, StatusCode::OK);

    // Without such a layer it is no path of the route's, and its token is as good as before.
    let bare = strip.layer(router);
    let token = world.token(&plain, "7").await;
    for path in ["/streams/7/", "//streams/7"] {
        assert_eq!(
            world.ask(bare.clone(), path, &token).await.0,
            StatusCode::NOT_FOUND
        );
    }
    assert_eq!(
        world.ask(bare, "/streams/7", &token).await.0,
        StatusCode::OK
    );
    assert_eq!(world.told.times(), 0);
}

/// B9, B11: routes that were merged are as far from each other as any two.
#[tokio::test]
async fn merged_routes_take_each_their_own_tokens() {
    let world = World::new();
    let (one, two) = (route("/one/{id}"), route("/two/{id}"));
    let router = |route: &SseRoute| {
        Router::new().route(route.pattern(), get(stream).layer(world.layer(route)))
    };
    let router = router(&one)
        .merge(router(&two))
        .layer(TraceLayer::new_for_http());
    let app = StripTokenLayer::new([&one, &two]).layer(router);
    let token = world.token(&one, "7").await;
    let ask = |path| world.ask(app.clone(), path, &token);
    assert_eq!(ask("/two/7").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(ask("/one/7").await.0, StatusCode::OK);
}

/// B11: in front of a router, and in its fallback, the gate guards its route and no other.
#[tokio::test]
async fn a_gate_in_a_fallback_guards_its_own_route() {
    let world = World::new();
    let route = route("/streams/{id}");
    let behind = Router::new()
        .route("/streams/{id}", any(stream))
        .route("/open", any(async |uri: Uri| uri.to_string()));
    let guarded = world.layer(&route).in_front_of_router().layer(behind);
    let router = Router::new()
        .fallback_service(guarded)
        .layer(TraceLayer::new_for_http());
    let app = StripTokenLayer::new([&route]).layer(router);
    let token = world.token(&route, "7").await;
    let (status, seen) = world.ask(app.clone(), "/streams/7", &token).await;
    assert_eq!(
        (status, seen.starts_with("7 ")),
        (StatusCode::OK, true),
        "{seen}"
    );
    let (status, _) = world.ask(app.clone(), "/streams/7", &token).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    // A handler that a spelling of the path reaches past the gate is granted nothing.
    for path in ["/streams/%37%2F", "/streams/7/"] {
        let other = world.token(&route, "7").await;
        let request = Request::get(format!("{path}?token={other}"))
            .header("accept", "text/event-stream")
            .body(Body::empty())
            .expect("a request");
        let Ok(response) = app.clone().oneshot(request).await;
        assert!(
            !response.status().is_success(),
            "{path}: {}",
            response.status()
        );
    }
    let open = Request::get("/open?token=theirs")
        .body(Body::empty())
        .expect("a request");
    let Ok(response) = app.oneshot(open).await;
    let body = to_bytes(response.into_body(), 1000).await.expect("a body");
    assert_eq!(
        body, "/open?token=theirs",
        "another route's token is its own business"
    );
}

/// B11: a layer that rewrites the path changes which handler runs, never which stream it gets.
#[tokio::test]
async fn a_rewritten_path_does_not_change_the_stream() {
    let world = World::new();
    let route = route("/streams/{id}");
    let router = Router::new()
        .route("/streams/{id}", get(stream).layer(world.layer(&route)))
        .layer(TraceLayer::new_for_http());
    let to_eight = |mut request: Request| {
        *request.uri_mut() = Uri::from_static("/streams/8?room=2");
        request
    };
    let rewritten = ServiceBuilder::new().map_request(to_eight).service(router);
    let app = StripTokenLayer::new([&route]).layer(rewritten);
    let (for_7, for_8) = (
        world.token(&route, "7").await,
        world.token(&route, "8").await,
    );
    let (status, _) = world.ask(app.clone(), "/streams/7", &for_8).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "the client asked for 7");
    let (status, seen) = world.ask(app, "/streams/7", &for_7).await;
    assert_eq!(
        (status, seen.starts_with("7 /streams/8")),
        (StatusCode::OK, true),
        "{seen}"
    );
}
