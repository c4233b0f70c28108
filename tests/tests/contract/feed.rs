//! Streams of topics: many readers, each with a session of its own.

use serde_json::json;
use sse_gate_tests::{End, Event, EventStream, Setup, Ticket, User, eventually};

use crate::chat::{ids, last_id};

/// Opens a stream; its id to come back with, beside it.
async fn open(server: &sse_gate_tests::Server, ticket: &Ticket) -> (EventStream, Event) {
    let mut stream = server.open(&ticket.request()).await;
    let opened = stream.next().await.expect("sse.open");
    assert_eq!(opened.event.as_deref(), Some("sse.open"));
    (stream, opened)
}

async fn publish_all(user: &User<'_>, numbers: std::ops::RangeInclusive<u64>) {
    for n in numbers {
        user.publish("news", &json!({ "n": n })).await;
    }
}

fn numbers(events: &[Event]) -> Vec<u64> {
    let numbers = events.iter().map(|event| event.json()["n"].as_u64());
    numbers.map(|n| n.expect("a number")).collect()
}

/// An id of the same connection's with another number.
fn moved(id: &str, to: &str) -> String {
    let (prefix, _) = id.rsplit_once('.').expect("an id has parts");
    format!("{prefix}.{to}")
}

/// Everybody gets what is published from then on, by ids that are theirs alone.
pub(crate) async fn what_is_published_reaches_every_reader(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    publish_all(&alice, 1..=2).await;
    let mut readers = Vec::new();
    for name in ["alice", "alice", "bob", "carol"] {
        let ticket = server.user(name).join("news").await;
        readers.push(open(&server, &ticket).await.0);
    }
    let elsewhere = alice.join("other").await;
    let (mut elsewhere, _) = open(&server, &elsewhere).await;
    publish_all(&alice, 3..=5).await;
    alice.publish("other", &json!({ "n": 99 })).await;
    let mut prefixes = std::collections::BTreeSet::new();
    for stream in &mut readers {
        let events = stream.take(3).await;
        assert_eq!(numbers(&events), [3, 4, 5]);
        assert!(events.iter().all(|event| event.event.is_none()));
        let (own, seqs) = ids(&events);
        assert_eq!(seqs, [3, 4, 5]);
        prefixes.extend(own);
    }
    assert_eq!(prefixes.len(), 4, "one for each session");
    assert_eq!(numbers(&elsewhere.take(1).await), [99]);
}

/// A client that begins anew, and says what it has seen, gets what came since then.
pub(crate) async fn a_token_can_be_for_what_came_after_an_event(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    // The topic is there as soon as a token is asked for.
    alice.join("news").await;
    publish_all(&alice, 1..=4).await;
    let ticket = alice.join_after("news", "2").await;
    let (mut stream, opened) = open(&server, &ticket).await;
    assert_eq!(opened.json()["gap"], json!(null));
    assert_eq!(numbers(&stream.take(2).await), [3, 4]);
    let bad = json!({ "last_event_id": "x" });
    let answer = alice.post("/topics/news/stream-token", &bad).await;
    assert_eq!(answer.status, 422, "{answer:?}");
}

/// H1, H7: what is published is data, whatever it looks like.
pub(crate) async fn what_is_published_can_be_nothing_but_data(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let ticket = alice.join("news").await;
    let (mut stream, _) = open(&server, &ticket).await;
    let rows = [
        json!({ "event": "sse.close", "id": "x", "retry": 0 }),
        json!("a\nevent: sse.close\n\ndata: x\r\n\r\nid: y\r"),
        json!(["\u{2028}\u{feff}\u{0}", ":", ""]),
    ];
    for row in &rows {
        alice.publish("news", row).await;
        let event = stream.next().await.expect("an event");
        assert_eq!(event.event, None, "{row}");
        assert_eq!(event.json(), *row);
    }
    // White space of JSON is kept, but for the kind of line ends.
    let body = "\r\n{\r\n \"n\":\r1\r\n}\n";
    let request = sse_gate_tests::Request::post("/topics/news/publish", body);
    let response = server.send(&request.bearer(&alice.jwt)).await;
    assert_eq!(response.status, 202, "{response:?}");
    let event = stream.next().await.expect("an event");
    assert_eq!(event.data, "\n{\n \"n\":\n1\n}\n");
}

