//! Where messages for the chat are left.

use std::time::Duration;

use serde_json::{Value, json};
use sse_gate_tests::{Request, Response, Server, Setup, User, jwt};

/// The longest message, in bytes.
const LONGEST: usize = 64 * 1024;

/// D18: the names of the contract and no other, and a token that scanners can tell.
pub(crate) async fn a_message_earns_a_stream_id_for_five_minutes(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let response = leave(&server, &alice, "What is a token?").await;
    assert_eq!(response.status, 200, "{response:?}");
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(response.header("referrer-policy"), Some("no-referrer"));
    let mut json = response.json();
    let id = json["stream_id"].take();
    let (prefix, rest) = id.as_str().expect("a text").split_at(6);
    assert_eq!((prefix, rest.len()), ("sset1_", 49));
    assert_eq!(json, json!({ "stream_id": null, "expires_in": 300 }));
}

/// C7, C8: nobody leaves a message without a good JWT, whatever else is wrong with it.
pub(crate) async fn who_leaves_a_message_is_known(setup: Setup) {
    const MISSING: Option<&str> = Some(r#"Bearer realm="sse""#);
    const INVALID: Option<&str> = Some(r#"Bearer realm="sse", error="invalid_token""#);
    let server = setup.start();
    let mut expired = jwt::claims("alice");
    expired["exp"] = (jwt::now() - 60).into();
    let message = Request::new("POST", User::INITIATE).json(&message("What is a token?"));
    let rows = [
        ("no JWT", message.clone(), MISSING),
        (
            "an expired one",
            message.clone().bearer(&jwt::with_claims(&expired)),
            INVALID,
        ),
        ("none at all", message.clone().bearer("garbage"), INVALID),
        (
            "one in a cookie",
            message.header("Cookie", format!("jwt={}", jwt::of("alice"))),
            MISSING,
        ),
        (
            "no JWT and no JSON",
            Request::post(User::INITIATE, "x"),
            MISSING,
        ),
    ];
    for (what, request, challenge) in rows {
        let response = server.send(&request).await;
        assert_eq!(response.status, 401, "{what}: {response:?}");
        assert_eq!(response.header("www-authenticate"), challenge, "{what}");
        assert!(response.is_problem(), "{what}: {response:?}");
    }
    assert_eq!(server.metrics().await.requests("issued"), 0);
}

/// C14: 64 KiB pass, however they are written in JSON, and one byte more does not.
pub(crate) async fn a_message_has_at_most_64_kib(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let longest = [
        ("plain", "x".repeat(LONGEST)),
        ("all escaped", "\u{1}".repeat(LONGEST)),
        ("all quotes", "\"".repeat(LONGEST)),
        ("of two bytes each", "é".repeat(LONGEST / 2)),
    ];
    for (what, text) in longest {
        let ticket = alice.ask_chat(&text).await;
        let events = server.open(&ticket.request()).await.complete().await;
        let last = events.last().expect("events");
        assert_eq!(last.event.as_deref(), Some("done"), "{what}");
        for longer in [text.clone() + "x", text.clone() + "\n"] {
            let response = leave(&server, &alice, &longer).await;
            assert_eq!(response.status, 413, "{what}: {response:?}");
            assert!(response.is_problem(), "{what}");
        }
    }
    for mebibytes in [1, 10] {
        let response = leave(&server, &alice, &"x".repeat(mebibytes << 20)).await;
        assert_eq!(response.status, 413, "{mebibytes} MiB: {response:?}");
    }
}

/// C2, C14: a message is JSON with both members, and says something.
pub(crate) async fn a_message_is_json_and_says_something(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let json = |body: &str| ("application/json", body.to_owned(), 422);
    let session_id = "x".repeat(257);
    let rows = [
        json(r#"{"message":"","session_id":"s"}"#),
        json(r#"{"message":" \n\t\u3000","session_id":"s"}"#),
        json(r#"{"message":7,"session_id":"s"}"#),
        json(r#"{"message":null,"session_id":"s"}"#),
        json(r#"{"message":"a token"}"#),
        json(r#"{"session_id":"s"}"#),
        json(r#"{"message":"a token","session_id":""}"#),
        json(r#"{"message":"a token","session_id":7}"#),
        json(&message_in("a token", &session_id).to_string()),
        json(r#"{"message":"a token","message":"another","session_id":"s"}"#),
        json(r#"{"message":"a token","session_id":"s""#),
        json("\"\u{feff}\""),
        json("[]"),
        json(""),
        ("text/plain", message("a token").to_string(), 415),
        (
            "application/x-www-form-urlencoded",
            "message=a+token".to_owned(),
            415,
        ),
        ("", message("a token").to_string(), 415),
        ("application/json", message("a token").to_string(), 200),
        (
            "Application/JSON; charset=utf-8",
            message("a token").to_string(),
            200,
        ),
        (
            "application/json",
            message_in("a token", &session_id[1..]).to_string(),
            200,
        ),
    ];
    for (content_type, body, status) in rows {
        let request = Request::post(User::INITIATE, body.clone()).bearer(&alice.jwt);
        let request = match content_type {
            "" => request,
            it => request.header("Content-Type", it),
        };
        let response = server.send(&request).await;
        assert_eq!(response.status, status, "{content_type} {body:.80}");
        assert!(
            status == 200 || response.is_problem(),
            "{content_type} {body:.80}"
        );
    }
}

/// C2, A5, A7: only a POST leaves a message; and the word is no stream id, so that whoever asks
/// for a stream there is told what is there, and shows no token.
pub(crate) async fn initiate_is_no_stream_id(setup: Setup) {
    let mut server = setup.log("tower_http=debug").start();
    let alice = server.user("alice");
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "BREW"] {
        let request = Request::stream(User::INITIATE).method(method);
        for request in [request.clone(), request.bearer(&alice.jwt)] {
            let response = server.send(&request).await;
            assert_eq!(response.status, 405, "{method}: {response:?}");
            assert_eq!(response.header("allow"), Some("POST"), "{method}");
        }
    }
    // It is one in no other spelling.
    let spellings = ["Initiate", "%69nitiate", "initiate2", "nitiates"];
    for spelling in spellings {
        let target = format!("/api/chat/stream/{spelling}");
        let response = server.send(&Request::stream(&*target)).await;
        assert_eq!(response.status, 401, "{spelling}: {response:?}");
    }
    let metrics = server.metrics().await;
    assert_eq!(metrics.requests("issued"), 0);
    assert_eq!(metrics.validations("malformed"), 4);
    server.terminate();
    let ended = server.ended(Duration::from_secs(5)).await;
    assert!(ended.is_some(), "its log is not complete");
    let log = server.log().text();
    for spelling in spellings {
        assert!(!log.contains(spelling), "{spelling}");
    }
    assert!(
        log.contains(User::INITIATE),
        "its own path is no secret: {log}"
    );
    assert!(log.contains("/api/chat/stream/-"), "{log}");
}

/// C15: at the cap 429, and a message that was read makes room. Nobody else notices.
pub(crate) async fn a_user_with_too_many_messages_waits_and_others_do_not(setup: Setup) {
    let server = setup.arg("tokens-per-subject", 2).start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let first = alice.ask_chat("What is a token?").await;
    alice.ask_chat("What is a store?").await;
    let response = leave(&server, &alice, "What is a layer?").await;
    assert_eq!(response.status, 429, "{response:?}");
    assert!(response.header("retry-after").is_some());
    bob.ask_chat("What is a layer?").await;
    assert_eq!(server.send(&first.request()).await.status, 200);
    alice.ask_chat("What is a layer?").await;
}

fn message(text: &str) -> Value {
    message_in(text, "conversation-1")
}

fn message_in(text: &str, session_id: &str) -> Value {
    json!({ "message": text, "session_id": session_id })
}

async fn leave(server: &Server, user: &User<'_>, text: &str) -> Response {
    let request = Request::new("POST", User::INITIATE).bearer(&user.jwt);
    server.send(&request.json(&message(text))).await
}
