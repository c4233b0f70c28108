//! `MintService`: what its answers say besides the token, and what its refusals ask for.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::error::Error;
use std::future::ready;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use serde::Deserialize;
use serde_json::{Value, json};
use sse_gate::core::{MintRefusalReason, Observer, Timestamp};
use sse_gate::mint::{
    AuthError, Authenticator, Bearer, Challenge, Denied, Identity, MintRequest, MintService, Permit,
};
use sse_gate::sessions::SessionObserver;
use sse_gate::{Gate, GrantRequest, Resource, Signal, SseRoute, Subject, TokenIn};
use tower::ServiceExt;

/// Knows callers by the names that they show.
async fn who(parts: Parts) -> Result<Identity, AuthError> {
    match Bearer::of(&parts.headers)?.as_str() {
        "ended" => Ok(Identity::named("alice")?.with_expiry(Timestamp::from_unix_secs(1))),
        "invalid" => Err(AuthError::invalid()),
        name => Ok(Identity::named(name)?),
    }
}

async fn may(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

fn post(path: &str, name: &str, body: &str) -> Request<Full<Bytes>> {
    let request = Request::post(path)
        .header("authorization", format!("Bearer {name}"))
        .header("content-type", "application/json");
    request.body(Full::from(body.to_owned())).unwrap()
}

async fn ask(mint: &MintService, request: Request<Full<Bytes>>) -> Response<Value> {
    let response = mint.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Response::from_parts(head, serde_json::from_slice(&body).unwrap())
}

fn feed() -> SseRoute {
    SseRoute::new("/rooms/{room}/events").unwrap()
}

const MINT: &str = "/rooms/7/events-token";

/// The client is told the URL of its stream, unless the token itself belongs into it, or the
/// authorizer knows better.
#[tokio::test]
async fn an_answer_names_the_stream() {
    let gate = Gate::in_memory();
    let in_path = TokenIn::Path("id".to_owned());
    let in_header = TokenIn::Header(http::HeaderName::from_static("x-token"));
    let url = |url: &str| Value::from(url);
    let rows = [
        (feed(), MINT, url("/rooms/7/events")),
        (
            feed(),
            "/rooms/a%20b%2Fc/events-token",
            url("/rooms/a%20b%2Fc/events"),
        ),
        (
            feed().with_url_prefix("https://api.example").unwrap(),
            MINT,
            url("https://api.example/rooms/7/events"),
        ),
        (
            feed().with_token_in(in_header).unwrap(),
            MINT,
            url("/rooms/7/events"),
        ),
        (
            SseRoute::new("/chat/{id}")
                .unwrap()
                .with_token_in(in_path)
                .unwrap(),
            "/chat/token",
            Value::Null,
        ),
    ];
    for (route, path, expected) in rows {
        let mint = MintService::new(&gate, &route, who, may);
        let response = ask(&mint, post(path, "alice", "")).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.body()["stream_url"], expected, "{path}");
    }
    let own = async |request: MintRequest| {
        let url = format!("/v2{}", request.stream_url().unwrap());
        Ok::<_, Denied>(request.permit().with_member("stream_url", url))
    };
    let mint = MintService::new(&gate, feed(), who, own);
    let response = ask(&mint, post(MINT, "alice", "")).await;
    assert_eq!(response.body()["stream_url"], "/v2/rooms/7/events");
    // A permit that is made by hand has it, too.
    let by_hand =
        async |request: MintRequest| Ok::<_, Denied>(Permit::new(request.grant_request()));
    let mint = MintService::new(&gate, feed(), who, by_hand).with_token_member("stream_id");
    let response = ask(&mint, post(MINT, "alice", "")).await;
    let body = response.body();
    assert_eq!(body["stream_url"], "/rooms/7/events");
    assert!(body["stream_id"].as_str().unwrap().starts_with("sset1_"));
    assert_eq!(body["sse_token"], Value::Null);
}

/// A permit may be for another resource and another subject than was asked for.
#[tokio::test]
async fn a_permit_may_be_for_something_else() {
    fn other() -> Resource {
        Resource::new(["another", "stream"]).unwrap()
    }

    let gate = Gate::in_memory();
    let whether = async |_: MintRequest| {
        let request = GrantRequest::new(Subject::new("a guest").unwrap(), other());
        Ok::<_, Denied>(Permit::new(request))
    };
    let mint = MintService::new(&gate, feed(), who, whether);
    let response = ask(&mint, post(MINT, "alice", "")).await;
    let token = response.body()["sse_token"].as_str().unwrap();
    let grant = gate.redeem(token, &other()).await.unwrap();
    assert_eq!(grant.subject().as_str(), "a guest");
}

#[derive(Deserialize)]
struct Question {
    text: String,
}

