//! Answers that are stopped before they are complete.

use std::time::Duration;

use serde_json::json;
use sse_gate_tests::{Request, Setup};

use crate::chat::{last_id, names};

const QUESTION: &str = "Which requests cost no token?";

/// A stop is no disconnect: the client is told that this was all, and comes back no more.
pub(crate) async fn a_stopped_answer_says_so_and_ends(setup: Setup) {
    let server = setup.arg("pace", 30).start();
    let alice = server.user("alice");
    let ticket = alice.ask_chat(QUESTION).await;
    let mut stream = server.open(&ticket.request()).await;
    stream.take(4).await;
    let response = alice.stop(&ticket.token).await;
    assert_eq!(response.status, 202, "{response:?}");
    assert_eq!(response.json(), json!({ "status": "stopping" }));
    let rest = stream.complete().await;
    assert_eq!(names(&rest).last(), Some(&"done"));
    let done = rest.last().expect("an end");
    assert_eq!(done.json()["status"], "stopped");
    let response = server.send(&ticket.resume(last_id(&rest))).await;
    assert_eq!(response.status, 204, "{response:?}");
}

/// A client that is away when its answer is stopped hears of it when it comes back.
pub(crate) async fn an_answer_can_be_stopped_while_nobody_listens(setup: Setup) {
    let server = setup.arg("pace", 30).start();
    let alice = server.user("alice");
    let ticket = alice.ask_chat(QUESTION).await;
    let mut stream = server.open(&ticket.request()).await;
    let seen = stream.take(3).await;
    drop(stream);
    assert_eq!(alice.stop(&ticket.token).await.status, 202);
    let mut stream = server.open(&ticket.resume(last_id(&seen))).await;
    let rest = stream.complete().await;
    let done = rest.last().expect("an end");
    assert_eq!(done.json()["status"], "stopped");
}

/// C13: to everybody else there is no such stream, and it goes on.
pub(crate) async fn only_its_owner_stops_an_answer(setup: Setup) {
    let server = setup.arg("pace", 30).start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let ticket = alice.ask_chat(QUESTION).await;
    let mut stream = server.open(&ticket.request()).await;
    let seen = stream.take(2).await;
    let path = format!("/api/chat/stream/{}/stop", ticket.token);
    let by = |method: &str| Request::new(method, &*path).bearer(&alice.jwt);
    let feed = alice.join("news").await;
    let _reading = server.open(&feed.request()).await;
    let rows = [
        ("somebody else", bob.stop(&ticket.token).await, 404),
        ("no JWT", server.send(&Request::post(&*path, "")).await, 401),
        ("garbage", alice.stop("garbage").await, 404),
        ("a resume id", alice.stop(last_id(&seen)).await, 404),
        ("a feed's token", alice.stop(&feed.token).await, 404),
        ("GET", server.send(&by("GET")).await, 405),
        ("DELETE", server.send(&by("DELETE")).await, 405),
    ];
    for (what, response, status) in rows {
        assert_eq!(response.status, status, "{what}: {response:?}");
        assert!(response.is_problem(), "{what}: {response:?}");
        if status == 405 {
            assert_eq!(response.header("allow"), Some("POST"), "{what}");
        }
    }
    let done = stream.complete().await;
    assert_eq!(done.last().expect("an end").json()["status"], "completed");
}

/// A message that nobody has asked after is withdrawn: no stream is opened with it.
pub(crate) async fn stopped_before_it_is_opened_it_never_is(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let ticket = alice.ask_chat(QUESTION).await;
    assert_eq!(alice.stop(&ticket.token).await.status, 202);
    assert_eq!(server.send(&ticket.request()).await.status, 401);
    assert_eq!(alice.stop(&ticket.token).await.status, 404);
    let metrics = server.metrics().await;
    assert_eq!(metrics.get("sse_gate_tokens_withdrawn_total", &[]), 1);
    assert_eq!(metrics.sessions("opened"), 0);
}

/// What is complete stays so: its client still gets the rest of it.
pub(crate) async fn a_stop_after_the_end_changes_nothing(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let ticket = alice.ask_chat(QUESTION).await;
    let events = server.open(&ticket.request()).await.complete().await;
    alice.stop(&ticket.token).await;
    let again = ticket.resume(events[1].id.as_deref().expect("an id"));
    let rest = server.open(&again).await.complete().await;
    assert_eq!(rest.len(), events.len() - 1, "sse.open, and all but one");
    assert_eq!(rest.last().expect("an end").json()["status"], "completed");
}

/// D5, D9: the stream id is in the path of a stop, too. It is in no log.
pub(crate) async fn a_stop_leaves_no_token_in_logs(setup: Setup) {
    let mut server = setup.arg("pace", 30).log("trace").start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let ticket = alice.ask_chat(QUESTION).await;
    drop(server.open(&ticket.request()).await);
    bob.stop(&ticket.token).await;
    alice.stop(&ticket.token).await;
    let path = format!("/api/chat/stream/{}/stop", ticket.token);
    for method in ["GET", "OPTIONS", "PUT"] {
        server.send(&Request::new(method, &*path)).await;
    }
    server.terminate();
    let ended = server.ended(Duration::from_secs(5)).await;
    assert!(ended.is_some(), "its log is not complete");
    let log = server.log().text();
    assert!(log.contains("/api/chat/stream/-/stop"), "{log}");
    let mut secrets = sse_gate_tests::Secrets::default();
    secrets.plant_token(&ticket.token);
    let leak = secrets.leak(log.as_bytes());
    assert!(leak.is_none(), "{}", leak.unwrap_or_default());
}
