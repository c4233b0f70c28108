//! Requests to resumable streams that are refused and cost neither token nor id.

use sse_gate_tests::{Request, Server, Setup, Ticket};

/// Makes of a good request the one that is not to spend anything.
type Change = fn(Request) -> Request;

/// What is no request for a stream, and its answer.
const ROWS: [(&str, u16, Change); 23] = [
    ("HEAD", 405, |it| it.method("HEAD")),
    ("OPTIONS", 200, |it| it.method("OPTIONS")),
    ("POST", 405, |it| it.method("POST")),
    ("PUT", 405, |it| it.method("PUT")),
    ("DELETE", 405, |it| it.method("DELETE")),
    ("TRACE", 405, |it| it.method("TRACE")),
    ("get, which is not GET", 405, |it| it.method("get")),
    ("POST that says it is GET", 405, |it| {
        it.method("POST").header("X-HTTP-Method-Override", "GET")
    }),
    ("no Accept", 406, |it| it.without("Accept")),
    ("any type", 406, |it| accepting(it, "*/*")),
    ("HTML", 406, |it| accepting(it, "text/html,*/*;q=0.8")),
    ("no event stream", 406, |it| {
        accepting(it, "text/event-stream;q=0")
    }),
    ("prefetch", 403, |it| it.header("Sec-Purpose", "prefetch")),
    ("prerender", 403, |it| {
        it.header("Sec-Purpose", "prefetch;prerender")
    }),
    ("an old prefetch", 403, |it| it.header("X-Moz", "prefetch")),
    ("a navigation", 403, |it| {
        it.header("Sec-Fetch-Mode", "navigate")
            .header("Sec-Fetch-Dest", "document")
    }),
    ("an iframe", 403, |it| it.header("Sec-Fetch-Dest", "iframe")),
    ("an image", 403, |it| {
        it.header("Sec-Fetch-Mode", "no-cors")
            .header("Sec-Fetch-Dest", "image")
    }),
    ("early data", 425, |it| it.header("Early-Data", "1")),
    ("a body", 400, |it| it.body("x")),
    ("a chunked body", 400, |it| {
        it.body("1\r\nx\r\n0\r\n\r\n")
            .without("Content-Length")
            .header("Transfer-Encoding", "chunked")
    }),
    ("a JWT too", 400, |it| it.bearer("e30.e30.x")),
    ("a token in a cookie", 400, |it| {
        it.header("Cookie", format!("token=sset1_{}", "x".repeat(49)))
    }),
];

fn accepting(request: Request, accept: &str) -> Request {
    request.without("Accept").header("Accept", accept)
}

/// A5, A6, A7, A8, A9, A10, A11, A13, B2: with a fresh token or with an id, of the chat or of the
/// feed: what is no stream request leaves everything as it is.
pub(crate) async fn what_is_no_stream_request_costs_no_id(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let chat = alice.ask_chat("What is a token?").await;
    let feed = alice.join("news").await;
    for ticket in [chat, feed] {
        expect_untouched(&server, &ticket.request()).await;
        let mut stream = server.open(&ticket.request()).await;
        let opened = stream.next().await.expect("sse.open");
        let id = opened.id.expect("an id");
        expect_untouched(&server, &ticket.resume(&id)).await;
        // It is good still, for the first time.
        server.open(&ticket.resume(&id)).await;
        expect_allowed(&server, &ticket).await;
    }
    let metrics = server.metrics().await;
    assert_eq!(metrics.validations("redeemed"), 2);
    assert_eq!(metrics.sessions("resumed"), 2);
    assert_eq!(metrics.sessions("resumed_again"), 0);
    assert_eq!(metrics.refused_ids("reuse"), 0);
}

async fn expect_untouched(server: &Server, request: &Request) {
    for (what, status, change) in ROWS {
        let changed = change(request.clone());
        let response = server.connect().await.exchange(&changed).await;
        assert_eq!(response.status, status, "{what}: {changed:?}: {response:?}");
    }
}

async fn expect_allowed(server: &Server, ticket: &Ticket) {
    let response = server.send(&ticket.request().method("HEAD")).await;
    assert_eq!(response.header("allow"), Some("GET, OPTIONS"));
}
