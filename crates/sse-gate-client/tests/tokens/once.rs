//! One token for all attempts.

use serde_json::json;
use sse_gate_client::{ErrorKind, MintOnce, Settings};

use crate::transport::{COMPLETE, Scripted};

const EVENT: &str = "id: sser1.k.s.0.t.z\ndata: 35\n\n";

fn once() -> MintOnce {
    let once = MintOnce::new("https://example.org/initiate", json!({ "a": 1 }));
    once.expect("it is a URL")
}

#[tokio::test(start_paused = true)]
async fn the_same_url_is_asked_for_after_a_break() {
    let server = Scripted::new([
        (200, r#"{"stream_id":"one"}"#),
        (200, EVENT),
        (503, ""),
        (200, COMPLETE),
    ]);
    let (data, error) = server.read(once(), Settings::new()).await;
    assert_eq!((data, error.is_none()), (vec!["35".to_owned()], true));
    let expected = ["POST /initiate", "GET /one", "GET /one", "GET /one"];
    assert_eq!(server.lines(), expected);
    assert_eq!(server.posted(), [json!({ "a": 1 })]);
}

/// A new token may begin the work anew, and it would be paid for twice.
#[tokio::test(start_paused = true)]
async fn a_stream_that_was_open_gets_another_token_only_if_the_user_says_so() {
    let answers = [
        (200, r#"{"stream_id":"one"}"#),
        (200, EVENT),
        (401, ""),
        (200, r#"{"stream_id":"two"}"#),
        (200, COMPLETE),
    ];
    let server = Scripted::new(answers);
    let (_, error) = server.read(once(), Settings::new()).await;
    let kind = error.map(|it| it.kind());
    assert_eq!(kind, Some(ErrorKind::Unauthorized));
    assert_eq!(server.lines().len(), 3);

    let server = Scripted::new(answers);
    let renewed = once().with_renewal(true);
    let (_, error) = server.read(renewed, Settings::new()).await;
    assert!(error.is_none(), "{error:?}");
    let expected = [
        "POST /initiate",
        "GET /one",
        "GET /one",
        "POST /initiate",
        "GET /two",
    ];
    assert_eq!(server.lines(), expected);
    let posted = [json!({ "a": 1 }), json!({ "a": 1, "last_event_id": "35" })];
    assert_eq!(server.posted(), posted);
}

/// The id of an earlier run is for the stream. The mint gets the user's JSON alone.
#[tokio::test(start_paused = true)]
async fn a_stream_that_was_never_open_gets_another_token() {
    let server = Scripted::new([
        (200, r#"{"stream_id":"one"}"#),
        (401, ""),
        (200, r#"{"stream_id":"two"}"#),
        (200, COMPLETE),
    ]);
    let settings = Settings::new().with_last_event_id("7");
    let (_, error) = server.read(once(), settings).await;
    assert!(error.is_none(), "{error:?}");
    let expected = ["POST /initiate", "GET /one", "POST /initiate", "GET /two"];
    assert_eq!(server.lines(), expected);
    assert_eq!(server.posted(), [json!({ "a": 1 }), json!({ "a": 1 })]);
}
