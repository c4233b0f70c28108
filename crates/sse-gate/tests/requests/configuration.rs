//! What can't be meant as it is written is an error at the start.

use std::future::ready;

use http::HeaderName;
use http_body_util::Empty;
use sse_gate::mint::{AuthError, Bearer, Denied, Identity, MintRequest, MintService};
use sse_gate::{InvalidRouteKind, SseRoute, TokenIn};
use tower::ServiceExt;

use crate::support::World;

/// Patterns that match no request, or not the one that they seem to, and what the error says.
const PATTERNS: [(&str, &str); 48] = [
    ("", "empty"),
    ("rooms/{room}", "slash"),
    (" /rooms/{room}", "slash"),
    ("{room}", "slash"),
    ("*", "slash"),
    ("https://app.example/rooms/{room}", "URL"),
    ("app.example/rooms", "slash"),
    ("/rooms/{room}?token={token}", "query"),
    ("/rooms/{room}?", "query"),
    ("/rooms/{room}#top", "fragment"),
    ("/rooms/:room/events", "braces"),
    ("/rooms/:room", "braces"),
    ("/:room", "braces"),
    ("/rooms/*rest", "braces"),
    ("/rooms/*", "braces"),
    ("/rooms/<room>/events", "braces"),
    ("/rooms/{*rest}", "catch-all"),
    ("/rooms/{*rest}/events", "catch-all"),
    ("/{a}/{a}", "two parameters"),
    ("/{a}/b/{c}/{a}", "two parameters"),
    ("/rooms/{}", "no name"),
    ("/rooms/{}/events", "no name"),
    ("/rooms/{ room }", "no name"),
    ("/rooms/{room:[0-9]+}", "no name"),
    ("/rooms/{room?}", "query"),
    ("/rooms/{room.id}", "no name"),
    ("/rooms/{zimmer\u{e9}}", "no name"),
    ("/rooms/{room", "partner"),
    ("/rooms/room}", "partner"),
    ("/rooms/{room}}", "partner"),
    ("/rooms/{{room}}", "partner"),
    ("/rooms/{a}{b}", "more than one"),
    ("/rooms/{a}-{b}", "more than one"),
    ("//rooms/{room}", "empty segment"),
    ("/rooms//{room}", "empty segment"),
    ("//", "empty segment"),
    ("/rooms/./{room}", "dots"),
    ("/rooms/../{room}", "dots"),
    ("/r\u{e4}ume/{room}", "%C3%A4"),
    ("/my rooms/{room}", "%20"),
    ("/rooms\\{room}", "%5C"),
    ("/rooms/\"x\"", "%22"),
    ("/rooms/<x", "%3C"),
    ("/rooms/x>", "%3E"),
    ("/r%C3%a4ume/{room}", "escape"),
    ("/%72ooms/{room}", "escape"),
    ("/rooms/%zz", "escape"),
    ("/rooms/%2e%2e/x", "escape"),
];

