//! `GateLayer`: who gets in, who does not, and what it costs them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use http::header::{ACCEPT, ALLOW, WWW_AUTHENTICATE};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use sse_gate::core::{Clock, ManualClock, RefusalReason, Signal};
use sse_gate::{
    Event, Gate, GateLayer, GrantRequest, Limits, MemoryStore, Resource, SseRoute, StreamSlots,
    Subject, TokenIn,
};
use support::{Handler, World, get, with};
use tower::Layer;

#[tokio::test]
async fn a_fresh_token_opens_the_stream_and_its_uri_is_clean() {
    let world = World::new();
    let uri = format!(
        "/generations/7/stream?a=1&token={}&b=2",
        world.token().await
    );
    let response = world.service().ask(get(&uri)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.body(), "alice at /generations/7/stream?a=1&b=2");
    assert!(world.witness.saw(Signal::Redeemed { continues: false }));
}

/// A1
#[tokio::test]
async fn a_second_use_is_refused_and_counted() {
    let world = World::new();
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    assert_eq!(
        world.service().ask(get(&uri)).await.status(),
        StatusCode::OK
    );
    for _ in 0..3 {
        let status = world.service().ask(get(&uri)).await.status();
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    let used = Signal::Refused(RefusalReason::Used);
    assert_eq!(
        world
            .witness
            .signals()
            .iter()
            .filter(|signal| **signal == used)
            .count(),
        3
    );
}

/// A5, A8, A9, A10, A11, A13: what is no stream request is refused, and costs no token.
#[tokio::test]
async fn what_is_no_stream_request_consumes_nothing() {
    let world = World::new();
    let token = world.token().await;
    let uri = format!("/generations/7/stream?token={token}");
    let rows: &[(&[(&str, &str)], u16)] = &[
        (&[("sec-purpose", "prefetch")], 403),
        (&[("sec-purpose", "prefetch;prerender")], 403),
        (&[("sec-purpose", "Prefetch; anonymous-client-ip")], 403),
        (&[("purpose", "prefetch")], 403),
        (&[("x-moz", "prefetch")], 403),
        (&[("x-purpose", "preview")], 403),
        (
            &[
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
            ],
            403,
        ),
        (
            &[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
            403,
        ),
        (&[("sec-fetch-mode", "no-cors")], 403),
        (&[("sec-fetch-mode", "websocket")], 403),
        (
            &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "script")],
            403,
        ),
        (&[("sec-fetch-dest", "iframe")], 403),
        (&[("sec-fetch-dest", "embed")], 403),
        (
            &[("sec-fetch-mode", "cors"), ("sec-fetch-mode", "navigate")],
            403,
        ),
        (&[("early-data", "1")], 425),
        (&[("content-length", "5")], 400),
    ];
    for (headers, status) in rows {
        let response = world.service().ask(with(&uri, headers)).await;
        assert_eq!(response.status().as_u16(), *status, "{headers:?}");
    }
    for accept in [
        "*/*",
        "text/*",
        "text/html",
        "",
        "text/event-stream;q=0",
        "text/event-streams",
    ] {
        let mut request = get(&uri);
        request
            .headers_mut()
            .insert(ACCEPT, accept.parse().unwrap());
        let status = world.service().ask(request).await.status();
        assert_eq!(status, StatusCode::NOT_ACCEPTABLE, "{accept:?}");
    }
    assert!(
        world.is_fresh(&token).await,
        "one of them consumed the token"
    );
}

/// A13, A8: what browsers and programs do send is let in.
#[tokio::test]
async fn what_a_stream_request_may_say_is_let_in() {
    let world = World::new();
    let rows: &[&[(&str, &str)]] = &[
        &[],
        &[
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-dest", "empty"),
            ("sec-fetch-site", "cross-site"),
        ],
        &[
            ("sec-fetch-mode", "same-origin"),
            ("sec-fetch-dest", "empty"),
        ],
        &[(
            "accept",
            "text/html, Text/Event-Stream; charset=utf-8 ;q=0.5",
        )],
        &[
            ("range", "bytes=0-"),
            ("if-none-match", "*"),
            ("expect", "100-continue"),
        ],
        &[("content-length", "0")],
        &[("transfer-encoding", "chunked")],
        &[("upgrade", "h2c"), ("connection", "upgrade")],
        &[("x-http-method-override", "POST")],
        &[("last-event-id", "7")],
        &[("cookie", "session=1")],
    ];
    for headers in rows {
        let uri = format!("/generations/7/stream?token={}", world.token().await);
        let status = world.service().ask(with(&uri, headers)).await.status();
        assert_eq!(status, StatusCode::OK, "{headers:?}");
    }
}

