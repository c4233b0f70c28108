//! `SseRoute`: which paths follow from its settings, and which path counts.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderName, Request, Response};
use http_body_util::{BodyExt, Empty, Full};
use serde_json::Value;
use sse_gate::mint::{AuthError, Identity, MintRequest, MintService, Permit};
use sse_gate::{
    Gate, GateLayer, GrantRequest, Granted, InvalidRoute, InvalidRouteKind, SseRoute,
    StripTokenLayer, Subject, TokenIn,
};
use support::{Body, Handler, World, get};
use tower::{Layer, Service, ServiceExt};

type Routed = Result<SseRoute, InvalidRoute>;

fn in_path(name: &str) -> TokenIn {
    TokenIn::Path(name.to_owned())
}

/// The path of the tokens follows from that of the stream, and from the token's place.
#[test]
fn tokens_have_a_path_of_their_own() {
    let of = |pattern: &str| SseRoute::new(pattern).unwrap();
    let header = TokenIn::Header(HeaderName::from_static("x-token"));
    let rows: [(SseRoute, &str); 12] = [
        (of("/events"), "/events-token"),
        (of("/rooms/{room}/events"), "/rooms/{room}/events-token"),
        (of("/rooms/{room}"), "/rooms/{room}/token"),
        (of("/{room}"), "/{room}/token"),
        (of("/files/v{version}.json"), "/files/v{version}.json/token"),
        (of("/rooms/{room}/"), "/rooms/{room}/token"),
        (of("/events/"), "/events-token"),
        (of("/"), "/token"),
        (of("/x/{a}").with_token_in(header).unwrap(), "/x/{a}/token"),
        (
            of("/chat/{id}").with_token_in(in_path("id")).unwrap(),
            "/chat/token",
        ),
        (
            of("/{a}/{id}/events").with_token_in(in_path("id")).unwrap(),
            "/{a}/token/events",
        ),
        (of("/a").with_mint_path("/b/c").unwrap(), "/b/c"),
    ];
    for (route, mint) in rows {
        assert_eq!(route.mint_pattern(), mint, "{route:?}");
    }
}

/// B10: a mint path that fits the stream's pattern, too, is the mint's, and never a stream's.
#[tokio::test]
async fn a_mint_path_is_no_stream() {
    let route = SseRoute::new("/chat/{id}").unwrap();
    let route = route.with_token_in(in_path("id")).unwrap();
    let route = route.with_mint_path("/chat/initiate").unwrap();
    let with_exception = route.clone().with_exception("/chat/history").unwrap();
    for route in [route, with_exception] {
        let service = GateLayer::new(&Gate::in_memory(), &route);
        let service = service.layer(tower::service_fn(support::greet));
        assert_eq!(service.ask(get("/chat/initiate")).await.status(), 404);
        assert_eq!(service.ask(get("/chat/initiates")).await.status(), 401);
    }
}

/// An excepted path belongs to another handler, and its parameters are left alone.
#[tokio::test]
async fn an_excepted_path_is_no_stream() {
    let route = SseRoute::new("/chat/{id}").unwrap();
    let route = route.with_exception("/chat/history").unwrap();
    let route = route.with_exception("/chat/files/{*rest}").unwrap();
    // To except the path of the tokens says nothing new.
    let route = route.with_exception("/chat/{id}/token").unwrap();
    let service = GateLayer::new(&Gate::in_memory(), &route);
    let service = service.layer(tower::service_fn(support::greet));
    for (path, status) in [
        ("/chat/7", 401),
        ("/chat/history", 404),
        ("/chat/files/a/b", 404),
        ("/chat/7/token", 404),
    ] {
        assert_eq!(service.ask(get(path)).await.status(), status, "{path}");
    }
    let mut seen =
        StripTokenLayer::new([&route]).layer(tower::service_fn(async |request: Request<Body>| {
            Ok::<_, Infallible>(request.uri().to_string())
        }));
    let uri = "/chat/history?token=another-one";
    assert_eq!(seen.call(get(uri)).await.unwrap(), uri);
}