/// B18: a pattern of another router's spelling, or of none, is an error that says what is meant.
#[test]
fn a_pattern_that_matches_nothing_is_an_error() {
    for (pattern, says) in PATTERNS {
        let error = SseRoute::new(pattern).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(says), "{pattern:?}: {text}");
        assert!(text.contains(&format!("{pattern:?}")), "{text}");
        assert_eq!(
            (error.kind(), error.pattern()),
            (InvalidRouteKind::Pattern, pattern)
        );
        let route = SseRoute::new("/rooms/{room}").unwrap();
        let error = route.with_mint_path(pattern).unwrap_err();
        assert_eq!(
            (error.kind(), error.pattern()),
            (InvalidRouteKind::Pattern, pattern)
        );
    }
    for pattern in [
        "/",
        "/rooms/{room}",
        "/rooms/{room}/",
        "/rooms/{room_id}/v{version-2}.json",
        "/r%C3%A4ume/{room}",
        "/rooms/a:b@c/{room}",
        "/rooms/~ada/(1)/a*b",
        "/rooms/.well-known/{x}",
    ] {
        SseRoute::new(pattern).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// B18: what is excepted must be a pattern, too, and another one.
#[test]
fn an_exception_that_matches_nothing_is_an_error() {
    let route = SseRoute::new("/chat/{id}").unwrap();
    for bad in [
        "",
        "chat/x",
        "/chat/:x",
        "/chat/x?y",
        "/chat//x",
        "/chat/{id}",
    ] {
        assert!(route.with_exception(bad).is_err(), "{bad:?}");
    }
    for good in ["/chat/initiate", "/chat/x/{*rest}"] {
        assert!(route.with_exception(good).is_ok(), "{good:?}");
    }
}

/// B18: a token has a place that clients can write, and that means nothing else.
#[test]
fn a_place_that_no_token_can_have_is_an_error() {
    let kind = |token_in| {
        let route = SseRoute::new("/rooms/{room}")
            .unwrap()
            .with_token_in(token_in);
        route.err().map(|error| error.kind())
    };
    let place = Some(InvalidRouteKind::TokenPlace);
    for name in [
        "",
        "token[]",
        "to ken",
        "%74oken",
        "t\u{f6}ken",
        "a&b",
        "a=b",
        "a+b",
        "a;b",
    ] {
        assert_eq!(kind(TokenIn::Query(name.to_owned())), place, "{name:?}");
    }
    for name in ["", "Room", "token", "{room}"] {
        assert_eq!(kind(TokenIn::Path(name.to_owned())), place, "{name:?}");
    }
    for name in [
        "authorization",
        "cookie",
        "host",
        "last-event-id",
        "accept",
        "origin",
        "connection",
        "upgrade",
        "te",
        "content-length",
        "transfer-encoding",
        "early-data",
        "sec-fetch-mode",
        "sec-websocket-key",
        "proxy-authorization",
        "x-forwarded-for",
        "if-none-match",
        "expect",
        "accept-encoding",
        "access-control-request-headers",
    ] {
        let header = TokenIn::Header(HeaderName::from_static(name));
        assert_eq!(kind(header), place, "{name}");
    }
    for good in [
        TokenIn::Query("access_token".to_owned()),
        TokenIn::Path("room".to_owned()),
        TokenIn::Header(HeaderName::from_static("x-stream-token")),
    ] {
        assert_eq!(kind(good), None);
    }
}

/// B18, B15: a wrong number of values is an error, and not another resource.
#[test]
fn a_wrong_number_of_values_is_no_resource() {
    let route = SseRoute::new("/rooms/{room}/users/{user}").unwrap();
    assert!(route.resource(["a", "b"]).is_ok());
    for values in [&[][..], &["a"], &["a", "b", "c"], &["", "b"], &["a", ""]] {
        let error = route.resource(values).unwrap_err();
        assert_eq!(
            error.kind(),
            InvalidRouteKind::Values,
            "{values:?}: {error}"
        );
        let error = route.url(values).unwrap_err();
        assert_eq!(
            error.kind(),
            InvalidRouteKind::Values,
            "{values:?}: {error}"
        );
    }
    let too_long = route.resource(["a", &"b".repeat(2_000)]).unwrap_err();
    assert_eq!(too_long.kind(), InvalidRouteKind::Values);
    let in_path = TokenIn::Path("token".to_owned());
    let route = SseRoute::new("/rooms/{room}/{token}")
        .unwrap()
        .with_token_in(in_path)
        .unwrap();
    assert_eq!(route.parameters().collect::<Vec<_>>(), ["room"]);
    assert!(route.resource(["a"]).is_ok() && route.resource(["a", "b"]).is_err());
    assert!(route.url(["a", "b"]).is_ok() && route.url(["a"]).is_err());
}

/// Origins that no browser sends, and what the error says.
const ORIGINS: [(&str, &str); 31] = [
    ("", "empty"),
    ("null", "sandboxed"),
    ("*", "wildcard"),
    ("https://*.app.example", "wildcard"),
    ("https://*", "wildcard"),
    ("https://a.example,https://b.example", "list"),
    ("https://a.example https://b.example", "list"),
    ("app.example", "no scheme"),
    ("app.example:8080", "no scheme"),
    ("//app.example", "no scheme"),
    ("https:app.example", "no scheme"),
    ("HTTPS://app.example", "scheme"),
    ("Https://app.example", "scheme"),
    ("://app.example", "scheme"),
    ("https://", "no host"),
    ("https://:8443", "no host"),
    ("https://App.example", "lower case"),
    ("https://APP.EXAMPLE:8443", "lower case"),
    ("https://app.example/", "path"),
    ("https://app.example/chat", "path"),
    ("https://app.example?x", "path"),
    ("https://app.example#x", "path"),
    ("https://app.example:443", "leave out"),
    ("http://app.example:80", "leave out"),
    ("https://app.example:", "port"),
    ("https://app.example:0443", "port"),
    ("https://app.example:99999", "port"),
    ("https://ada@app.example", "user name"),
    ("https://b\u{fc}cher.example", "punycode"),
    ("https://a\n", "not allowed in a host"),
    (" https://app.example", "scheme"),
];

/// B18, J2: an origin that no browser writes is an error that says how one does.
#[tokio::test]
async fn an_origin_that_no_browser_sends_is_an_error() {
    let world = World::new();
    for (origin, says) in ORIGINS {
        let error = world.layer().with_allowed_origins([origin]).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(says), "{origin:?}: {text}");
        assert_eq!(error.origin(), origin);
    }
    for origin in [
        "https://app.example",
        "http://app.example:443",
        "https://app.example:80",
        "http://localhost:3000",
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
        "https://[2001:db8::1]",
        "https://xn--bcher-kva.example",
        "capacitor://localhost",
        "chrome-extension://abcdefghijklmnop",
    ] {
        let layer = world.layer().with_allowed_origins([origin]);
        layer.unwrap_or_else(|error| panic!("{error}"));
    }
}

