//! Answers to HEAD.

use http_body_util::BodyExt;
use serde_json::json;
use sse_gate_tests::{Setup, h2, in_time};

/// Every kind of answer: the page, what operators ask, what is not there, endpoints with other
/// methods, endpoints that want a JWT, mints, and the refusals of gates.
const TARGETS: [&str; 17] = [
    "/",
    "/assets/app.js",
    "/assets/none",
    "/healthz",
    "/metrics",
    "/none",
    "/healthz/",
    "/demo/login",
    "/demo/drop",
    "/generations",
    "/generations/none",
    "/generations/generate/none/stream-token",
    "/generations/generate/none/stream",
    "/api/chat/stream/initiate",
    "/api/chat/stream/none",
    "/topics/news/stream?token=none",
    "/topics/news/publish",
];

/// A16: a body after the answer to HEAD is an error for which a client of HTTP/2 ends the whole
/// connection. Here the connection serves on, and a stream that was open on it goes on.
pub(crate) async fn an_answer_to_head_is_empty_over_http2(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let ticket = alice.join("news").await;
    let connection = h2::Connection::open(server.addr()).await;
    let mut stream = connection.ask(&ticket.target, &[]).await;
    assert_eq!(stream.status(), 200);
    let bearer = format!("Bearer {}", alice.jwt);
    for target in TARGETS {
        for headers in [&[][..], &[("authorization", &*bearer)]] {
            let answer = connection.request("HEAD", target, headers, "").await;
            let answer = answer.unwrap_or_else(|error| panic!("HEAD {target}: {error}"));
            let body = in_time("a body", answer.into_body().collect()).await;
            let body = body.unwrap_or_else(|error| panic!("HEAD {target}: {error}"));
            assert!(body.to_bytes().is_empty(), "HEAD {target}");
            let next = connection.request("GET", "/healthz", &[], "").await;
            assert!(
                next.is_ok_and(|next| next.status() == 200),
                "HEAD {target} has ended the connection"
            );
        }
    }
    alice.publish("news", &json!("still there")).await;
    let mut text = String::new();
    while !text.contains("still there") {
        let frame = in_time("an event", stream.body_mut().frame()).await;
        let frame = frame.expect("the stream goes on").expect("unbroken");
        text.push_str(&String::from_utf8_lossy(frame.data_ref().expect("bytes")));
    }
}
