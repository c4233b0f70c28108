//! `MintService`: who gets a token, and what the others are told.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;
use std::future::ready;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use sse_gate::core::{Clock, ManualClock, RefuseAllStore};
use sse_gate::mint::{AuthError, Bearer, Denied, Identity, MintRequest, MintService, Permit};
use sse_gate::{Gate, GateLayer, Limits, MemoryStore, SseRoute, Subject};
use tower::{Layer, ServiceExt};

/// Takes the credential for the name. The body says what is wanted.
async fn mint(gate: &Gate, request: Request<Full<Bytes>>) -> Response<Value> {
    let who = |parts: Parts| {
        ready(
            Bearer::of(&parts.headers).and_then(|bearer| match bearer.as_str() {
                "down" => Err(AuthError::unavailable("no route")),
                "wrong" => Err(AuthError::invalid().because("a secret reason")),
                name => Ok(Identity::new(Subject::new(name).unwrap())),
            }),
        )
    };
    let whether = |request: MintRequest| {
        ready(match &request.body[..] {
            b"\"theirs\"" => Err(Denied::Forbidden),
            b"\"nowhere\"" => Err(Denied::NotFound),
            b"\"odd\"" => Err(Denied::Unprocessable),
            b"\"many\"" => Err(Denied::TooMany {
                retry_after: Duration::from_secs(3),
            }),
            b"\"full\"" => Err(Denied::Busy {
                retry_after: Duration::from_secs(3),
            }),
            body => {
                let permit = request.permit().with_payload(&body.len()).unwrap();
                Ok(permit.with_member("status", "queued"))
            }
        })
    };
    let service = MintService::new(gate, route(), who, whether).with_max_body(1_000);
    let response = service.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    // An answer to HEAD has none.
    let json = match &*body {
        b"" => Value::Null,
        body => serde_json::from_slice(body).unwrap(),
    };
    Response::from_parts(parts, json)
}

fn gate() -> Gate {
    Gate::in_memory()
}

fn route() -> SseRoute {
    SseRoute::new("/rooms/{room}/stream").unwrap()
}

fn post(headers: &[(&str, &str)], body: &str) -> Request<Full<Bytes>> {
    let mut request = Request::post("/rooms/1/stream-token");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Full::from(body.to_owned())).unwrap()
}

/// Names and values.
type Headers<'a> = &'a [(&'a str, &'a str)];

const ALICE: (&str, &str) = ("authorization", "Bearer alice");
const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a_token_is_issued_with_its_lifetime_and_what_the_permit_adds() {
    let gate = gate();
    let response = mint(&gate, post(&[ALICE, JSON], "{}")).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let body = response.body();
    assert_eq!(
        (&body["expires_in"], &body["stream_url"], &body["status"]),
        (&60.into(), &"/rooms/1/stream".into(), &"queued".into())
    );
    let token = body["sse_token"].as_str().unwrap();
    let grant = gate
        .redeem(token, &route().resource(["1"]).unwrap())
        .await
        .unwrap();
    assert_eq!(grant.subject().as_str(), "alice");
    assert_eq!(grant.payload::<usize>().unwrap(), 2);
}

/// G19: the authorizer refuses what there is no room for, before there is a token to spend.
#[tokio::test]
async fn who_has_too_many_is_told_when_to_come_back() {
    for (body, status) in [("\"many\"", 429), ("\"full\"", 503)] {
        let response = mint(&gate(), post(&[ALICE, JSON], body)).await;
        assert_eq!(response.status().as_u16(), status, "{body}");
        assert_eq!(response.headers()["retry-after"], "3", "{body}");
    }
}

