//! Frames of HTTP/2 that cost a server more than their client.

use std::time::Duration;

use serde_json::json;
use sse_gate_tests::frames::{Frame, FrameConnection, Said};
use sse_gate_tests::{Setup, eventually, in_time};
use tokio::time::timeout;

/// How many streams of one connection there may be.
const MAX_STREAMS: u32 = 200;

/// `SETTINGS_INITIAL_WINDOW_SIZE` (RFC 9113 §6.5.2).
const INITIAL_WINDOW: u16 = 0x4;

/// The error code `REFUSED_STREAM`.
const REFUSED_STREAM: u32 = 7;

/// G5: requests that are reset as soon as they are sent, ten thousand of them, leave neither memory
/// nor an open stream behind. Other connections are served meanwhile.
pub(crate) async fn a_flood_of_resets_leaves_nothing_behind(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let bearer = format!("Bearer {}", alice.jwt);
    #[cfg(target_os = "linux")]
    let mut before = 0;
    for round in 0..10 {
        let mut connection = FrameConnection::open(server.addr(), &[]).await;
        for stream in (0..1_000).map(|number| 2 * number + 1) {
            let mint = ("POST", "/topics/news/stream-token");
            let (method, path) = if stream % 4 == 1 {
                ("GET", "/metrics")
            } else {
                mint
            };
            let more = [("authorization", &*bearer)];
            let head = Frame::request(stream, method, path, &more);
            connection.send(&[head, Frame::reset(stream)]).await;
        }
        alice.publish("news", &json!(round)).await;
        #[cfg(target_os = "linux")]
        if round == 0 {
            before = server.memory();
        }
    }
    #[cfg(target_os = "linux")]
    {
        let more = server.memory().saturating_sub(before) >> 20;
        assert!(more < 16, "{more} MiB more");
    }
    assert_eq!(server.metrics().await.connections(), 0);
}

/// G5: the same with tokens that open streams: each place is free again.
pub(crate) async fn a_stream_that_is_reset_gives_its_place_back(setup: Setup) {
    let server = setup.arg("streams-per-subject", 4).start();
    let alice = server.user("alice");
    let mut connection = FrameConnection::open(server.addr(), &[]).await;
    for stream in (0..60).map(|number| 2 * number + 1) {
        let ticket = alice.join("news").await;
        let accept = ("accept", "text/event-stream");
        let head = Frame::request(stream, "GET", &ticket.target, &[accept]);
        connection.send(&[head]).await;
        if stream % 4 == 1 {
            // It is open, so the place is taken.
            let status = connection.status(stream).await;
            assert_eq!(status, Ok(200), "stream {stream}");
        }
        connection.send(&[Frame::reset(stream)]).await;
        eventually("the place is free", async || {
            server.metrics().await.connections() == 0
        })
        .await;
    }
}

/// G6: a stream whose client takes no byte of it waits by itself. Another one of the same
/// connection is answered in full, and the events of a third one come.
pub(crate) async fn a_stream_without_window_holds_no_other_up(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let mut connection = FrameConnection::open(server.addr(), &[(INITIAL_WINDOW, 0)]).await;
    let accept = [("accept", "text/event-stream")];
    let (blocked, open) = (alice.join("news").await, alice.join("news").await);
    for (stream, ticket) in [(1, &blocked), (3, &open)] {
        let head = Frame::request(stream, "GET", &ticket.target, &accept);
        connection.send(&[head]).await;
        assert_eq!(connection.status(stream).await, Ok(200));
    }
    // As much as the window of the connection holds, and more.
    for _ in 0..8 {
        alice.publish("news", &json!("x".repeat(16_000))).await;
    }
    let page = Frame::request(5, "GET", "/", &[]);
    let windows = [(5, 1 << 20), (3, 1 << 20), (0, 1 << 20)];
    let windows = windows.map(|(stream, bytes)| Frame::window_update(stream, bytes));
    connection.send(&[page]).await;
    connection.send(&windows).await;
    let (mut page, mut events, mut page_ended) = (0, 0, false);
    while !page_ended || events < 8 * 16_000 {
        let frame = connection.next().await.expect("the connection is open");
        let (stream, said) = (frame.stream, frame.said());
        match (stream, said) {
            (5, Said::Data(bytes)) => page += bytes,
            (3, Said::Data(bytes)) => events += bytes,
            (1, Said::Data(bytes)) => assert_eq!(bytes, 0, "there is no window"),
            (5, Said::Status(status)) => assert_eq!(status, 200),
            _ => assert!(matches!(said, Said::Other), "{said:?} on {stream}"),
        }
        page_ended |= stream == 5 && frame.ends_stream();
    }
    assert!(page > 1_000, "{page}");
}

/// G2, G6: an answer that its client takes no byte of is not kept for ever, and many are not: the
/// connection ends.
pub(crate) async fn an_answer_that_is_not_taken_ends_the_connection(setup: Setup) {
    let server = setup.arg("silence-timeout", 1_000).start();
    let mut connection = FrameConnection::open(server.addr(), &[(INITIAL_WINDOW, 0)]).await;
    for stream in (0..20).map(|number| 2 * number + 1) {
        let head = Frame::request(stream, "GET", "/metrics", &[]);
        connection.send(&[head]).await;
    }
    let closed = async {
        let wait = Duration::from_millis(50);
        while timeout(wait, connection.closed()).await.is_err() {
            connection.send(&[Frame::ping()]).await;
        }
    };
    in_time("the end", closed).await;
}

/// G6: one stream too many is refused, and only that one.
pub(crate) async fn a_connection_has_so_many_streams_and_no_more(setup: Setup) {
    let server = setup.start();
    let mut connection = FrameConnection::open(server.addr(), &[]).await;
    // The server's settings are known to the client then.
    connection
        .send(&[Frame::request(1, "GET", "/healthz", &[])])
        .await;
    assert_eq!(connection.status(1).await, Ok(200));
    for stream in (1..=MAX_STREAMS + 1).map(|number| 2 * number + 1) {
        let head = Frame::request(stream, "POST", "/demo/login", &[]);
        connection.send(&[head]).await;
    }
    let last = 2 * (MAX_STREAMS + 1) + 1;
    assert_eq!(connection.status(last).await, Err(REFUSED_STREAM));
    let end = Frame::data(3, b"{}", true);
    connection.send(&[end]).await;
    assert_eq!(connection.status(3).await, Ok(422));
}
