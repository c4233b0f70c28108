//! A user signs out.

use sse_gate_tests::{End, EventStream, Request, Setup};

/// Where users sign out.
const LOGOUT: &str = "/demo/logout";

/// Why a stream was closed, as its last event says.
async fn closed(stream: &mut EventStream) -> String {
    let (events, end) = stream.rest().await;
    assert_eq!(end, End::Proper);
    let last = events.last().expect("a last word");
    assert_eq!(last.event.as_deref(), Some("sse.close"));
    last.json()["reason"].as_str().expect("a text").to_owned()
}

/// G7, I15: tokens, strict streams, answers and feeds; those of others stay.
pub(crate) async fn a_logout_ends_all_that_a_user_has(setup: Setup) {
    let server = setup.arg("pace", 60_000).start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let id = alice.start().await;
    let unused = alice.mint(&id).await;
    let mut generation = alice.open(&id).await;
    let chat = alice.ask_chat("What is a token?").await;
    let feed = alice.join("news").await;
    let mut streams = [
        server.open(&chat.request()).await,
        server.open(&feed.request()).await,
    ];
    let mut ids = Vec::new();
    for stream in &mut streams {
        let opened = stream.next().await.expect("sse.open");
        ids.push(opened.id.expect("an id"));
    }
    let mut bobs = server.open(&bob.join("news").await.request()).await;
    bobs.take(1).await;

    let logout = Request::post(LOGOUT, "").bearer(&alice.jwt);
    assert_eq!(server.send(&logout).await.status, 204);
    assert_eq!(generation.rest().await.1, End::Proper);
    for stream in &mut streams {
        assert_eq!(closed(stream).await, "revoked");
    }
    assert_eq!(server.send(&unused.request()).await.status, 401);
    for (ticket, id) in [chat, feed].iter().zip(&ids) {
        assert_eq!(server.send(&ticket.resume(id)).await.status, 204);
    }
    bob.publish("news", &serde_json::json!(1)).await;
    assert_eq!(bobs.take(1).await[0].data, "1");
}

/// C7: no stranger signs anybody out.
pub(crate) async fn who_logs_out_is_known(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let mut stream = server.open(&alice.join("news").await.request()).await;
    stream.take(1).await;
    for request in [
        Request::post(LOGOUT, ""),
        Request::post(LOGOUT, "").bearer("garbage"),
    ] {
        let response = server.send(&request).await;
        assert_eq!(response.status, 401, "{request:?}: {response:?}");
        assert!(response.is_problem(), "{response:?}");
    }
    alice.publish("news", &serde_json::json!(1)).await;
    assert_eq!(stream.take(1).await[0].data, "1");
}