/// A5, A6, A7
#[tokio::test]
async fn only_get_opens_a_stream() {
    let world = World::new();
    let token = world.token().await;
    let uri = format!("/generations/7/stream?token={token}");
    for method in [
        "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "QUERY",
    ] {
        let mut request = get(&uri);
        *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
        let response = world.service().ask(request).await;
        assert_eq!(
            response.status(),
            StatusCode::METHOD_NOT_ALLOWED,
            "{method}"
        );
        assert_eq!(response.headers()[ALLOW], "GET, OPTIONS");
    }
    let mut request = get(&uri);
    *request.method_mut() = Method::OPTIONS;
    let response = world.service().ask(request).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.headers()[ALLOW], "GET, OPTIONS");
    assert!(world.is_fresh(&token).await);
}

/// D13, D14: every bad token gets the same answer, to the byte; a missing one names no error.
#[tokio::test]
async fn all_bad_tokens_get_one_answer() {
    let world = World::new();
    let used = world.token().await;
    assert!(world.is_fresh(&used).await);
    let expired = world.token().await;
    world.clock.advance(Duration::from_secs(60));
    let of_another = world.token_for("8").await;
    let withdrawn = world.token().await;
    world
        .gate
        .revoke(&Subject::new("alice").unwrap())
        .await
        .unwrap();
    let garbage = [
        "",
        "x",
        "null",
        "eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
        &"x".repeat(200),
        "%41",
    ];
    let bad = [&used, &expired, &of_another, &withdrawn];
    let bad = bad
        .into_iter()
        .map(String::as_str)
        .chain(garbage)
        .chain([UNKNOWN]);
    let mut answers = Vec::new();
    for token in bad {
        let response = world
            .service()
            .ask(get(&format!("/generations/7/stream?token={token}")))
            .await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{token}");
        answers.push((format!("{:?}", response.headers()), response.into_body()));
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:#?}"
    );
    assert!(
        answers[0].0.contains(r#"error=\"invalid_token\""#),
        "{}",
        answers[0].0
    );

    let response = world.service().ask(get("/generations/7/stream")).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        response.headers()[WWW_AUTHENTICATE],
        r#"Bearer realm="sse""#
    );
}

/// B1, B2
#[tokio::test]
async fn two_credentials_are_refused_and_neither_is_spent() {
    let world = World::new();
    let (first, second) = (world.token().await, world.token().await);
    let twice = format!("/generations/7/stream?token={first}&token={second}");
    let same = format!("/generations/7/stream?token={first}&token={first}");
    let encoded = format!("/generations/7/stream?%74oken={first}&token={second}");
    let once = format!("/generations/7/stream?token={first}");
    let bearer = format!("Bearer {second}");
    let cookie = format!("a=b; token={second}");
    for request in [
        get(&twice),
        get(&same),
        get(&encoded),
        with(&once, &[("authorization", &bearer)]),
        with(&once, &[("authorization", "bearer eyJ")]),
        with(&once, &[("cookie", &cookie)]),
    ] {
        let uri = request.uri().clone();
        let response = world.service().ask(request).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{uri}");
    }
    assert!(world.is_fresh(&first).await && world.is_fresh(&second).await);
}

/// B3, B4, B7, B8
#[tokio::test]
async fn a_token_has_one_name_and_one_spelling() {
    let world = World::new();
    let token = world.token().await;
    let escaped = format!("%73{}", &token[1..]);
    let many = format!("{}token={token}", "a=b&".repeat(10_000));
    let missing = [
        format!("Token={token}"),
        format!("token[]={token}"),
        format!("token%00={token}"),
        format!("%2574oken={token}"),
        format!("a=1;token={token}"),
        "token".repeat(100),
    ];
    let bad = [
        format!("token={escaped}"),
        format!("token={token}%20"),
        format!("token=+{token}"),
        format!("token={token}="),
        format!("token={token};x=1"),
        format!("token={}", token.to_lowercase()),
        format!("token={}", "A".repeat(3_000)),
        "token=".to_owned(),
        "token".to_owned(),
    ];
    let long = [many, format!("token={}", "A".repeat(8_000))];
    let challenge = async |query: &str| {
        let response = world
            .service()
            .ask(get(&format!("/generations/7/stream?{query}")))
            .await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{query:.80}");
        response.headers()[WWW_AUTHENTICATE]
            .to_str()
            .unwrap()
            .contains("invalid_token")
    };
    for query in &missing {
        assert!(!challenge(query).await, "{query:.80}");
    }
    for query in &bad {
        assert!(challenge(query).await, "{query:.80}");
    }
    for query in &long {
        let uri = format!("/generations/7/stream?{query}");
        let status = world.service().ask(get(&uri)).await.status();
        assert_eq!(status, StatusCode::URI_TOO_LONG, "{query:.80}");
    }
    let once_encoded = format!("/generations/7/stream?%74%6fken={token}");
    assert_eq!(
        world.service().ask(get(&once_encoded)).await.status(),
        StatusCode::OK
    );
}