/// All settings in all orders make the same route: each is checked against what stands at the end.
#[test]
fn the_order_of_the_settings_does_not_matter() {
    type Setter = fn(&SseRoute) -> Routed;
    let setters: [Setter; 5] = [
        |it| it.with_token_in(in_path("id")),
        |it| it.with_nest("/api/{tenant}"),
        |it| it.with_url_prefix("/app"),
        |it| it.with_exception("/chat/{id}/old"),
        |it| it.with_token_in(in_path("id")),
    ];
    let base = SseRoute::new("/chat/{room}/{id}").unwrap();
    let mut made = Vec::new();
    for first in 0..setters.len() {
        let order = (0..setters.len()).map(|at| setters[(first + at) % setters.len()]);
        let backwards: Vec<_> = order.clone().rev().collect();
        for order in [order.collect::<Vec<_>>(), backwards] {
            let route = order
                .iter()
                .try_fold(base.clone(), |route, set| set(&route));
            made.push(route.unwrap());
        }
    }
    for route in &made {
        assert_eq!(*route, made[0]);
        assert_eq!(route.pattern(), "/chat/{room}/{id}");
        assert_eq!(route.mint_pattern(), "/chat/{room}/token");
        let parameters: Vec<_> = route.parameters().collect();
        assert_eq!(parameters, ["tenant", "room"]);
        let url = route.url(["acme", "7", "x"]).unwrap();
        assert_eq!(url, "/app/api/acme/chat/7/x");
    }
    // A mint path is checked with the prefix and the token's place in the end.
    let own = |route: &SseRoute| route.with_mint_path("/start/{room}");
    assert!(own(&base).is_err(), "it lacks {{id}}");
    let in_path = base.with_token_in(in_path("id")).unwrap();
    let nested = own(&in_path).unwrap().with_nest("/{tenant}").unwrap();
    assert_eq!(
        nested,
        own(&in_path.with_nest("/{tenant}").unwrap()).unwrap()
    );
    assert_eq!(nested.mint_pattern(), "/start/{room}");
}

/// Two routes are equal if all their settings are: layers find one another by that.
#[test]
fn a_route_is_equal_to_one_of_the_same_settings() {
    let base = || SseRoute::new("/rooms/{room}").unwrap();
    assert_eq!(base(), base());
    assert_eq!(base(), base().with_nest("").unwrap());
    assert_eq!(base(), base().with_nest("/").unwrap());
    assert_eq!(base(), base().with_url_prefix("/").unwrap());
    let others: [Routed; 7] = [
        SseRoute::new("/rooms/{id}"),
        base().with_token_in(TokenIn::Query("t".to_owned())),
        base().with_token_in(in_path("room")),
        base().with_mint_path("/token/{room}"),
        base().with_nest("/api"),
        base().with_url_prefix("/app"),
        base().with_exception("/rooms/old"),
    ];
    let others: Vec<_> = others.into_iter().map(Result::unwrap).collect();
    for (at, other) in others.iter().enumerate() {
        assert_ne!(*other, base());
        for third in &others[at + 1..] {
            assert_ne!(other, third);
        }
    }
}

/// B18: a prefix that no URL begins with is an error, and names itself.
#[test]
fn a_prefix_that_is_none_is_an_error() {
    let route = SseRoute::new("/feed").unwrap();
    for good in [
        "/app",
        "/app/",
        "/a/b",
        "https://api.example",
        "http://localhost:3000/",
    ] {
        let route = route.with_url_prefix(good).unwrap();
        let url = route.url::<&str>([]).unwrap();
        assert_eq!(url, format!("{}/feed", good.trim_end_matches('/')));
    }
    for bad in [
        "app",
        "api.example",
        "ftp://x",
        "//host",
        "https://",
        "/app?x=1",
        "/app#x",
        "https://x/?y",
    ] {
        let error = route.with_url_prefix(bad).unwrap_err();
        assert_eq!(error.kind(), InvalidRouteKind::Pattern, "{bad}");
        assert!(
            error.to_string().contains("not a prefix of a URL"),
            "{error}"
        );
    }
    for bad in [
        "api",
        "https://api.example",
        "/api//v1",
        "/api/:v",
        "/{*rest}",
        "/api?x",
        "/../x",
    ] {
        let error = route.with_nest(bad).unwrap_err();
        assert_eq!(error.kind(), InvalidRouteKind::Pattern, "{bad}");
        assert_eq!(error.pattern(), bad);
    }
    let nested = SseRoute::new("/rooms/{id}").unwrap().with_nest("/{id}");
    assert!(nested.is_err(), "two parameters of one name");
}

async fn who(_: http::request::Parts) -> Result<Identity, AuthError> {
    Ok(Identity::named("alice")?)
}

/// Permits everything, and says what it was asked for.
async fn may(request: MintRequest) -> Result<Permit, sse_gate::mint::Denied> {
    let tenant = request.param("tenant").unwrap_or("none").to_owned();
    Ok(request.permit().with_member("tenant", tenant))
}

async fn handle(request: Request<Body>) -> Result<Response<Full<Bytes>>, Infallible> {
    let granted = Granted::of(request.extensions()).unwrap();
    let parts: Vec<_> = granted.resource().parts().skip(1).collect();
    Ok(Response::new(Full::from(parts.join("+"))))
}

/// Cuts a prefix off, as `Router::nest` does, and leaves no word of it.
fn cut<S>(inner: S, segments: usize) -> impl Handler
where
    S: Handler + Sync,
    S::Future: Send,
{
    tower::ServiceBuilder::new()
        .map_request(move |mut request: Request<Body>| {
            let uri = request.uri().to_string();
            let rest: Vec<_> = uri.splitn(segments + 2, '/').skip(segments + 1).collect();
            *request.uri_mut() = format!("/{}", rest.join("/")).parse().unwrap();
            request
        })
        .service(inner)
}

