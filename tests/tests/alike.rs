//! The three servers answer alike: comparing two of them shows their frameworks and nothing else.

use serde_json::{Value, json};
use sse_gate_tests::{Request, Response, Server, Setup, User, jwt};

/// Every server, by the name of its framework.
fn servers() -> [(&'static str, Server); 3] {
    [
        ("axum", env!("CARGO_BIN_EXE_server-axum")),
        ("hyper", env!("CARGO_BIN_EXE_server-hyper")),
        ("warp", env!("CARGO_BIN_EXE_server-warp")),
    ]
    .map(|(name, program)| (name, Setup::new(program, "memory").start()))
}

/// An answer without what is drawn anew: the date, the tokens. Headers in one order.
fn comparable(response: Response) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let Response {
        status,
        mut headers,
        mut body,
    } = response.without_date();
    headers.sort();
    let members: Value = serde_json::from_slice(&body).unwrap_or_default();
    for name in ["stream_id", "sse_token"] {
        if let Some(token) = members[name].as_str() {
            body = String::from_utf8_lossy(&body).replace(token, "…").into();
        }
    }
    (status, headers, body)
}

/// Sends the same bytes to every server, and compares what comes.
async fn expect_alike(requests: impl IntoIterator<Item = Request>) {
    let servers = servers();
    for request in requests {
        let [(_, first), others @ ..] = &servers;
        let expected = first.connect().await.exchange(&request).await;
        let expected = comparable(expected);
        for (name, server) in others {
            let response = server.connect().await.exchange(&request).await;
            assert_eq!(comparable(response), expected, "{name}: {request:?}");
        }
    }
}

/// Every method, at every path that there is and some that there are not. Not OPTIONS: CORS answers
/// that for all paths, and axum adds which methods it has. Nor empty parts of a path: warp knows
/// none.
#[tokio::test]
async fn methods_and_paths_are_answered_alike() {
    const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "DELETE", "BREW"];
    const PATHS: [&str; 23] = [
        "/healthz",
        "/demo/login",
        "/demo/drop",
        "/demo/logout",
        "/generations",
        "/generations/x",
        "/generations/generate/x/stream-token",
        "/generations/generate/x/stream",
        User::INITIATE,
        "/api/chat/stream",
        "/api/chat/stream/",
        "/api/chat/stream/x",
        "/api/chat/stream/x/",
        "/api/chat/stream/x/stop",
        "/api/chat/stream/x/stop/",
        "/api/chat/stream/x/other",
        "/topics",
        "/topics/news",
        "/topics/news/stream",
        "/topics/news/stream/",
        "/topics/news/stream-token",
        "/topics/a%20b/stream-token",
        "/topics/news/publish",
    ];
    let jwt = jwt::of("alice");
    let requests = PATHS.into_iter().flat_map(|path| {
        let jwt = &jwt;
        METHODS.into_iter().flat_map(move |method| {
            let request = Request::new(method, path);
            let stream = Request::stream(path).method(method);
            [request.clone(), request.bearer(jwt), stream]
        })
    });
    expect_alike(requests).await;
}

/// Bodies, credentials and ids, right and wrong.
#[tokio::test]
async fn bodies_and_credentials_are_answered_alike() {
    let jwt = jwt::of("alice");
    let post = |path: &str, body: &Value| Request::new("POST", path).bearer(&jwt).json(body);
    let message = json!({ "message": "What is a token?", "session_id": "s" });
    let long = json!({ "message": "x".repeat(70_000), "session_id": "s" });
    let initiate = || post(User::INITIATE, &message);
    let raw = |path: &str, body: &[u8]| Request::post(path, body).bearer(&jwt);
    let (chat, feed) = ("/api/chat/stream/x", "/topics/news/stream?token=x");
    let both = [chat, feed].into_iter().flat_map(|target| {
        [
            Request::stream(target),
            Request::resume(target, "sser1.x"),
            Request::resume(target, "41"),
            Request::resume(target, "sser1.x").header("Last-Event-ID", "sser1.y"),
            Request::stream(target).bearer("x"),
            Request::stream(target).body("x"),
            Request::stream(target).header("Early-Data", "1"),
            Request::stream(target).header("Sec-Purpose", "prefetch"),
            Request::stream(target).header("Sec-Fetch-Mode", "navigate"),
            Request::stream(target).header("Upgrade", "websocket"),
        ]
    });
    let requests = [
        initiate(),
        initiate().without("Authorization"),
        initiate().without("Content-Type"),
        initiate().bearer("x"),
        post(User::INITIATE, &long),
        post(
            User::INITIATE,
            &json!({ "message": " ", "session_id": "s" }),
        ),
        raw(User::INITIATE, b"{"),
        raw("/topics/news/stream-token", b""),
        raw("/topics/news/stream-token", b"x"),
        raw("/topics/a:b/stream-token", b""),
        raw("/topics/news/publish", b"1"),
        raw("/topics/news/publish", b"x"),
        raw("/topics/news/publish", &b"1".repeat(16 * 1024 + 1)),
        raw("/topics/news/publish", &b"1".repeat(3 << 20)),
        raw("/topics/a:b/publish", b"1"),
        post("/demo/drop", &json!({ "stream": "x" })),
        post("/demo/drop", &json!({})),
        raw("/demo/drop", b"x"),
        raw("/api/chat/stream/x/stop", b""),
        raw("/api/chat/stream/x/stop", b"x"),
        Request::stream("/topics/news/stream"),
        Request::stream("/topics/news/stream?token=x&token=y"),
        Request::stream("/topics/%ff/stream?token=x"),
        Request::stream("/api/chat/stream/%ff"),
        Request::stream("/api/chat/stream/x?token=y"),
    ];
    expect_alike(requests.into_iter().chain(both)).await;
}