/// C1, C2, C18: each of these is told apart by its status, and leaves no token behind.
#[tokio::test]
async fn whoever_gets_no_token_is_told_why() {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let long = format!("Bearer {}", "a".repeat(8 * 1024 + 1));
    let long = ("authorization", &*long);
    let rows: &[(Headers<'_>, &str, u16)] = &[
        (&[], "", 401),
        (&[("cookie", "session=alice")], "", 401),
        (&[("authorization", "Basic YTpi")], "", 401),
        (&[("authorization", "Bearer wrong")], "", 401),
        (&[long], "", 431),
        (&[("authorization", "Bearer down")], "", 503),
        (&[ALICE, ALICE], "", 400),
        (&[ALICE, ("authorization", "Basic YTpi")], "", 400),
        (&[("authorization", "Bearer")], "", 400),
        (&[("authorization", "Bearer ")], "", 400),
        (&[("authorization", "Bearer a b")], "", 400),
        (&[("authorization", "Bearer alice, Bearer bob")], "", 400),
        (&[("authorization", "Bearer alice\t")], "", 400),
        (&[ALICE, form], "a=b", 415),
        (&[ALICE, ("content-type", "text/plain")], "{}", 415),
        (&[ALICE], "{}", 415),
        (&[ALICE, JSON], &"x".repeat(1_001), 413),
        (&[ALICE, JSON], "\"theirs\"", 403),
        (&[ALICE, JSON], "\"nowhere\"", 404),
        (&[ALICE, JSON], "\"odd\"", 422),
        (&[ALICE], "", 200),
        (&[("authorization", "bEARER  alice")], "", 200),
        (
            &[ALICE, ("content-type", "Application/JSON; charset=utf-8")],
            "{}",
            200,
        ),
    ];
    let gate = gate();
    for (headers, body, status) in rows {
        let response = mint(&gate, post(headers, body)).await;
        assert_eq!(
            response.status().as_u16(),
            *status,
            "{headers:.60?} {body:.20}"
        );
        let is_too_large = response.body().to_string().contains("credential in the");
        assert_eq!(is_too_large, *status == 431);
        let is_problem = response.headers()["content-type"] == "application/problem+json";
        assert_eq!(is_problem, *status != 200);
        if is_problem {
            assert_eq!(response.body()["status"], *status);
            assert!(!response.body().to_string().contains("secret"));
        }
        assert_eq!(
            response.headers().contains_key("www-authenticate"),
            [400, 401].contains(status)
        );
    }
    let revoked = gate.revoke(&Subject::new("alice").unwrap()).await;
    assert_eq!(revoked.unwrap().tokens(), 3);
}

/// C2
#[tokio::test]
async fn tokens_are_asked_for_with_post() {
    for method in ["GET", "PUT", "DELETE", "HEAD"] {
        let mut request = post(&[ALICE], "");
        *request.method_mut() = method.parse().unwrap();
        let response = mint(&gate(), request).await;
        assert_eq!(
            response.status(),
            StatusCode::METHOD_NOT_ALLOWED,
            "{method}"
        );
        assert_eq!(response.headers()["allow"], "POST");
    }
}

/// C15, C16: at a cap the newcomer is told when to come again, and others are served.
#[tokio::test]
async fn a_cap_says_when_to_come_again() {
    let clock = ManualClock::default();
    let store = MemoryStore::with_clock(Limits::default().with_tokens(20), clock.clone());
    let gate = Gate::builder().with_clock(clock.clone()).build(store);
    let ask = async |name| mint(&gate, post(&[("authorization", name)], "")).await;
    for _ in 0..16 {
        assert_eq!(ask("Bearer alice").await.status(), StatusCode::OK);
        clock.advance(Duration::from_secs(1));
    }
    let refused = ask("Bearer alice").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        refused.headers()["retry-after"],
        "44",
        "when the first token ends"
    );
    for _ in 0..4 {
        assert_eq!(ask("Bearer bob").await.status(), StatusCode::OK);
    }
    let refused = ask("Bearer carol").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "1");
}

/// C14
#[tokio::test]
async fn a_payload_too_large_is_refused() {
    let store = MemoryStore::new(Limits::default().with_payload(1));
    let response = mint(
        &Gate::new(store),
        post(&[ALICE, JSON], "{\"a\":1, \"b\":2}"),
    )
    .await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

/// E1
#[tokio::test]
async fn without_a_store_there_are_no_tokens() {
    let response = mint(&Gate::new(RefuseAllStore), post(&[ALICE], "")).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["retry-after"], "1");
}

/// C11: no token outlives the credential that asked for it.
#[tokio::test]
async fn a_token_ends_with_its_credential() {
    let clock = ManualClock::default();
    let store = MemoryStore::with_clock(Limits::default(), clock.clone());
    let gate = Gate::builder().with_clock(clock.clone()).build(store);
    let ends = clock.now().saturating_add(Duration::from_secs(5));
    let who = move |_: Parts| {
        ready(Ok(
            Identity::new(Subject::new("alice").unwrap()).with_expiry(ends)
        ))
    };
    let whether = |request: MintRequest| ready(Ok::<_, Denied>(request.permit()));
    let service = MintService::new(&gate, route(), who, whether);
    let expires_in = async || {
        let response = service.clone().oneshot(post(&[], "")).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap();
        (status, body["expires_in"].as_u64())
    };
    assert_eq!(expires_in().await, (StatusCode::OK, Some(5)));
    clock.advance(Duration::from_secs(5));
    assert_eq!(expires_in().await, (StatusCode::UNAUTHORIZED, None));
}