/// B9, B10, B13, B14: a resource has one path. Others are not there, or are other resources.
#[tokio::test]
async fn a_token_opens_the_resource_it_was_issued_for_and_no_other() {
    let world = World::new();
    let token = world.token().await;
    for (path, status) in [
        ("/generations/8/stream", 401),
        ("/generations/77/stream", 401),
        ("/generations/7%20/stream", 401),
        ("/generations/7%2Fx/stream", 401),
        ("/generations/7;jsessionid=1/stream", 401),
        ("/generations/7\\/stream", 401),
        ("/generations/%FF/stream", 404),
        ("/generations/%2e%2e/stream", 404),
        ("/generations//stream", 404),
        ("/generations/7/stream/", 404),
        ("//generations/7/stream", 404),
        ("/./generations/7/stream", 404),
        ("/generations/x/../7/stream", 404),
        ("/Generations/7/stream", 404),
        ("/generations/7/streams", 404),
    ] {
        let response = world
            .service()
            .ask(get(&format!("{path}?token={token}")))
            .await;
        assert_eq!(response.status().as_u16(), status, "{path}");
    }
    let same = format!("/generations/%37/stream?room=2&token={token}");
    assert_eq!(
        world.service().ask(get(&same)).await.status(),
        StatusCode::OK
    );
}

/// B12: the host that a request names is nobody's business.
#[tokio::test]
async fn the_host_changes_nothing() {
    let world = World::new();
    let uri = format!(
        "http://evil.example/generations/7/stream?token={}",
        world.token().await
    );
    let request = with(
        &uri,
        &[
            ("host", "other.example"),
            ("x-forwarded-host", "third.example"),
        ],
    );
    let response = world.service().ask(request).await;
    assert_eq!(
        response.body(),
        "alice at http://evil.example/generations/7/stream"
    );
}

