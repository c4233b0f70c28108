//! The answers of the chat.

use std::collections::BTreeSet;

use sse_gate_tests::{Event, Setup, Ticket};

use crate::stream::has_the_headers_of_a_stream;

const QUESTION: &str = "Why does a token work once, and what does a store never see?";

/// A stream's own parts of its ids: what they begin with, and their numbers.
pub(crate) fn ids(events: &[Event]) -> (BTreeSet<String>, Vec<u64>) {
    let parts = events.iter().map(|event| {
        let id = event.id.as_deref().expect("every event has an id");
        let (prefix, seq) = id.rsplit_once('.').expect("an id has parts");
        let seq = u64::from_str_radix(seq, 36).expect("a number");
        (prefix.to_owned(), seq)
    });
    parts.unzip()
}

/// The last id that a client has seen.
pub(crate) fn last_id(events: &[Event]) -> &str {
    let last = events.last().expect("there are events");
    last.id.as_deref().expect("it has an id")
}

/// The names of events.
pub(crate) fn names(events: &[Event]) -> Vec<&str> {
    let names = events.iter().map(|event| event.event.as_deref());
    names.map(|name| name.unwrap_or("message")).collect()
}

/// The text of an answer.
fn text(events: &[Event]) -> String {
    let chunks = events
        .iter()
        .filter(|event| event.event.as_deref() == Some("message_chunk"));
    chunks
        .map(|event| event.json()["content"].as_str().expect("a text").to_owned())
        .collect()
}

