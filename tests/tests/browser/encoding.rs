//! What Chromium's `EventSource` makes of events that are hard to encode.

use std::time::Duration;

use bytes::BytesMut;
use serde_json::{Value, json};
use sse_gate::Event;
use sse_gate::codec::{Comment, EventId, EventName};
use sse_gate_tests::in_time;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::browser::Browser;

/// The event after which nothing comes.
const END: EventName<'static> = EventName::from_static("the end");

/// Data as it is given, and as it must arrive.
fn texts() -> Vec<(String, String)> {
    let same = [
        "",
        " ",
        "  two spaces",
        "tab\t",
        ":",
        ": colon",
        "data: x",
        "event: x",
        "\u{feff}mark",
        "null\0null",
        "\u{2028}\u{2029}\u{85}\u{b}\u{c}",
        "é😀\u{10ffff}\u{fffd}",
        "trailing ",
        "{\"json\":\"\\n\"}",
        "\n",
        "\n\n\n",
        "a\n",
        "\na",
        "a\n\nb",
        " \n ",
        "id: 1\n\nid: 2",
    ];
    let same = same.map(|text| (text.to_owned(), text.to_owned()));
    let changed = [
        ("a\rb", "a\nb"),
        ("a\r\nb", "a\nb"),
        ("a\n\rb", "a\n\nb"),
        ("\r", "\n"),
        ("\r\n", "\n"),
        ("\r\r\n\n", "\n\n\n"),
        (
            "x\n\nevent: forged\rdata: forged\r\n\r\n",
            "x\n\nevent: forged\ndata: forged\n\n",
        ),
    ];
    let changed = changed.map(|(given, arrives)| (given.to_owned(), arrives.to_owned()));
    let long = "1 MiB of text, é ".repeat(1024 * 1024 / 17);
    let lines = "line\n".repeat(50_000);
    let long = [long, lines].map(|text| (text.clone(), text));
    [&same[..], &changed, &long].concat()
}

/// The stream, and what a page must see of it: type, data and last event id of each event.
fn stream() -> (BytesMut, Vec<Value>) {
    let (mut stream, mut seen) = (BytesMut::new(), Vec::new());
    let mut send = |event: Event<'_>| event.encode(&mut stream);
    for (given, arrives) in texts() {
        send(Event::new().data(given));
        seen.push(json!(["message", arrives, ""]));
    }
    // What is no data dispatches nothing.
    send(Event::new());
    send(Event::new().comment(Comment::from_static(" data: x")));
    send(Event::new().event(EventName::from_static("unseen")));
    send(Event::new().retry(Duration::MAX));
    let names = ["message", " space", "a: b", "x\u{2028}y", "é😀", "data"];
    let ids = ["1", " 2", "3 ", "é😀", ":", "data: x", "x\u{2028}y", "1"];
    for name in names {
        let name = EventName::try_from(name).expect("a good name");
        seen.push(json!([name.as_str(), "x", ""]));
        send(Event::new().event(name).data("x"));
    }
    for id in ids {
        let id = EventId::try_from(id).expect("a good id");
        let comment = Comment::from_static("data: y");
        seen.push(json!(["message", "x", id.as_str()]));
        send(Event::new().id(id).comment(comment).data("x"));
    }
    // An id stays until it is reset.
    send(Event::new().data("y"));
    send(Event::new().id(EventId::from_static("")).data("z"));
    seen.push(json!(["message", "y", "1"]));
    seen.push(json!(["message", "z", ""]));
    send(Event::new().event(END).data(""));
    (stream, seen)
}

/// H1, H2, H3, H6, H9: the page sees each event as it was built, and no other.
#[tokio::test]
async fn chromium_sees_every_hard_event_as_it_was_built() {
    let (stream, expected) = stream();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("it has one");
    let server = tokio::spawn(serve(listener, stream.freeze().to_vec()));
    let browser = Browser::start().await;
    browser.go_to(&format!("http://{addr}/")).await;
    // All types there are: of those that nobody listens for, nothing is seen.
    let names = expected.iter().map(|event| event[0].clone());
    let names: Vec<_> = names.chain([json!("unseen"), json!("forged")]).collect();
    let script = "const [names, end] = args, seen = []; \
        const source = new EventSource('/events'); \
        for (const name of new Set(names)) source.addEventListener(name, \
            (event) => seen.push([event.type, event.data, event.lastEventId])); \
        await new Promise((ended, failed) => { \
            source.addEventListener(end, ended); source.onerror = failed; }); \
        source.close(); return seen";
    let args = [json!(names), json!(END.as_str())];
    let seen = in_time("the events", browser.run(script, &args)).await;
    let seen = seen.as_array().expect("a list");
    for (seen, expected) in seen.iter().zip(&expected) {
        assert_eq!(seen, expected);
    }
    assert_eq!(seen.len(), expected.len());
    server.abort();
}

/// Serves an empty page, and the stream.
async fn serve(listener: TcpListener, stream: Vec<u8>) {
    while let Ok((connection, _)) = listener.accept().await {
        tokio::spawn(answer(connection, stream.clone()));
    }
}

async fn answer(connection: TcpStream, stream: Vec<u8>) {
    let mut connection = BufReader::new(connection);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        // A browser also opens connections that it does not use.
        if !matches!(connection.read_line(&mut head).await, Ok(1..)) {
            return;
        }
    }
    let (kind, body) = if head.starts_with("GET /events ") {
        ("text/event-stream", stream)
    } else {
        (
            "text/html",
            b"<!doctype html><title>Events</title>".to_vec(),
        )
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // If the browser is gone, nobody waits for it.
    let _ = connection.write_all(head.as_bytes()).await;
    let _ = connection.write_all(&body).await;
}