fn post(uri: &str) -> Request<Body> {
    Request::post(uri).body(Empty::new()).unwrap()
}

fn json(response: &Response<Bytes>) -> Value {
    assert_eq!(response.status(), 200, "{response:?}");
    serde_json::from_slice(response.body()).unwrap()
}

/// B11: below a fixed prefix the gate and the mint go by the whole path, with a stripping layer
/// outside and without.
#[tokio::test]
async fn a_nested_route_is_found_by_its_public_path() {
    let gate = Gate::in_memory();
    let route = SseRoute::new("/rooms/{room}/events").unwrap();
    let route = route.with_nest("/api").unwrap();
    let mint = || cut(MintService::new(&gate, &route, who, may), 1);
    let stream = || {
        let layer = GateLayer::new(&gate, &route);
        cut(layer.layer(tower::service_fn(handle)), 1)
    };
    let strip = StripTokenLayer::new([&route]);
    for is_stripped in [true, false] {
        let request = post("/api/rooms/7/events-token");
        let response = if is_stripped {
            strip.layer(mint()).ask(request).await
        } else {
            mint().ask(request).await
        };
        let body = json(&response);
        assert_eq!(body["stream_url"], "/api/rooms/7/events");
        let token = body["sse_token"].as_str().unwrap();
        let request = get(&format!("/api/rooms/7/events?token={token}"));
        let response = if is_stripped {
            strip.layer(stream()).ask(request).await
        } else {
            stream().ask(request).await
        };
        assert_eq!(
            (response.status().as_u16(), &response.body()[..]),
            (200, &b"7"[..])
        );
    }
}

/// B11: a token in the path is found below a prefix that a router cut off, and replaced there.
#[tokio::test]
async fn a_token_in_the_path_is_found_below_a_prefix() {
    let gate = Gate::in_memory();
    let route = SseRoute::new("/rooms/{room}/{token}").unwrap();
    let route = route.with_token_in(in_path("token")).unwrap();
    let route = route.with_nest("/api").unwrap();
    let layer = GateLayer::new(&gate, &route);
    let service = cut(layer.layer(tower::service_fn(support::greet)), 1);
    let room = route.resource(["7"]).unwrap();
    let request = GrantRequest::new(Subject::new("alice").unwrap(), room);
    let issued = gate.issue(request).await.unwrap();
    let uri = format!("/api/rooms/7/{}", issued.token().expose());
    let response = service.ask(get(&uri)).await;
    assert_eq!(response.body(), "alice at /rooms/7/-");
}

/// B9, B11: a parameter of the prefix is part of the resource. Where its value can't be known, as the
/// prefix was cut off without a word, there is no stream and no token, and not one for all tenants.
#[tokio::test]
async fn a_parameter_of_the_prefix_is_part_of_the_resource() {
    let gate = Gate::in_memory();
    let route = SseRoute::new("/rooms/{room}/events").unwrap();
    let route = route.with_nest("/tenants/{tenant}").unwrap();
    let mint = || cut(MintService::new(&gate, &route, who, may), 2);
    let stream = || {
        let layer = GateLayer::new(&gate, &route);
        cut(layer.layer(tower::service_fn(handle)), 2)
    };
    let strip = StripTokenLayer::new([&route]);
    let request = post("/tenants/acme/rooms/7/events-token");
    let body = json(&strip.layer(mint()).ask(request).await);
    assert_eq!(body["stream_url"], "/tenants/acme/rooms/7/events");
    assert_eq!(body["tenant"], "acme");
    let token = body["sse_token"].as_str().unwrap();
    for (tenant, status) in [("umbrella", 401), ("acme", 200), ("acme", 401)] {
        let request = get(&format!("/tenants/{tenant}/rooms/7/events?token={token}"));
        let response = strip.layer(stream()).ask(request).await;
        assert_eq!(response.status(), status, "{tenant}");
        if status == 200 {
            assert_eq!(response.body(), "acme+7");
        }
    }
    let response = mint().ask(post("/tenants/acme/rooms/7/events-token")).await;
    assert_eq!(response.status(), 404, "{response:?}");
    let response = stream()
        .ask(get("/tenants/acme/rooms/7/events?token=x"))
        .await;
    assert_eq!(response.status(), 404);
}

