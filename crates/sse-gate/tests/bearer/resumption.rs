//! Callers that come back, by their last id or by a number of their own.

use sse_gate::core::Signal;
use sse_gate::sessions::{InvalidIdReason, SessionSignal};

use crate::scene::{Scene, by, empty};

/// I1: a caller goes on with its own session: its credential stands in for the token.
#[tokio::test]
async fn a_caller_goes_on_behind_its_last_event() {
    let scene = Scene::new();
    let mut first = scene.ask(empty(by("alice"))).await;
    assert_eq!(first.header("resumed"), "false");
    scene.publish(&["1"]).await;
    first.text = first.read();
    let id = first.id().to_owned();
    scene.publish(&["2"]).await;
    assert_eq!(scene.told.of_sessions(), [SessionSignal::Opened]);
    scene.told.take();
    let again = scene
        .ask(empty(by("alice").header("last-event-id", &id)))
        .await;
    assert_eq!((again.status, again.header("resumed")), (200, "true"));
    assert_eq!(again.data(), ["2"]);
    assert_eq!(first.read(), "", "its connection before was cut");
    assert!(again.header("payload").is_empty(), "it is there once");
    let resumed = SessionSignal::Resumed { again: false };
    assert_eq!(scene.told.of_sessions(), [resumed]);
    assert!(scene.told.signals().is_empty(), "no stream was opened anew");
}

/// I1: an id of another subject's, or of another room, is none: it opens a session of the caller's own,
/// and the one that it was made for goes on.
#[tokio::test]
async fn an_id_of_another_session_opens_a_new_one() {
    let scene = Scene::new();
    let mut alice = scene.ask(empty(by("alice"))).await;
    let id = alice.id().to_owned();
    scene.told.of_sessions();
    for (name, path) in [("mallory", "/rooms/7/events"), ("alice", "/rooms/8/events")] {
        let request = by(name).uri(path).header("last-event-id", &id);
        let got = scene.ask(empty(request)).await;
        assert_eq!((got.status, got.header("resumed")), (200, "false"));
        assert_eq!(got.header("subject"), name);
        assert_ne!(got.id(), id);
        let refused = SessionSignal::Refused(InvalidIdReason::Unknown);
        let told = scene.told.of_sessions();
        assert_eq!(told, [refused, SessionSignal::Opened], "{name} {path}");
    }
    scene.publish(&["for all"]).await;
    assert!(alice.read().contains("data: for all"), "it was cut");
    let again = scene
        .ask(empty(by("alice").header("last-event-id", &id)))
        .await;
    assert_eq!(again.header("resumed"), "true", "its id was spent");
}

/// I1, I3: a session that a token opened is its subject's. The credential lets it go on; the id alone
/// does not, and nor does the token of another.
#[tokio::test]
async fn a_credential_stands_in_for_the_token() {
    let scene = Scene::new();
    let token = scene.token("alice", "7").await;
    let mut by_token = by("").uri(format!("/rooms/7/events?token={token}"));
    by_token.headers_mut().unwrap().remove("authorization");
    let first = scene.ask(empty(by_token)).await;
    assert_eq!((first.status, first.header("cursor")), (200, "None"));
    let id = first.id().to_owned();
    let mut alone = by("").header("last-event-id", &id);
    alone.headers_mut().unwrap().remove("authorization");
    assert_eq!(scene.ask(empty(alone)).await.status, 401);
    let again = scene
        .ask(empty(by("alice").header("last-event-id", &id)))
        .await;
    assert_eq!((again.status, again.header("resumed")), (200, "true"));
}

/// A caller that has no id, and knows the number of its last event, begins behind it. A header goes
/// before the query, and what is no number is none.
#[tokio::test]
async fn a_caller_names_the_number_that_it_goes_on_behind() {
    let scene = Scene::new();
    scene.publish(&["1", "2", "3"]).await;
    let rows: [(&str, Option<&str>, &str, &[&str]); 13] = [
        ("", None, "None", &[]),
        ("", Some("1"), "Some(1)", &["2", "3"]),
        ("?after=1", None, "Some(1)", &["2", "3"]),
        ("?x=0&after=2&after=1", None, "Some(2)", &["3"]),
        ("?after=0", Some("2"), "Some(2)", &["3"]),
        ("?after=2", Some("x"), "Some(2)", &["3"]),
        ("?after=0", None, "Some(0)", &["1", "2", "3"]),
        ("?after=3", None, "Some(3)", &[]),
        ("?after=", None, "None", &[]),
        ("?after=-1", None, "None", &[]),
        ("?after=99999999999999999999999", None, "None", &[]),
        (
            "?after=18446744073709551615",
            None,
            "Some(18446744073709551615)",
            &[],
        ),
        ("?before=1&afters=1", None, "None", &[]),
    ];
    for (query, header, cursor, data) in rows {
        let mut request = by("alice").uri(format!("/rooms/7/events{query}"));
        if let Some(header) = header {
            request = request.header("last-event-id", header);
        }
        let got = scene.ask(empty(request)).await;
        assert_eq!(got.header("cursor"), cursor, "{query} {header:?}");
        assert_eq!(got.data(), data, "{query} {header:?}");
        assert_eq!(got.header("resumed"), "false");
    }
}

/// I8: what the log has no more is said in `sse.open`.
#[tokio::test]
async fn what_a_caller_misses_is_said() {
    let scene = Scene::new();
    scene.publish(&["1", "2", "3", "4", "5"]).await;
    let got = scene
        .ask(empty(by("alice").uri("/rooms/7/events?after=1")))
        .await;
    let open = r#"{"v":1,"gap":{"from":2,"to":2}}"#;
    assert!(got.text.contains(open), "{}", got.text);
    assert_eq!(got.data(), ["3", "4", "5"]);
}

/// G7: after a revocation the id is told that it is over; a new credential opens anew.
#[tokio::test]
async fn a_revoked_caller_is_stopped() {
    let scene = Scene::new();
    let mut first = scene.ask(empty(by("alice"))).await;
    let id = first.id().to_owned();
    let alice = sse_gate::Subject::new("alice").unwrap();
    let revoked = scene.gate.revoke(&alice).await.unwrap();
    assert_eq!((revoked.sessions(), revoked.streams()), (1, 0));
    assert!(first.read().contains("sse.close"));
    let got = scene
        .ask(empty(by("alice").header("last-event-id", &id)))
        .await;
    assert_eq!(got.status, 204);
    scene.told.take();
    assert_eq!(scene.ask(empty(by("alice"))).await.status, 200);
    assert_eq!(scene.told.signals(), [Signal::CallerAdmitted]);
}