/// The body is read as what the authorizer expects; anything else is 422, and so is none.
#[tokio::test]
async fn a_body_is_read_as_json() {
    let whether = async |request: MintRequest| {
        let question: Question = request.json()?;
        Ok(request.permit().with_payload(&question.text)?)
    };
    let gate = Gate::in_memory();
    let mint = MintService::new(&gate, feed(), who, whether);
    for (body, status) in [
        (r#"{"text":"why?"}"#, 200),
        (r#"{"text":7}"#, 422),
        ("{}", 422),
        ("{", 422),
        ("", 422),
    ] {
        let response = ask(&mint, post(MINT, "alice", body)).await;
        assert_eq!(response.status(), status, "{body}");
        if status == 200 {
            let token = response.body()["sse_token"].as_str().unwrap();
            let room = feed().resource(["7"]).unwrap();
            let grant = gate.redeem(token, &room).await.unwrap();
            assert_eq!(grant.payload::<String>().unwrap(), "why?");
        }
    }
}

/// Remembers errors with what is behind them.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<(Signal, String)>>>);

impl Observer for Log {
    fn observe(&self, signal: Signal) {
        self.0.lock().unwrap().push((signal, String::new()));
    }

    fn observe_error(&self, signal: Signal, error: &(dyn Error + 'static)) {
        self.0.lock().unwrap().push((signal, error.to_string()));
    }
}

impl SessionObserver for Log {}

/// E1, C23: an authorizer that can't decide says so: 503 for the client, which learns nothing of the
/// reason, and the reason for the observer.
#[tokio::test]
async fn an_authorizer_that_can_not_decide_is_unavailable() {
    let log = Log::default();
    let gate = Gate::builder().with_observer(log.clone()).in_memory();
    let whether = |_: MintRequest| {
        let lost = std::io::Error::other("connection to db-7 was lost");
        ready(Err::<Permit, _>(Denied::unavailable(lost)))
    };
    let mint = MintService::new(&gate, feed(), who, whether);
    let response = ask(&mint, post(MINT, "alice", "")).await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "1");
    assert!(!response.body().to_string().contains("db-7"));
    let told = std::mem::take(&mut *log.0.lock().unwrap());
    let refused = Signal::MintRefused(MintRefusalReason::Unavailable);
    let reason = "connection to db-7 was lost".to_owned();
    assert_eq!(told, [(refused, reason)]);
    let denied = Denied::unavailable("why");
    assert_eq!(denied.source().unwrap().to_string(), "why");
    assert_eq!(denied.to_string(), "authorizer is unavailable");
}

/// A cookie authenticator, as far as its challenge goes.
struct ByCookie;

impl Authenticator for ByCookie {
    type Claims = ();

    async fn authenticate(&self, parts: &Parts) -> Result<Identity, AuthError> {
        who(parts.clone()).await
    }

    fn challenge(&self) -> Challenge {
        Challenge::cookie()
    }
}

/// RFC 9110 §11.6.1: a 401 asks for what the service takes, whatever the 401 is for.
#[tokio::test]
async fn every_401_asks_for_what_the_service_takes() {
    let gate = Gate::in_memory();
    let alice = Subject::new("alice").unwrap();
    let signs_out = {
        let gate = gate.clone();
        move |request: MintRequest| {
            let (gate, alice) = (gate.clone(), alice.clone());
            async move {
                if request.identity.subject().as_str() == "alice" {
                    gate.revoke(&alice).await.map_err(Denied::unavailable)?;
                }
                Ok(request.permit())
            }
        }
    };
    let cookie = r#"Cookie realm="sse""#;
    let own = Challenge::new("DPoP", "A DPoP credential is required.").unwrap();
    let mint = MintService::new(&gate, feed(), ByCookie, signs_out.clone());
    let changed = mint.clone().with_challenge(own);
    let bearer = MintService::new(&gate, feed(), who, signs_out);
    let invalid = r#"Bearer realm="sse", error="invalid_token""#;
    for name in ["", "invalid", "ended", "alice"] {
        let request = || {
            let mut request = post(MINT, name, "");
            if name.is_empty() {
                request.headers_mut().remove("authorization");
            }
            request
        };
        let plain = if name.is_empty() {
            r#"Bearer realm="sse""#
        } else {
            invalid
        };
        for (mint, expected) in [
            (&mint, cookie),
            (&changed, r#"DPoP realm="sse""#),
            (&bearer, plain),
        ] {
            let response = ask(mint, request()).await;
            assert_eq!(response.status(), 401, "{name}");
            assert_eq!(response.headers()["www-authenticate"], expected, "{name}");
        }
    }
    let response = ask(&mint, {
        let mut request = post(MINT, "", "");
        request.headers_mut().remove("authorization");
        request
    });
    assert_eq!(response.await.body()["detail"], "You must be signed in.");
}

/// A handler that issues tokens on its own answers as a mint does.
#[tokio::test]
async fn an_issued_token_is_a_response() {
    let gate = Gate::in_memory();
    let request = GrantRequest::new(
        Subject::new("alice").unwrap(),
        feed().resource(["7"]).unwrap(),
    );
    let issued = gate.issue(request).await.unwrap();
    let token = issued.token().expose().to_owned();
    assert_eq!(issued.ttl().as_secs(), 60);
    let key = issued.key();
    let issued = issued
        .with_member("stream_url", "/x")
        .with_member("queued", true)
        .with_member("sse_token", "another")
        .with_member("expires_in", 7);
    let response = issued.into_response();
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let text = std::str::from_utf8(&body).unwrap();
    assert_eq!(text.matches("\"sse_token\"").count(), 1, "{text}");
    let body: Value = serde_json::from_slice(&body).unwrap();
    let expected = json!({
        "sse_token": token, "expires_in": 60, "stream_url": "/x", "queued": true
    });
    assert_eq!(body, expected);
    assert!(gate.withdraw(key).await.unwrap());
    assert!(!gate.withdraw(key).await.unwrap());
}