/// B11: axum keeps the whole path by itself.
#[cfg(feature = "axum")]
#[tokio::test]
async fn axum_tells_the_prefix_of_a_nested_router() {
    use axum::Router;
    use axum::routing::get as on_get;
    use sse_gate::RouterExt;

    async fn handler(granted: Granted) -> String {
        let parts: Vec<_> = granted.resource().parts().skip(1).collect();
        parts.join("+")
    }

    let gate = Gate::in_memory();
    let route = SseRoute::new("/rooms/{room}/events").unwrap();
    let route = route.with_nest("/tenants/{tenant}").unwrap();
    let rooms: Router = Router::new().sse(&gate, &route, on_get(handler), who, may);
    let app: Router = Router::new().nest("/tenants/{tenant}", rooms);
    for app in [app.clone(), app.strip_tokens([&route])] {
        let ask = async |request: Request<Body>| {
            let request = request.map(axum::body::Body::new);
            let (head, body) = app.clone().oneshot(request).await.unwrap().into_parts();
            Response::from_parts(head, body.collect().await.unwrap().to_bytes())
        };
        let response = ask(post("/tenants/acme/rooms/7/events-token")).await;
        let body = json(&response);
        assert_eq!(body["stream_url"], "/tenants/acme/rooms/7/events");
        let token = body["sse_token"].as_str().unwrap();
        let uri = |tenant: &str| format!("/tenants/{tenant}/rooms/7/events?token={token}");
        assert_eq!(ask(get(&uri("umbrella"))).await.status(), 401);
        assert_eq!(ask(get(&uri("acme"))).await.body(), "acme+7");
    }
}

/// B10, B11: the original URI counts only if the path that the gate sees is its end, and a token in the
/// part that was cut off is none.
#[cfg(feature = "axum")]
#[tokio::test]
async fn an_original_uri_of_another_path_is_no_stream() {
    use axum::extract::OriginalUri;

    let plain = SseRoute::new("/rooms/{room}/events").unwrap();
    let in_prefix = SseRoute::new("/{token}/events").unwrap();
    let in_prefix = in_prefix.with_token_in(in_path("token")).unwrap();
    for (route, original, seen) in [
        (plain, "/rooms/7/events?token=x", "/away"),
        (in_prefix, "/a-token/events", "/events"),
    ] {
        let layer = GateLayer::new(&Gate::in_memory(), &route);
        let service = layer.layer(tower::service_fn(support::greet));
        let mut request = get(seen);
        let original = OriginalUri(original.parse().unwrap());
        request.extensions_mut().insert(original);
        assert_eq!(service.ask(request).await.status(), 404, "{seen}");
    }
}

/// D5: in axum nobody behind the stripping layer finds the token in `OriginalUri`, nor a credential in
/// the query of a request for one.
#[cfg(feature = "axum")]
#[tokio::test]
async fn the_original_uri_is_stripped_too() {
    use axum::Router;
    use axum::extract::OriginalUri;
    use axum::routing::any;

    async fn seen(OriginalUri(uri): OriginalUri) -> String {
        uri.to_string()
    }

    let world = World::new();
    let app: Router = Router::new().fallback(any(seen));
    let strip = StripTokenLayer::new([&world.route]);
    // The router around the layer has kept the URI as it came.
    let app: Router = Router::new().fallback_service(strip.layer(app));
    for (uri, expected) in [
        (
            "/generations/7/stream?token=secret&a=1",
            "/generations/7/stream?a=1",
        ),
        (
            "/generations/7/stream-token?jwt=secret&a=1",
            "/generations/7/stream-token?a=1",
        ),
        ("/other?token=kept", "/other?token=kept"),
    ] {
        let request = get(uri).map(axum::body::Body::new);
        let response = app.clone().oneshot(request).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, expected);
    }
}

/// B10: clients remove a segment of dots before they send the request (RFC 3986 §5.2.4), so a URL with
/// one leads to another path. No value makes such a segment.
#[test]
fn no_value_makes_a_segment_that_clients_remove() {
    for (pattern, value, is_taken) in [
        ("/rooms/{room}/events", ".", false),
        ("/rooms/{room}/events", "..", false),
        ("/rooms/{room}", "..", false),
        ("/rooms/{room}/events", "...", true),
        ("/rooms/{room}/events", ".a", true),
        ("/rooms/{room}/events", "../events", true),
        ("/rooms/v{room}/events", "..", true),
        ("/rooms/{room}.json", "..", true),
    ] {
        let route = SseRoute::new(pattern).unwrap();
        for outcome in [
            route.url([value]).map(drop),
            route.resource([value]).map(drop),
        ] {
            assert_eq!(outcome.is_ok(), is_taken, "{pattern} {value}: {outcome:?}");
            if let Err(error) = outcome {
                assert_eq!(error.kind(), InvalidRouteKind::Values);
            }
        }
    }
    let chat = SseRoute::new("/chat/{room}/{token}").unwrap();
    let chat = chat
        .with_token_in(TokenIn::Path("token".to_owned()))
        .unwrap();
    assert!(chat.resource([".."]).is_err() && chat.url(["7", ".."]).is_err());
}