/// C11: the authorizer has the last word on when a stream ends, and whether it continues another.
#[tokio::test]
async fn a_permit_says_when_the_stream_ends() {
    let clock = ManualClock::default();
    let gate = Gate::builder().with_clock(clock.clone()).in_memory();
    let after = |secs| clock.now().saturating_add(Duration::from_secs(secs));
    for (secs, continues) in [(20, true), (90, false)] {
        let (expiry, deadline) = (after(50), after(secs));
        let who = move |_: Parts| {
            ready(Ok(
                Identity::new(Subject::new("alice").unwrap()).with_expiry(expiry)
            ))
        };
        let whether = move |request: MintRequest| {
            let permit = request.permit().with_deadline(deadline);
            ready(Ok::<_, Denied>(permit.with_continuation(continues)))
        };
        let service = MintService::new(&gate, route(), who, whether);
        let response = service.oneshot(post(&[], "")).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let token = body["sse_token"].as_str().unwrap();
        let room = route().resource(["1"]).unwrap();
        let grant = gate.redeem(token, &room).await.unwrap();
        assert_eq!((grant.deadline(), grant.continues()), (deadline, continues));
    }
}

/// B10: parameters are decoded once, and a path that does not match is not there.
#[tokio::test]
async fn the_parameters_of_the_path_are_decoded_once() {
    let whether = |request: MintRequest| {
        let room = request.param("room").unwrap().to_owned();
        assert_eq!(request.param("other"), None);
        let resource = route().with_mint_path("/rooms/{room}/token").unwrap();
        let resource = resource.resource([&room]).unwrap();
        assert_eq!(*request.resource(), resource);
        ready(Ok::<_, Denied>(request.permit().with_member("room", room)))
    };
    let who = |_: Parts| ready(Ok(Identity::new(Subject::new("alice").unwrap())));
    let route = route().with_mint_path("/rooms/{room}/token").unwrap();
    let service = MintService::new(&gate(), route, who, whether);
    let ask = async |path: &str| {
        let mut request = post(&[], "");
        *request.uri_mut() = path.parse().unwrap();
        let response = service.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap();
        (status, body["room"].as_str().map(str::to_owned))
    };
    for (path, room) in [
        ("/rooms/7/token", Some("7")),
        ("/rooms/a%20b%2Fc/token", Some("a b/c")),
        ("/rooms/%2541/token", Some("%41")),
        ("/rooms/%FF/token", None),
        ("/rooms//token", None),
        ("/rooms/7/token/", None),
        ("/rooms/7", None),
    ] {
        let expected = (
            if room.is_some() { 200 } else { 404 },
            room.map(str::to_owned),
        );
        assert_eq!(ask(path).await, expected, "{path}");
    }
}

/// D6: whoever logs what an authorizer is given logs no credential and no wish of the user's.
#[tokio::test]
async fn what_an_authorizer_is_given_prints_no_credential() {
    let who = |_: Parts| ready(Ok(Identity::new(Subject::new("alice").unwrap())));
    let whether = |request: MintRequest| {
        let printed = format!("{request:?} {:?}", request.parts);
        assert!(printed.contains("alice") && printed.contains("/rooms/1/stream"));
        assert!(!printed.contains("secret"), "{printed}");
        ready(Err::<Permit, _>(Denied::NotFound))
    };
    let headers = [
        ("authorization", "Bearer secret"),
        ("cookie", "session=secret"),
        ("proxy-authorization", "Basic secret"),
        JSON,
    ];
    let gate = gate();
    let service = MintService::new(&gate, route(), who, whether);
    let mut request = post(&headers, "\"secret\"");
    *request.uri_mut() = "/rooms/1/stream-token?jwt=secret".parse().unwrap();
    let response = service.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    // The same where callers open streams with credentials of their own.
    let layer = GateLayer::new(&gate, route()).with_callers(&service);
    let stream = layer.layer(tower::service_fn(async |_| {
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
    }));
    let request = Request::get("/rooms/1/stream?jwt=secret")
        .header("accept", "text/event-stream")
        .header("authorization", "Bearer secret")
        .body(Full::<Bytes>::default())
        .unwrap();
    let response = stream.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}
