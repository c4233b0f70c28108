//! What stands on the wire.

use std::collections::BTreeSet;
use std::time::Duration;

use sse_gate::codec::{Decoder, Event, EventId, EventName, Frame};
use sse_gate::sessions::error::AppendErrorKind;
use sse_gate::sessions::{LogLimits, SessionLimits};

use crate::client::{Connection, Got};
use crate::scene::{Scene, publish};

/// The text of all frames, with a mark in place of each id up to its sequence.
fn marked(got: &Got) -> String {
    let text = got.text();
    let lines = text.split('\n').map(|line| {
        let id = line.strip_prefix("id: ").and_then(|id| id.rsplit_once('.'));
        id.map_or(line.to_owned(), |(_, seq)| format!("id: ID.{seq}"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// G13: `sse.open` is first, with the id, and whatever is there leaves with it.
#[tokio::test]
async fn the_first_frame_has_the_first_id_and_all_that_waits() {
    let scene = Scene::new();
    let mut client = scene.client("alice").await;
    client.connect(&scene).await;
    let publisher = scene.desk.publisher();
    publish(&publisher, &["one", "two\nlines"]).await;
    let got = client.read();
    assert_eq!(got.frames.len(), 1, "{got:?}");
    let [retry] = got.retries[..] else {
        panic!("one retry: {got:?}");
    };
    assert!((1_000..=2_000).contains(&retry.as_millis()), "{retry:?}");
    let expected = format!(
        "retry: {}\nevent: sse.open\nid: ID.0\ndata: {{\"v\":1,\"gap\":null}}\n\n\
         id: ID.1\ndata: one\n\n\
         id: ID.2\ndata: two\ndata: lines\n\n",
        retry.as_millis()
    );
    let mut lines: Vec<_> = marked(&got).lines().map(str::to_owned).collect();
    let mut expected: Vec<_> = expected.lines().map(str::to_owned).collect();
    // The order of a block's fields means nothing.
    lines[..4].sort();
    expected[..4].sort();
    assert_eq!(lines, expected);
}

/// Events that are there together leave together; the first wait is drawn for each client.
#[tokio::test]
async fn what_is_ready_leaves_in_one_frame() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    publish(&publisher, &["a", "b", "c"]).await;
    let got = client.read();
    assert_eq!((got.frames.len(), got.data().len()), (1, 3));
    let large = "x".repeat(1_000);
    publish(&publisher, &vec![large.as_str(); 200]).await;
    let got = client.read();
    assert_eq!(got.data().len(), 200);
    assert!(got.frames.len() < 15, "{} frames", got.frames.len());
}

/// I13: no browser needs a preflight for an id, and no two of a session are the same.
#[tokio::test]
async fn every_event_has_a_safe_id_of_its_own() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    let mut ids = BTreeSet::from([client.id.clone()]);
    for round in 0..50 {
        publish(&publisher, &["a", "b"]).await;
        let got = client.read();
        for event in got.events {
            let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
            assert!(event.id.len() <= 128 && event.id.bytes().all(is_safe));
            assert!(ids.insert(event.id), "an id twice in round {round}");
        }
        client.disconnect();
        client.connect(&scene).await;
    }
}

/// H7, I16: the library's names and ids are its own.
#[tokio::test]
async fn a_publisher_takes_no_event_that_could_be_mistaken() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    let id = EventId::try_from("sser1.x").unwrap();
    let name = |name: &'static str| EventName::try_from(name).unwrap();
    let rows = [
        (Event::new().data("x").id(id), AppendErrorKind::Id),
        (
            Event::new().data("x").event(name("sse.open")),
            AppendErrorKind::ReservedName,
        ),
        (
            Event::new().data("x").event(name("sse.mine")),
            AppendErrorKind::ReservedName,
        ),
        (Event::new().event(name("mine")), AppendErrorKind::NoData),
        (
            Event::new().retry(Duration::from_secs(1)),
            AppendErrorKind::NoData,
        ),
    ];
    for (event, kind) in rows {
        let error = publisher.publish(&event).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{event:?}");
    }
    let fine = Event::new().event(name("ssenot")).data("");
    assert_eq!(publisher.publish(&fine).await.unwrap(), 1);
    assert_eq!(client.read().names(), ["ssenot"]);
}

/// I8: what the log has no more is named, at the opening and in the midst of a stream.
#[tokio::test]
async fn a_gap_says_what_is_missing() {
    let two = LogLimits::default().with_max_events(2);
    let scene = Scene::with_limits(SessionLimits::default(), two, |settings| settings);
    let mut client = scene.client("alice").await;
    client.connect(&scene).await;
    let publisher = scene.desk.publisher();
    publish(&publisher, &["1", "2", "3", "4", "5"]).await;
    let got = client.read();
    assert_eq!(got.names(), ["sse.open", "sse.gap", "message", "message"]);
    assert_eq!(
        got.events[0].data, r#"{"v":1,"gap":{"from":1,"to":3}}"#,
        "{got:?}"
    );
    assert_eq!(got.data(), ["4", "5"]);

    publish(&publisher, &["6", "7", "8"]).await;
    let got = client.read();
    let expected = "id: ID.6\nevent: sse.gap\ndata: {\"v\":1,\"from\":6,\"to\":6}\n\n\
                    id: ID.7\ndata: 7\n\nid: ID.8\ndata: 8\n\n";
    assert_eq!(marked(&got), expected);
}

/// G7: the last word of a session that is closed.
#[tokio::test]
async fn a_close_says_why() {
    let scene = Scene::new();
    let (mut client, _publisher) = scene.streaming().await;
    scene.revoke("alice").await.unwrap();
    let got = client.read();
    assert_eq!(
        got.text(),
        "event: sse.close\ndata: {\"v\":1,\"reason\":\"revoked\"}\n\n"
    );
    assert!(got.ended);
}

/// I17: `WebKit` puts what it had of a broken block before the first bytes of the next connection.
/// Wherever the break was, the event that it spoils is the library's own, and the id that counts
/// is the new connection's.
#[tokio::test]
async fn what_is_left_of_a_broken_block_spoils_no_event() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    publish(&publisher, &["one\ntwo"]).await;
    let broken = client.read().text();
    client.disconnect();
    let opening = scene.ask(client.request()).await;
    let opening = Connection::new(opening).read().text();

    client.disconnect();
    let placeless = Scene::new().with_slots(1, 1);
    let (waiting, _publisher) = placeless.streaming().await;
    let retry_later = placeless.ask(waiting.request()).await;
    let retry_later = Connection::new(retry_later).read().text();

    for (first, name) in [(&opening, "sse.open"), (&retry_later, "sse.wait")] {
        let id = first.lines().find_map(|line| line.strip_prefix("id: "));
        for cut in 0..broken.len() - 1 {
            let mut decoder = Decoder::new();
            let text = format!("{}{first}", &broken[..cut]);
            let mut feed = decoder.feed(text.as_bytes());
            let message = loop {
                if let Frame::Event(message) = feed.next_frame().unwrap().unwrap() {
                    break message;
                }
            };
            let last = message.data().lines().last().unwrap();
            let seen = (message.event(), Some(message.id()));
            assert_eq!(seen, (name, id), "cut at {cut}");
            assert!(last.starts_with("{\"v\":1"), "cut at {cut}: {last}");
        }
    }
}

/// A session that is closed before its new connection is read says so behind the first block.
#[tokio::test]
async fn what_is_closed_at_once_is_opened_first() {
    let scene = Scene::new();
    let (mut client, _publisher) = scene.streaming().await;
    client.disconnect();
    client.connect(&scene).await;
    let alice = sse_gate::Subject::new("alice").unwrap();
    scene.sessions.revoke(&alice).await.unwrap();
    assert_eq!(client.read().names(), ["sse.open", "sse.close"]);
}
