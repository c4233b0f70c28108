//! Callers that are known by a cookie: `SameOrigin`, `CookieAuthenticator`, and sessions of
//! tower-sessions.
#![cfg(feature = "axum")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::header::{COOKIE, SET_COOKIE, WWW_AUTHENTICATE};
use http::request::{Builder, Parts};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use sse_gate::core::CredentialReason;
use sse_gate::mint::{Challenge, CookieAuthenticator, SameOrigin};
use sse_gate::prelude::*;
use tower::ServiceExt;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

/// Names and values.
type Headers<'a> = &'a [(&'a str, &'a str)];

fn with(mut request: Builder, headers: Headers<'_>) -> Builder {
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request
}

/// The head of a POST to the mint.
fn head(uri: &str, headers: Headers<'_>) -> Parts {
    let request = with(Request::post(uri), headers).body(()).unwrap();
    request.into_parts().0
}

async fn alice(_: Parts) -> Result<Identity, AuthError> {
    Ok(Identity::named("alice")?)
}

async fn may_enter(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

const HOST: (&str, &str) = ("host", "app.example");
const OWN: (&str, &str) = ("origin", "https://app.example");
const ALLOWED: (&str, &str) = ("origin", "https://friend.example");
const FOREIGN: (&str, &str) = ("origin", "https://evil.example");
const SAME_ORIGIN: (&str, &str) = ("sec-fetch-site", "same-origin");
const CROSS_SITE: (&str, &str) = ("sec-fetch-site", "cross-site");

/// C1: a table over what browsers send, and what they don't.
#[tokio::test]
async fn only_a_page_of_the_own_origin_or_an_allowed_one_uses_the_cookie() {
    let rows: &[(Headers<'_>, bool)] = &[
        (&[HOST, SAME_ORIGIN], true),
        (&[HOST, SAME_ORIGIN, OWN], true),
        // A proxy has changed `Host`, or the page sends no referrer.
        (&[("host", "10.0.0.7"), SAME_ORIGIN, OWN], true),
        (&[HOST, SAME_ORIGIN, ("origin", "null")], true),
        (&[HOST, CROSS_SITE], false),
        (&[HOST, CROSS_SITE, FOREIGN], false),
        (&[HOST, CROSS_SITE, OWN], false),
        (&[HOST, CROSS_SITE, ALLOWED], true),
        (&[HOST, ("sec-fetch-site", "same-site")], false),
        (&[HOST, ("sec-fetch-site", "same-site"), OWN], false),
        (&[HOST, ("sec-fetch-site", "same-site"), ALLOWED], true),
        (&[HOST, ("sec-fetch-site", "none")], false),
        (&[HOST, ("sec-fetch-site", "none"), OWN], false),
        (&[HOST, ("sec-fetch-site", "Same-Origin")], false),
        (&[HOST, ("sec-fetch-site", "")], false),
        (
            &[HOST, ("sec-fetch-site", "same-origin, same-origin")],
            false,
        ),
        (&[HOST, SAME_ORIGIN, SAME_ORIGIN], false),
        (&[HOST, SAME_ORIGIN, CROSS_SITE], false),
        (&[HOST, SAME_ORIGIN, OWN, FOREIGN], false),
        (&[HOST, ALLOWED, ALLOWED], false),
        // Browsers that don't know `Sec-Fetch-Site`.
        (&[HOST, OWN], true),
        (&[HOST, ALLOWED], true),
        (&[HOST, FOREIGN], false),
        (&[HOST, ("origin", "null")], false),
        (&[HOST, OWN, OWN], false),
        (&[HOST], false),
        (&[], false),
        (&[OWN], false),
    ];
    let authenticator = SameOrigin::new(alice)
        .with_allowed_origins(["https://friend.example"])
        .unwrap();
    for (headers, passes) in rows {
        let outcome = authenticator
            .authenticate(&head("/feed-token", headers))
            .await;
        match &outcome {
            Ok(identity) => assert_eq!(identity.subject().as_str(), "alice"),
            Err(error) => assert_eq!(error.reason(), CredentialReason::Origin, "{headers:?}"),
        }
        assert_eq!(outcome.is_ok(), *passes, "{headers:?}");
    }
}

/// C1: without `Sec-Fetch-Site`, the origin's host and port are those of the request.
#[tokio::test]
async fn an_origin_is_compared_with_the_host_and_port_of_the_request() {
    let rows = [
        ("/", "app.example", "https://app.example", true),
        ("/", "App.Example", "https://app.example", true),
        // TLS may end at a proxy.
        ("/", "app.example", "http://app.example", true),
        ("http://app.example/", "", "https://app.example", true),
        ("https://app.example/", "", "http://app.example", false),
        ("https://app.example/", "", "https://app.example", true),
        // What the URI says counts, and not `Host` (RFC 9112 §3.2.2).
        (
            "https://app.example/",
            "evil.example",
            "https://evil.example",
            false,
        ),
        (
            "https://app.example/",
            "evil.example",
            "https://app.example",
            true,
        ),
        ("/", "app.example:443", "https://app.example", true),
        ("/", "app.example:80", "http://app.example", true),
        ("/", "app.example:443", "http://app.example", false),
        ("/", "app.example:80", "https://app.example", false),
        ("/", "app.example", "https://app.example:8443", false),
        ("/", "app.example:8443", "https://app.example:8443", true),
        ("/", "app.example:8443", "https://app.example", false),
        ("/", "[::1]:3000", "http://[::1]:3000", true),
        ("/", "[::1]", "http://[::1]:3000", false),
        ("/", "app.example", "https://other.app.example", false),
        (
            "/",
            "app.example",
            "https://app.example.evil.example",
            false,
        ),
        (
            "/",
            "app.example",
            "https://evil.example/app.example",
            false,
        ),
        ("/", "app.example", "https://user@app.example", false),
        ("/", "app.example", "ws://app.example", false),
        ("/", "app.example", "app.example", false),
        ("/", "", "https://", false),
        ("/", ":443", "https://", false),
        ("/", "app.example", "https://app.ex\u{e4}mple", false),
    ];
    for (uri, host, origin, passes) in rows {
        let head = head(uri, &[("host", host), ("origin", origin)]);
        let outcome = SameOrigin::new(alice).authenticate(&head).await;
        assert_eq!(outcome.is_ok(), passes, "{uri} {host:?} {origin:?}");
    }
    let two_hosts = head("/", &[HOST, ("host", "evil.example"), OWN]);
    assert!(
        SameOrigin::new(alice)
            .authenticate(&two_hosts)
            .await
            .is_err()
    );
}

/// C1: a foreign page does not even make the service look up a session.
#[tokio::test]
async fn a_foreign_page_is_refused_before_the_authenticator_is_asked() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let authenticator = CookieAuthenticator::new("session", move |value: String| {
        counter.fetch_add(1, Ordering::Relaxed);
        async move { Ok(Identity::named(&value)?) }
    });
    let cookie = ("cookie", "session=alice");
    let foreign = head("/", &[HOST, cookie, CROSS_SITE, FOREIGN]);
    let error = authenticator.authenticate(&foreign).await.unwrap_err();
    assert_eq!(error.reason(), CredentialReason::Origin);
    assert_eq!(error.to_string(), "page of another origin used a cookie");
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    let own = head("/", &[HOST, cookie, SAME_ORIGIN]);
    let identity = authenticator.authenticate(&own).await.unwrap();
    assert_eq!(identity.subject().as_str(), "alice");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn an_origin_that_no_browser_sends_can_not_be_allowed() {
    for origin in [
        "*",
        "null",
        "",
        "app.example",
        "https://app.example/",
        "https://App.example",
    ] {
        assert!(
            SameOrigin::new(alice)
                .with_allowed_origins([origin])
                .is_err(),
            "{origin:?}"
        );
        let cookie = CookieAuthenticator::new("session", |value: String| async move {
            Ok(Identity::named(&value)?)
        });
        assert!(cookie.with_allowed_origins([origin]).is_err(), "{origin:?}");
    }
}

/// C1: exactly one cookie of the name counts, and nothing of another one.
#[tokio::test]
async fn exactly_one_well_formed_cookie_is_read() {
    use CredentialReason::{Malformed, Missing, TooLarge};
    let longest = format!("session={}", "a".repeat(CookieAuthenticator::MAX_LEN));
    let too_long = format!("{longest}a");
    let rows: &[(&[&str], Result<&str, CredentialReason>)] = &[
        (&["session=4f1c"], Ok("4f1c")),
        (&["theme=dark; session=4f1c; lang=en"], Ok("4f1c")),
        (&["theme=dark;session=4f1c"], Ok("4f1c")),
        (&["theme=dark", "session=4f1c"], Ok("4f1c")),
        (&["session=a=b="], Ok("a=b=")),
        (&["session=%41"], Ok("%41")),
        (&["session=\"4f1c\""], Ok("\"4f1c\"")),
        (&["a=\u{fc}; =b; c; ; session=4f1c;"], Ok("4f1c")),
        (&[&longest], Ok(&longest["session=".len()..])),
        (&[&too_long], Err(TooLarge)),
        (&[], Err(Missing)),
        (&[""], Err(Missing)),
        (&["session"], Err(Missing)),
        (&["session="], Err(Missing)),
        (&["Session=4f1c"], Err(Missing)),
        (&["xsession=4f1c"], Err(Missing)),
        (&["sessionx=4f1c"], Err(Missing)),
        (&["session =4f1c"], Err(Missing)),
        (&["a=\"session=4f1c\""], Err(Missing)),
        (&["session=4f1c; session=4f1c"], Err(Malformed)),
        (&["session=4f1c; session=evil"], Err(Malformed)),
        (&["session=4f1c", "session=evil"], Err(Malformed)),
        (&["session=4f1c; session="], Err(Malformed)),
        (&["session=4f 1c"], Err(Malformed)),
        (&["session=4f,1c"], Err(Malformed)),
        (&["session=4f\\1c"], Err(Malformed)),
        (&["session=4f\"1c"], Err(Malformed)),
        (&["session=\"4f1c"], Err(Malformed)),
        (&["session=\""], Err(Malformed)),
        (&["session=\u{fc}"], Err(Malformed)),
    ];
    let authenticator = CookieAuthenticator::new("session", |value: String| async move {
        Ok(Identity::named("alice")?.with_claims(value))
    });
    for (cookies, expected) in rows {
        let mut head = head("/", &[SAME_ORIGIN]);
        for cookie in *cookies {
            let value = http::HeaderValue::from_bytes(cookie.as_bytes()).unwrap();
            head.headers.append(COOKIE, value);
        }
        let found = authenticator.authenticate(&head).await;
        let found = found
            .as_ref()
            .map(|it| &**it.claims())
            .map_err(AuthError::reason);
        assert_eq!(found, *expected, "{cookies:?}");
    }
}

#[tokio::test]
async fn a_name_that_no_cookie_has_finds_none() {
    for name in ["", "a=b", "a;b"] {
        let authenticator =
            CookieAuthenticator::new(name, |_: String| async { Ok(Identity::named("alice")?) });
        let head = head("/", &[SAME_ORIGIN, ("cookie", "a=b; a; b=c")]);
        let error = authenticator.authenticate(&head).await.unwrap_err();
        assert_eq!(error.reason(), CredentialReason::Missing, "{name:?}");
    }
}

/// A service whose users sign in with a form, and keep a session of tower-sessions.
fn app() -> Router {
    async fn sign_in(session: Session) {
        session.insert("user", "alice").await.unwrap();
    }

    async fn who(parts: Parts) -> Result<Identity, AuthError> {
        let session = parts.extensions.get::<Session>();
        let session = session.ok_or_else(AuthError::missing)?;
        let user = session.get::<String>("user").await;
        let user = user.map_err(AuthError::unavailable)?;
        Ok(Identity::named(&user.ok_or_else(AuthError::missing)?)?)
    }

    async fn greet(granted: Granted) -> String {
        format!("hello, {}", granted.subject().as_str())
    }

    let gate = Gate::in_memory();
    let feed = SseRoute::new("/feed").unwrap();
    let sessions = SessionManagerLayer::new(MemoryStore::default());
    Router::new()
        .route("/sign-in", post(sign_in))
        .sse(&gate, &feed, get(greet), SameOrigin::new(who), may_enter)
        .layer(sessions)
        .strip_tokens([&feed])
}

async fn ask(app: &Router, request: Request<Body>) -> Response<Body> {
    app.clone().oneshot(request).await.unwrap()
}

/// The cookie of a session that alice has just begun.
async fn sign_in(app: &Router) -> String {
    let response = ask(app, Request::post("/sign-in").body(Body::empty()).unwrap()).await;
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn text(response: Response<Body>) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn a_page_of_the_service_opens_a_stream_with_its_session() {
    let app = app();
    let cookie = sign_in(&app).await;
    let headers = [("cookie", &*cookie), HOST, SAME_ORIGIN, OWN];
    let request = with(Request::post("/feed-token"), &headers);
    let response = ask(&app, request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer: serde_json::Value = serde_json::from_str(&text(response).await).unwrap();
    let uri = format!("/feed?token={}", answer["sse_token"].as_str().unwrap());
    let request = || {
        Request::get(&uri)
            .header("accept", "text/event-stream")
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(text(ask(&app, request()).await).await, "hello, alice");
    assert_eq!(
        ask(&app, request()).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

/// C1: what a foreign page can make the browser of a signed-in user send.
#[tokio::test]
async fn a_foreign_page_gets_no_token_with_a_live_session() {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let plain = ("content-type", "text/plain");
    let json = ("content-type", "application/json");
    let attempts: &[(&str, Headers<'_>, &str)] = &[
        ("a form", &[form, FOREIGN, CROSS_SITE], "a=b"),
        ("a form of an old browser", &[form, FOREIGN], "a=b"),
        (
            "a form of a sandboxed page",
            &[form, ("origin", "null")],
            "a=b",
        ),
        (
            "JSON as text",
            &[plain, FOREIGN, CROSS_SITE],
            r#"{"a":"="}"#,
        ),
        (
            "JSON as text, old browser",
            &[plain, FOREIGN],
            r#"{"a":"="}"#,
        ),
        (
            "JSON by a sibling",
            &[
                json,
                ("origin", "https://x.app.example"),
                ("sec-fetch-site", "same-site"),
            ],
            "{}",
        ),
        ("no body", &[FOREIGN, CROSS_SITE], ""),
        ("no headers", &[], ""),
    ];
    let app = app();
    let cookie = sign_in(&app).await;
    for (attempt, headers, body) in attempts {
        let request = with(Request::post("/feed-token"), &[("cookie", &*cookie), HOST]);
        let request = with(request, headers).body(Body::from(*body)).unwrap();
        let response = ask(&app, request).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{attempt}");
        assert!(!text(response).await.contains("sset1_"), "{attempt}");
    }
}

/// C1: a session's cookie is no token.
#[tokio::test]
async fn a_cookie_alone_opens_no_stream() {
    let app = app();
    let cookie = sign_in(&app).await;
    let headers = [
        ("cookie", &*cookie),
        HOST,
        SAME_ORIGIN,
        ("accept", "text/event-stream"),
    ];
    let request = with(Request::get("/feed"), &headers);
    let response = ask(&app, request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

/// C1: with the door for callers open, a cookie needs `Authorization` beside it to be looked at, and
/// the check of the origin applies.
#[tokio::test]
async fn the_door_for_callers_keeps_foreign_pages_out_too() {
    let (gate, feed) = (Gate::in_memory(), SseRoute::new("/feed").unwrap());
    let authenticator = CookieAuthenticator::new("session", |value: String| async move {
        Ok(Identity::named(&value)?)
    });
    let mint = MintService::new(&gate, &feed, authenticator, may_enter);
    let layer = GateLayer::new(&gate, &feed).with_callers(&mint);
    let handler = get(async || "hello").post(async || "hello");
    let app = Router::new().sse_with(layer, mint, handler);
    let cookie = ("cookie", "session=alice");
    let accept = ("accept", "text/event-stream");
    let bearer = ("authorization", "Bearer anything");
    let rows: &[(Headers<'_>, u16)] = &[
        (&[accept, cookie, SAME_ORIGIN], 401),
        (&[accept, cookie, bearer, CROSS_SITE, FOREIGN], 403),
        (&[accept, cookie, bearer, FOREIGN, HOST], 403),
        (&[accept, cookie, bearer], 403),
        (&[accept, bearer, SAME_ORIGIN], 401),
        (&[accept, cookie, bearer, SAME_ORIGIN], 200),
    ];
    for (headers, status) in rows {
        for method in ["GET", "POST"] {
            let request = with(Request::builder().method(method).uri("/feed"), headers);
            let response = ask(&app, request.body(Body::empty()).unwrap()).await;
            assert_eq!(response.status().as_u16(), *status, "{method} {headers:?}");
        }
    }
}

/// C1: an answer never asks for a bearer token that the service does not take.
#[tokio::test]
async fn every_401_asks_for_a_cookie() {
    let app = app();
    let rows: &[(&str, &str, Headers<'_>)] = &[
        ("POST", "/feed-token", &[HOST, SAME_ORIGIN]),
        (
            "POST",
            "/feed-token",
            &[HOST, SAME_ORIGIN, ("cookie", "id=unknown")],
        ),
        (
            "POST",
            "/feed-token",
            &[HOST, SAME_ORIGIN, ("authorization", "Bearer x")],
        ),
        ("GET", "/feed", &[("accept", "text/event-stream")]),
        (
            "GET",
            "/feed?token=wrong",
            &[("accept", "text/event-stream")],
        ),
    ];
    for (method, uri, headers) in rows {
        let request = with(Request::builder().method(*method).uri(*uri), headers);
        let response = ask(&app, request.body(Body::empty()).unwrap()).await;
        assert_eq!(
            response.status(),
            StatusCode::UNAUTHORIZED,
            "{method} {uri}"
        );
        let challenges = response.headers().get_all(WWW_AUTHENTICATE).iter();
        let challenges: Vec<_> = challenges.collect();
        assert_eq!(challenges, [r#"Cookie realm="sse""#], "{method} {uri}");
    }
    let cookie = CookieAuthenticator::new("session", |value: String| async move {
        Ok(Identity::named(&value)?)
    });
    assert_eq!(cookie.challenge(), Challenge::cookie());
}

/// D6: the cookie is in no `Debug` output of what the authorizer gets.
#[tokio::test]
async fn an_authorizer_can_not_print_the_cookie() {
    let (gate, feed) = (Gate::in_memory(), SseRoute::new("/feed").unwrap());
    let authenticator = CookieAuthenticator::new("session", |_: String| async {
        Ok(Identity::named("alice")?)
    });
    assert!(!format!("{authenticator:?}").contains("4f1c"));
    let authorizer = async |request: MintRequest| {
        let printed = format!("{request:?} {:?}", request.parts);
        assert!(!printed.contains("4f1c"), "{printed}");
        Ok(request.permit())
    };
    let mint = MintService::new(&gate, &feed, authenticator, authorizer);
    let request = with(
        Request::post("/feed-token"),
        &[SAME_ORIGIN, ("cookie", "session=4f1c")],
    );
    let request = request.body(Empty::<bytes::Bytes>::new()).unwrap();
    assert_eq!(
        mint.oneshot(request).await.unwrap().status(),
        StatusCode::OK
    );
}
