//! `StripTokenLayer`, alone and with the gate behind it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::convert::Infallible;

use http::{Request, Response, StatusCode};
use http_body_util::Full;
use proptest::prelude::*;
use sse_gate::{SseRoute, StripTokenLayer, TokenIn};
use support::{Body, Handler, World, get};
use tower::{Layer, Service};

/// What stands behind the stripping layer sees this URI.
fn seen(routes: &[SseRoute], uri: &str) -> String {
    let mut service =
        StripTokenLayer::new(routes).layer(tower::service_fn(|request: Request<Body>| {
            std::future::ready(Ok::<_, Infallible>(request.uri().to_string()))
        }));
    futures_util::FutureExt::now_or_never(service.call(get(uri)))
        .unwrap()
        .unwrap()
}

fn routes() -> [SseRoute; 2] {
    let in_path = TokenIn::Path("token".to_owned());
    [
        SseRoute::new("/generations/{id}/stream").unwrap(),
        SseRoute::new("/chat/{token}")
            .unwrap()
            .with_token_in(in_path)
            .unwrap(),
    ]
}

/// D5: only a stream's own token is taken out, and all else stays as it was.
#[test]
fn only_tokens_of_streams_are_taken_out() {
    for (uri, expected) in [
        ("/generations/7/stream?token=x", "/generations/7/stream"),
        (
            "/generations/7/stream?token=x&token=y",
            "/generations/7/stream",
        ),
        (
            "/generations/7/stream?a=1&token=x&b=%20",
            "/generations/7/stream?a=1&b=%20",
        ),
        ("/generations/7/stream?%74oken=x", "/generations/7/stream"),
        (
            "/generations/7/stream?Token=x",
            "/generations/7/stream?Token=x",
        ),
        ("/generations/7/stream?", "/generations/7/stream?"),
        ("/generations/%37/stream?token=x", "/generations/%37/stream"),
        (
            "http://h:1/generations/7/stream?token=x",
            "http://h:1/generations/7/stream",
        ),
        (
            "/generations/7/files?token=x",
            "/generations/7/files?token=x",
        ),
        ("/?token=x", "/?token=x"),
        ("/chat/sset1_secret?a=b", "/chat/-?a=b"),
        ("/chat/spelled-as-no-token?a=b", "/chat/-?a=b"),
        ("/chat//spelled-as-no-token", "/chat/-"),
        ("/chat/a/b", "/chat/a/b"),
    ] {
        assert_eq!(seen(&routes(), uri), expected, "{uri}");
    }
    let endless = format!("/generations/7/stream?a={}&token=x", "y".repeat(5_000));
    assert_eq!(seen(&routes(), &endless), "/generations/7/stream");
}

proptest! {
    /// D5, B1: whatever else a query says, no token stays in it, and nothing else is lost.
    #[test]
    fn no_query_hides_a_token(
        pairs in prop::collection::vec(("(token|%74oken|tok|Token|a)", "=?", "[a-zA-Z0-9%+;]{0,8}"), 0..6),
    ) {
        let pairs: Vec<_> = pairs.iter().map(|(k, eq, v)| (k.as_str(), format!("{k}{eq}{v}"))).collect();
        let query = pairs.iter().map(|(_, pair)| pair.as_str()).collect::<Vec<_>>().join("&");
        let is_token = |pair: &str| {
            let key = pair.split('=').next().unwrap();
            key == "token" || key == "%74oken"
        };
        let rest: Vec<_> = pairs.iter().map(|(_, pair)| pair.as_str()).filter(|p| !is_token(p)).collect();
        let had_token = rest.len() < pairs.len();
        let expected = match rest.join("&") {
            rest if rest.is_empty() && had_token => String::new(),
            rest => format!("?{rest}"),
        };
        let uri = format!("/generations/7/stream?{query}");
        prop_assert_eq!(seen(&routes(), &uri), format!("/generations/7/stream{expected}"));
    }
}

/// B11: the gate goes by what the stripping layer found, wherever a router has moved it.
#[tokio::test]
async fn the_gate_knows_its_route_behind_a_rewrite() {
    let world = World::new();
    let other = SseRoute::new("/elsewhere/{id}").unwrap();
    let same = SseRoute::new(world.route.pattern()).unwrap();
    let rewritten = |to: &'static str| {
        let inner = world
            .layer()
            .layer(tower::service_fn(|request: Request<Body>| {
                let uri = request.uri().to_string();
                std::future::ready(Ok::<_, Infallible>(Response::new(Full::from(uri))))
            }));
        let rewrite =
            tower::ServiceBuilder::new().map_request(move |mut request: Request<Body>| {
                *request.uri_mut() = to.parse().unwrap();
                request
            });
        StripTokenLayer::new([&other, &same]).layer(rewrite.service(inner))
    };
    let token = world.token().await;
    let uri = format!("/generations/7/stream?token={token}");
    // A route that the stripping layer knows as another one's is not the gate's.
    let elsewhere = format!("/elsewhere/7?token={token}");
    let status = rewritten("/generations/7/stream")
        .ask(get(&elsewhere))
        .await
        .status();
    assert_eq!(status, StatusCode::NOT_FOUND);
    let response = rewritten("/stream").ask(get(&uri)).await;
    assert_eq!(
        (response.status(), response.body().as_ref()),
        (StatusCode::OK, &b"/stream"[..])
    );
    let status = rewritten("/generations/8/stream")
        .ask(get(&uri))
        .await
        .status();
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