/// What the stream is for: the four kinds of events, `done` at the end, and an id on each; and then the
/// word that all is complete.
pub(crate) async fn an_answer_is_streamed_to_its_end(setup: Setup) {
    let server = setup.start();
    let ticket = server.user("alice").ask_chat(QUESTION).await;
    let mut stream = server.open(&ticket.request()).await;
    let events = stream.complete().await;
    let retry = stream.retry().expect("a time to come back after");
    assert!((1_000..=2_000).contains(&retry), "{retry}");
    assert_eq!(events[0].event.as_deref(), Some("sse.open"));
    assert_eq!(events[0].data, r#"{"v":1,"gap":null}"#);
    let answer = &events[1..];
    let mut stages = names(answer);
    stages.dedup();
    assert_eq!(
        stages,
        [
            "agent_status",
            "retrieval_log",
            "agent_status",
            "message_chunk",
            "agent_status",
            "done"
        ]
    );
    let (prefixes, numbers) = ids(&events);
    assert_eq!(prefixes.len(), 1, "of one connection: {prefixes:?}");
    assert!(numbers.iter().copied().eq(0..events.len() as u64));
    let done = answer.last().expect("there is an end").json();
    assert_eq!(done["status"], "completed");
    let chunks = names(answer)
        .iter()
        .filter(|it| **it == "message_chunk")
        .count();
    assert_eq!(done["chunks"], chunks);
    assert!(text(answer).contains("The repository's documents say:"));
    assert!(!done["sources"].as_array().expect("a list").is_empty());
}

/// G13: the head, and an id to come back with, are there before anything else is.
pub(crate) async fn the_first_write_has_the_head_and_an_id(setup: Setup) {
    let server = setup.arg("pace", 60_000).start();
    let alice = server.user("alice");
    for ticket in [alice.ask_chat(QUESTION).await, alice.join("news").await] {
        let mut connection = server.connect().await;
        connection.send(&ticket.request().bytes()).await;
        let written = connection.first_write().await;
        let written = String::from_utf8(written).expect("text");
        assert!(written.starts_with("HTTP/1.1 200 OK\r\n"), "{written}");
        let body = written.split_once("\r\n\r\n").expect("a whole head").1;
        let open = body.find("event: sse.open\n").expect("sse.open");
        let id = body.find("id: sser1.").expect("an id");
        let end = body.find("\n\n").expect("a whole event");
        assert!(open < end && id < end, "{written}");
    }
}

/// A13, D4, D10, D16: the headers of every stream, and no others.
pub(crate) async fn an_answer_has_exactly_these_headers(setup: Setup) {
    let server = setup.start();
    let ticket = server.user("alice").ask_chat(QUESTION).await;
    let request = ticket.request().header("Accept-Encoding", "gzip, br");
    let mut stream = server.open(&request).await;
    let events = stream.rest().await.0;
    let resumed = ticket.resume(events[2].id.as_deref().expect("an id"));
    let resumed = server
        .open(&resumed.header("Accept-Encoding", "gzip"))
        .await;
    for response in [&stream.response, &resumed.response] {
        has_the_headers_of_a_stream(response);
    }
}

/// I1: who has had everything is told to stop, as often as he asks; who has not gets the rest
/// before.
pub(crate) async fn after_the_end_there_is_nothing_more(setup: Setup) {
    let server = setup.start();
    let ticket = server.user("alice").ask_chat(QUESTION).await;
    let events = server.open(&ticket.request()).await.complete().await;
    for round in 0..3 {
        expect_nothing_more(&server, &ticket, last_id(&events), &format!("{round}")).await;
    }
    let half = events.len() / 2;
    let request = ticket.resume(events[half].id.as_deref().expect("an id"));
    let tail = server.open(&request).await.complete().await;
    let data = |events: &[Event]| -> Vec<String> {
        events.iter().map(|event| event.data.clone()).collect()
    };
    assert_eq!(tail[0].event.as_deref(), Some("sse.open"));
    assert_eq!(data(&tail[1..]), data(&events[half + 1..]));
    expect_nothing_more(&server, &ticket, last_id(&tail), "after the tail").await;
    let metrics = server.metrics().await;
    assert_eq!(metrics.sessions("opened"), 1);
    assert_eq!(metrics.sessions("resumed"), 1);
    assert_eq!(metrics.sessions("complete"), 4);
}

async fn expect_nothing_more(
    server: &sse_gate_tests::Server,
    ticket: &Ticket,
    id: &str,
    what: &str,
) {
    let response = server.send(&ticket.resume(id)).await;
    assert_eq!(response.status, 204, "{what}: {response:?}");
    assert_eq!(response.header("cache-control"), Some("no-store"), "{what}");
    assert_eq!(response.header("content-type"), None, "{what}");
}

/// A1, A12, I17: cut off again and again, a client has every event once and in order; the answer
/// is made once, and the token is used once.
pub(crate) async fn an_answer_goes_on_where_it_broke_off(setup: Setup) {
    // It comes back sooner than the server sees that it has gone.
    let server = setup.arg("pace", 2).arg("takeovers", u32::MAX).start();
    let alice = server.user("alice");
    let whole = alice.ask_chat(QUESTION).await;
    let whole = server.open(&whole.request()).await.complete().await;
    let ticket = alice.ask_chat(QUESTION).await;
    let mut seen: Vec<Event> = Vec::new();
    let mut request = ticket.request();
    let mut connections: u64 = 0;
    while seen.last().and_then(|it| it.event.as_deref()) != Some("done") {
        let mut stream = server.open(&request).await;
        connections += 1;
        let opened = stream.next().await.expect("sse.open");
        assert_eq!(opened.event.as_deref(), Some("sse.open"));
        let mut id = opened.id.expect("an id");
        for _ in 0..(connections * 7) % 5 {
            let Some(event) = stream.next().await else {
                break;
            };
            if event.says_complete() {
                break;
            }
            id = event.id.clone().expect("an id");
            seen.push(event);
        }
        if connections.is_multiple_of(2) {
            stream.reset();
        }
        request = ticket.resume(&id);
    }
    assert!(connections > 10, "{connections} prove too little");
    let said = |events: &[Event]| -> Vec<(Option<String>, String)> {
        let said = events.iter().map(|it| (it.event.clone(), it.data.clone()));
        said.collect()
    };
    assert_eq!(
        said(&seen),
        said(&whole[1..]),
        "the answer of one connection"
    );
    assert!(ids(&seen).1.iter().copied().eq(1..=seen.len() as u64));
    let metrics = server.metrics().await;
    assert_eq!(metrics.validations("redeemed"), 2);
    assert_eq!(metrics.sessions("opened"), 2);
    assert_eq!(metrics.sessions("resumed"), connections - 1);
    assert_eq!(
        metrics.get("sse_gate_reconnects_total", &[]),
        connections - 1
    );
}

/// D2, E10: a message that nobody asks after is forgotten.
pub(crate) async fn a_stream_id_ends(setup: Setup) {
    let server = setup.arg("stream-id-ttl", 300).start();
    let ticket = server.user("alice").ask_chat(QUESTION).await;
    tokio::time::sleep(std::time::Duration::from_millis(301)).await;
    let response = server.send(&ticket.request()).await;
    assert_eq!(response.status, 401, "{response:?}");
}