/// I17: a reader that was away gets what it missed, and then what comes; every event once.
pub(crate) async fn a_reader_that_comes_back_has_missed_nothing(setup: Setup) {
    let server = setup.start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    publish_all(&alice, 1..=3).await;
    let ticket = bob.join("news").await;
    let (mut stream, _) = open(&server, &ticket).await;
    let mut seen = Vec::new();
    for round in 0..10 {
        let first = 4 + 4 * round;
        publish_all(&alice, first..=first + 1).await;
        let events = stream.take(2).await;
        let again = ticket.resume(last_id(&events));
        seen.extend(events);
        if round % 2 == 0 {
            stream.reset();
        } else {
            drop(stream);
        }
        publish_all(&alice, first + 2..=first + 3).await;
        stream = server.open(&again).await;
        let opened = stream.next().await.expect("sse.open");
        assert_eq!(opened.data, r#"{"v":1,"gap":null}"#, "in round {round}");
        seen.extend(stream.take(2).await);
    }
    assert_eq!(numbers(&seen), (4..=43).collect::<Vec<_>>());
    assert!(ids(&seen).1.into_iter().eq(4..=43));
    eventually("one stream is open", async || {
        server.metrics().await.connections() == 1
    })
    .await;
    assert_eq!(server.metrics().await.sessions("opened"), 1);
}

/// I9, I14: an id reaches from where its session began to where the log ends. What lies before is
/// refused, and costs nothing; what lies behind is a gap that is said.
pub(crate) async fn an_id_reaches_as_far_as_its_session(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    publish_all(&alice, 1..=3).await;
    let ticket = alice.join("news").await;
    let (stream, opened) = open(&server, &ticket).await;
    let id = opened.id.expect("an id");
    drop(stream);
    publish_all(&alice, 4..=6).await;
    for before in ["2", "1", "0"] {
        let response = server.send(&ticket.resume(&moved(&id, before))).await;
        assert_eq!(response.status, 401, "{before}: {response:?}");
    }
    let mut stream = server.open(&ticket.resume(&moved(&id, "5"))).await;
    let events = stream.take(2).await;
    assert_eq!(numbers(&events[1..]), [6]);
    let ahead = moved(last_id(&events), "9");
    let mut stream = server.open(&ticket.resume(&ahead)).await;
    let events = stream.take(2).await;
    assert_eq!(events[0].data, r#"{"v":1,"gap":{"from":7,"to":9}}"#);
    assert_eq!(events[1].event.as_deref(), Some("sse.gap"));
    publish_all(&alice, 7..=7).await;
    assert_eq!(numbers(&stream.take(1).await), [7]);
    let metrics = server.metrics().await;
    assert_eq!(metrics.refused_ids("before_base"), 3);
    // Counted once: how many they are, only the client says.
    let lost = [("cause", "lost_writes")];
    assert_eq!(metrics.get("sse_gate_events_missed_total", &lost), 1);
}

/// C11, G7, I15: a session ends with the JWT that it was opened for. Its client is told why, and
/// stops.
pub(crate) async fn a_session_ends_with_its_jwt(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let mut claims = sse_gate_tests::jwt::claims("alice");
    claims["exp"] = (sse_gate_tests::jwt::now() + 5).into();
    let alice = alice.with_jwt(sse_gate_tests::jwt::with_claims(&claims));
    let ticket = alice.join("news").await;
    let (mut stream, opened) = open(&server, &ticket).await;
    let (rest, end) = stream.rest().await;
    assert_eq!(end, End::Proper);
    let close = rest.last().expect("a last word");
    assert_eq!(close.event.as_deref(), Some("sse.close"));
    assert_eq!(close.data, r#"{"v":1,"reason":"deadline"}"#);
    assert_eq!(close.id, None, "there is nothing to come back for");
    let id = opened.id.expect("an id");
    for round in 0..2 {
        let response = server.send(&ticket.resume(&id)).await;
        assert_eq!(response.status, 204, "in round {round}: {response:?}");
    }
}

/// G8: a place is taken by a connection and not by its session: who comes back needs no second
/// one, and whoever is one too many is not let in.
pub(crate) async fn places_are_counted_by_connection(setup: Setup) {
    let server = setup.arg("streams-per-subject", 2).start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let (first, second) = (alice.join("news").await, alice.join("news").await);
    let (_kept, _) = open(&server, &first).await;
    let (stream, opened) = open(&server, &second).await;
    let third = alice.join("news").await;
    assert_eq!(server.send(&third.request()).await.status, 429);
    let (_bobs, _) = open(&server, &bob.join("news").await).await;
    // The connection before is still there: it is replaced.
    let id = opened.id.expect("an id");
    let mut resumed = server.open(&second.resume(&id)).await;
    alice.publish("news", &json!({ "n": 1 })).await;
    assert_eq!(numbers(&resumed.take(2).await[1..]), [1]);
    let mut stream = stream;
    assert_eq!(stream.rest().await, (Vec::new(), End::Proper));
}

/// `POST /demo/drop`: the connection ends and the stream does not; only one's own.
pub(crate) async fn a_dropped_connection_comes_back(setup: Setup) {
    let server = setup.arg("retry", 200).start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let ticket = alice.join("news").await;
    assert_eq!(alice.drop_connection(&ticket.token).await.status, 404);
    let (mut stream, opened) = open(&server, &ticket).await;
    for (what, response) in [
        ("somebody else", bob.drop_connection(&ticket.token).await),
        ("garbage", alice.drop_connection("garbage").await),
    ] {
        assert_eq!(response.status, 404, "{what}: {response:?}");
        assert!(response.is_problem(), "{what}: {response:?}");
    }
    let response = alice.post("/demo/drop", &json!({ "token": "x" })).await;
    assert_eq!(response.status, 422, "{response:?}");
    let response = alice.drop_connection(&ticket.token).await;
    assert_eq!(response.status, 204, "{response:?}");
    assert_eq!(stream.rest().await, (Vec::new(), End::Proper));
    let retry = stream.retry().expect("a time to come back after");
    assert!((200..=1_200).contains(&retry), "{retry}");
    alice.publish("news", &json!({ "n": 1 })).await;
    let id = opened.id.expect("an id");
    let mut resumed = server.open(&ticket.resume(&id)).await;
    assert_eq!(numbers(&resumed.take(2).await[1..]), [1]);
    assert_eq!(alice.drop_connection(&ticket.token).await.status, 204);
    assert_eq!(resumed.rest().await.1, End::Proper);
    eventually("no connection is left to be dropped", async || {
        alice.drop_connection(&ticket.token).await.status == 404
    })
    .await;
}