#[tokio::test]
async fn a_token_in_the_path_is_replaced_there() {
    let token_in = TokenIn::Path("token".to_owned());
    let route = SseRoute::new("/{room}/{token}/events")
        .unwrap()
        .with_token_in(token_in)
        .unwrap();
    let world = World::on(route);
    let token = world.token_for("7").await;
    let uri = format!("/7/{token}/events?a=b");
    let response = world.service().ask(get(&uri)).await;
    assert_eq!(response.body(), "alice at /7/-/events?a=b");
    assert_eq!(
        world.service().ask(get(&uri)).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_token_in_a_header_is_taken_out_of_it() {
    let header = http::HeaderName::from_static("x-stream-token");
    let route = SseRoute::new("/{room}")
        .unwrap()
        .with_token_in(TokenIn::Header(header))
        .unwrap();
    let world = World::on(route);
    let token = world.token_for("7").await;
    let twice = with(
        "/7",
        &[("x-stream-token", &token), ("x-stream-token", &token)],
    );
    assert_eq!(
        world.service().ask(twice).await.status(),
        StatusCode::BAD_REQUEST
    );
    let echo = tower::service_fn(|request: Request<support::Body>| async move {
        assert!(!request.headers().contains_key("x-stream-token"));
        Ok::<_, std::convert::Infallible>(http::Response::new(Empty::<bytes::Bytes>::new()))
    });
    let response = world
        .layer()
        .layer(echo)
        .ask(with("/7", &[("x-stream-token", &token)]))
        .await;
    assert_eq!(response.status(), StatusCode::OK);
}

/// J2
#[tokio::test]
async fn only_allowed_origins_open_streams_if_any_are_named() {
    let world = World::new();
    let layer = || {
        world
            .layer()
            .with_allowed_origins(["https://app.example"])
            .unwrap()
    };
    let service = layer().layer(tower::service_fn(async |_| {
        Ok::<_, std::convert::Infallible>(http::Response::new(Empty::<bytes::Bytes>::new()))
    }));
    let rows: &[(&[(&str, &str)], bool)] = &[
        (&[("origin", "https://app.example")], true),
        (&[("origin", "https://app.example.evil")], false),
        (&[("origin", "http://app.example")], false),
        (&[("origin", "null")], false),
        (
            &[
                ("origin", "https://app.example"),
                ("origin", "https://evil.example"),
            ],
            false,
        ),
        (&[], true),
        (
            &[
                ("sec-fetch-site", "same-origin"),
                ("sec-fetch-mode", "cors"),
            ],
            true,
        ),
        (
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "cors")],
            false,
        ),
        (&[("sec-fetch-mode", "cors")], false),
    ];
    for (headers, passes) in rows {
        let uri = format!("/generations/7/stream?token={}", world.token().await);
        let status = service.ask(with(&uri, headers)).await.status();
        let expected = if *passes {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(status, expected, "{headers:?}");
    }
    for bad in ["app.example", "https://app.example/", "https://a\n"] {
        assert!(
            world.layer().with_allowed_origins([bad]).is_err(),
            "{bad:?}"
        );
    }
}

/// G8: at the cap of all streams no token is spent; at a subject's own, the one that was shown.
#[tokio::test]
async fn streams_are_capped() {
    let world = World::new();
    let slots = StreamSlots::new(2, 1);
    let endless = tower::service_fn(async |_| {
        let body = sse_gate::SseBody::new(futures_util::stream::pending::<Result<_, ()>>());
        Ok::<_, std::convert::Infallible>(body.into_response())
    });
    let service = world.layer().with_slots(slots.clone()).layer(endless);
    let open = async |token: &str| {
        let request = get(&format!("/generations/7/stream?token={token}"));
        tower::ServiceExt::oneshot(service.clone(), request)
            .await
            .unwrap()
    };
    let first = open(&world.token().await).await;
    assert_eq!(first.status(), StatusCode::OK);
    let second = open(&world.token().await).await;
    assert_eq!(second.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(slots.open(), 1, "a refused stream keeps its place");
    drop((first, second));
    assert_eq!(slots.open(), 0);

    let full = world
        .layer()
        .with_slots(StreamSlots::new(0, 1))
        .layer(tower::service_fn(async |_| {
            Ok::<_, std::convert::Infallible>(http::Response::new(Empty::<bytes::Bytes>::new()))
        }));
    let token = world.token().await;
    let response = full
        .ask(get(&format!("/generations/7/stream?token={token}")))
        .await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(world.is_fresh(&token).await);
}

/// F5: a body that is never asked for a frame, and one that is asked only once, keep their places
/// for 30 s and lose them to who needs one then. When they are asked again, they end.
#[tokio::test(start_paused = true)]
async fn a_body_that_nobody_asks_loses_its_place() {
    let world = World::new();
    let slots = StreamSlots::new(10, 2);
    let endless = tower::service_fn(async |_| {
        let events = futures_util::stream::repeat(Ok::<_, ()>(Event::new().data("x")));
        let body = sse_gate::SseBody::new(events);
        Ok::<_, std::convert::Infallible>(body.into_response())
    });
    let service = world.layer().with_slots(slots.clone()).layer(endless);
    let open = async || {
        let request = get(&format!(
            "/generations/7/stream?token={}",
            world.token().await
        ));
        let response = tower::ServiceExt::oneshot(service.clone(), request).await;
        response.unwrap().map(Box::pin)
    };
    let (unasked, mut asked_once) = (open().await, open().await);
    assert!(asked_once.frame().await.unwrap().is_ok());
    assert_eq!(open().await.status(), StatusCode::TOO_MANY_REQUESTS);
    tokio::time::advance(Duration::from_secs(31)).await;
    let others = [open().await, open().await];
    for other in &others {
        assert_eq!(other.status(), StatusCode::OK);
    }
    assert_eq!(slots.open(), 2);
    for mut response in [unasked, asked_once] {
        assert!(response.frame().await.is_none());
    }
    drop(others);
    assert_eq!(slots.open(), 0);
}

#[tokio::test]
async fn refusals_can_be_written_by_the_application() {
    let world = World::new();
    let layer = world.layer().on_refusal(|rejection| {
        let mut response = http::Response::new(rejection.as_str().into());
        *response.status_mut() = StatusCode::IM_A_TEAPOT;
        response
    });
    let service = layer.layer(tower::service_fn(async |_| {
        Ok::<_, std::convert::Infallible>(http::Response::new(Empty::<bytes::Bytes>::new()))
    }));
    let response = service.ask(get("/generations/7/stream?token=x")).await;
    assert_eq!(
        (response.status(), response.body().as_ref()),
        (StatusCode::IM_A_TEAPOT, &b"bad_token"[..])
    );
    let mut put = get("/generations/7/stream?token=x");
    *put.method_mut() = Method::PUT;
    let response = service.ask(put).await;
    assert_eq!(response.body().as_ref(), b"method");
    assert!(response.headers().is_empty(), "nothing is added");
}

/// How long tokens and streams last is said to the builder.
#[tokio::test]
async fn a_gate_says_how_long_tokens_and_streams_last() {
    let clock = ManualClock::default();
    let builder = Gate::builder().with_clock(clock.clone());
    let builder = builder.with_ttl(Duration::from_secs(20)).unwrap();
    let gate = builder
        .with_max_stream(Duration::from_secs(600))
        .in_memory();
    let room = Resource::new(["rooms", "7"]).unwrap();
    let issue = async || {
        let request = GrantRequest::new(Subject::new("alice").unwrap(), room.clone());
        gate.issue(request).await.unwrap()
    };
    let issued = issue().await;
    let grant = gate.redeem(issued.token().expose(), &room).await.unwrap();
    let lasts = grant.deadline().saturating_since(clock.now());
    assert_eq!(lasts, Duration::from_secs(600));
    let late = issue().await;
    clock.advance(Duration::from_secs(20));
    assert!(gate.redeem(late.token().expose(), &room).await.is_err());
}

/// A stream without an end is open for longer than any timer runs.
#[tokio::test]
async fn a_stream_may_last_for_ever() {
    let gate = Gate::builder().with_max_stream(Duration::MAX).in_memory();
    let route = SseRoute::new("/generations/{id}/stream").unwrap();
    let subject = Subject::new("alice").unwrap();
    let request = GrantRequest::new(subject, route.resource(["7"]).unwrap());
    let issued = gate.issue(request).await.unwrap();
    let service = GateLayer::new(&gate, &route).layer(tower::service_fn(support::greet));
    let uri = format!("/generations/7/stream?token={}", issued.token().expose());
    assert_eq!(service.ask(get(&uri)).await.status(), StatusCode::OK);
}

/// D4, D10: whatever a handler answers with, its response is not kept, and names no URL to others.
#[tokio::test]
async fn every_stream_is_protected_and_told_of() {
    let world = World::new();
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let response = world.service().ask(get(&uri)).await;
    for (name, value) in [
        ("cache-control", "no-store, no-transform, private"),
        ("x-accel-buffering", "no"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(response.headers()[name], value, "{name}");
    }
    assert!(world.witness.saw(Signal::StreamOpened));
}

/// A store becomes a gate, with the limits that it has.
#[tokio::test]
async fn a_gate_keeps_the_limits_of_its_store() {
    let limits = Limits::default().with_tokens_per_subject(1);
    let gate = Gate::from(MemoryStore::new(limits));
    let room = Resource::new(["rooms", "7"]).unwrap();
    let request = || GrantRequest::new(Subject::new("alice").unwrap(), room.clone());
    assert!(gate.issue(request()).await.is_ok());
    assert!(gate.issue(request()).await.is_err());
}

/// In front of a router, other routes pass as they came; behind one, nothing passes.
#[tokio::test]
async fn other_routes_pass_only_in_front_of_a_router() {
    let world = World::new();
    let echo = || {
        tower::service_fn(async |request: Request<support::Body>| {
            Ok::<_, std::convert::Infallible>(http::Response::new(http_body_util::Full::from(
                request.uri().to_string(),
            )))
        })
    };
    let layer = GateLayer::new(&world.gate, world.route.clone());
    assert_eq!(
        layer
            .layer(echo())
            .ask(get("/other?token=x"))
            .await
            .status(),
        StatusCode::NOT_FOUND
    );
    let service = layer.in_front_of_router().layer(echo());
    for query in ["token=x", &format!("a={UNKNOWN}")] {
        let uri = format!("/other?{query}");
        assert_eq!(service.ask(get(&uri)).await.body(), &uri);
    }
    // On a path of this route, even one that opens no stream, no token is left.
    let uri = format!("/generations/7/stream-token?a={UNKNOWN}");
    let response = service.ask(get(&uri)).await;
    assert_eq!(response.body(), "/generations/7/stream-token");
}

/// Spelled as a token is, and never issued. The checksum was made with Python's zlib.crc32.
const UNKNOWN: &str = "sset1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1KUzW9";