/// B18: a mint has the parameters of its stream, in whatever order, or it is none.
#[tokio::test]
async fn a_mint_with_other_parameters_than_its_stream_is_an_error() {
    let world = World::on(SseRoute::new("/rooms/{room}/users/{user}").unwrap());
    for pattern in [
        "/rooms/{room}/token",
        "/token",
        "/rooms/{room}/users/{id}/token",
        "/rooms/{room}/users/{user}/{third}",
    ] {
        let error = world.route.with_mint_path(pattern).unwrap_err();
        assert_eq!(error.kind(), InvalidRouteKind::Parameters);
        assert_eq!(error.pattern(), pattern);
        let text = error.to_string();
        assert!(text.contains("{room}, {user}"), "{text}");
    }
    let who = |parts: http::request::Parts| {
        let bearer = Bearer::of(&parts.headers).map(|_| ());
        ready(bearer.and_then(|()| Ok::<_, AuthError>(Identity::named("alice")?)))
    };
    let whether = |request: MintRequest| {
        assert_eq!(request.stream_url(), Some("/rooms/7/users/ada"));
        ready(Ok::<_, Denied>(request.permit()))
    };
    let route = world.route.with_mint_path("/token/{user}/in/{room}");
    let service = MintService::new(&world.gate, route.unwrap(), who, whether);
    for (path, status) in [
        ("/token/ada/in/7", 200),
        ("/token/ada/in/%FF", 404),
        ("/rooms/7/users/ada/token", 404),
        ("/token", 404),
    ] {
        let request = http::Request::post(path).header("authorization", "Bearer x");
        let request = request.body(Empty::<bytes::Bytes>::new()).unwrap();
        let response = service.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}");
    }
}