/// B11, D5: the stripping layer takes a token out of a path that an inner layer brings into the
/// usual form. The gate goes by it if the path is that of the same resource then, and only then.
#[tokio::test]
async fn the_gate_knows_its_route_behind_a_layer_that_tidies_paths() {
    let world = World::new();
    let tidied = |to: Option<&'static str>| {
        let inner = world
            .layer()
            .layer(tower::service_fn(|request: Request<Body>| {
                let uri = request.uri().to_string();
                std::future::ready(Ok::<_, Infallible>(Response::new(Full::from(uri))))
            }));
        let tidy = tower::ServiceBuilder::new().map_request(move |mut request: Request<Body>| {
            if let Some(to) = to {
                *request.uri_mut() = to.parse().unwrap();
            }
            request
        });
        StripTokenLayer::new([&world.route]).layer(tidy.service(inner))
    };
    for path in ["/generations/7/stream/", "//generations///7/stream"] {
        assert_eq!(seen(&routes(), &format!("{path}?token=x")), path);
        let token = world.token().await;
        let uri = format!("{path}?token={token}");
        for to in [None, Some("/generations/8/stream"), Some("/elsewhere")] {
            let status = tidied(to).ask(get(&uri)).await.status();
            assert_eq!(status, StatusCode::NOT_FOUND, "{path} {to:?}");
        }
        let to = "/generations/7/stream";
        let response = tidied(Some(to)).ask(get(&uri)).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.body(), to);
    }
}

/// D6: what a request carries from layer to layer shows nothing of its token.
#[tokio::test]
async fn a_stripped_request_prints_no_token() {
    let uri = "/generations/7/stream?token=sset1_super-secret";
    let mut service =
        StripTokenLayer::new(routes()).layer(tower::service_fn(|request: Request<Body>| {
            std::future::ready(Ok::<_, Infallible>(format!(
                "{request:?} {:?}",
                request.extensions()
            )))
        }));
    let printed = service.call(get(uri)).await.unwrap();
    assert!(!printed.contains("secret"), "{printed}");
}

/// D6: what is no ASCII in a URI, on whichever path, is percent-encoded for who stands behind: no log
/// gets a command to a terminal, a line break or a change of direction from it. A stream's path says
/// the same as before.
#[test]
fn a_uri_is_ascii_behind_the_layer() {
    for (uri, expected) in [
        ("/a\u{9b}31m?b=\u{202e}", "/a%C2%9B31m?b=%E2%80%AE"),
        (
            "/generations/\u{2028}/stream?token=x&a=\u{202e}",
            "/generations/%E2%80%A8/stream?a=%E2%80%AE",
        ),
        (
            "/generations/é/stream?token=x",
            "/generations/%C3%A9/stream",
        ),
        (
            "/generations/%C3%A9/stream?token=x",
            "/generations/%C3%A9/stream",
        ),
    ] {
        assert_eq!(seen(&routes(), uri), expected);
    }
}

/// B11, D5: behind a router that has cut a prefix off, the layer sees only the end of the path. It takes
/// the token of a nested route out of that, too.
#[test]
fn a_token_is_taken_out_of_what_a_router_has_left_of_the_path() {
    let nested = routes().map(|route| route.with_nest("/api").unwrap());
    for (uri, expected) in [
        ("/generations/7/stream?token=x", "/generations/7/stream"),
        ("/chat/spelled-as-no-token?a=b", "/chat/-?a=b"),
    ] {
        assert_eq!(seen(&nested, uri), expected, "behind the router");
        let (uri, expected) = (format!("/api{uri}"), format!("/api{expected}"));
        assert_eq!(seen(&nested, &uri), expected, "before the router");
    }
}

/// B11: the path that the client asks for comes first. A nested route of the same pattern takes nothing
/// from it, in whatever order the layer knows the two.
#[tokio::test]
async fn a_nested_route_takes_no_token_of_another_route() {
    let outer = SseRoute::new("/generations/{id}/stream").unwrap();
    let nested = outer.with_nest("/api").unwrap();
    for routes in [[&outer, &nested], [&nested, &outer]] {
        let strip = StripTokenLayer::new(routes);
        for (route, path) in [
            (&outer, "/generations/7/stream"),
            (&nested, "/api/generations/7/stream"),
        ] {
            let world = World::on(route.clone());
            let service = strip.layer(world.service());
            let uri = format!("{path}?token={}", world.token().await);
            let response = service.ask(get(&uri)).await;
            assert_eq!(response.status(), StatusCode::OK, "{path} {routes:?}");
        }
    }
}
