//! Content that comes with a request for a stream, and what only looks like it.

use std::time::Duration;

use sse_gate_tests::frames::FrameConnection;
use sse_gate_tests::{Request, Setup, h2};

/// How long an end may be under way.
const LATE: Duration = Duration::from_millis(30);

/// A13: chunks and frames that turn out to be empty are no content, whenever they turn out so.
pub(crate) async fn framing_is_no_content(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let whole = alice.open(&id).await.rest().await.0;
    for expect in [false, true] {
        let request = chunked(alice.mint(&id).await.request(), "0\r\n\r\n");
        let request = if expect {
            request.header("Expect", "100-continue")
        } else {
            request
        };
        let mut stream = server.open(&request).await;
        assert_eq!(stream.rest().await.0, whole, "{request:?}");
    }
    // The end of the chunks comes when the stream is open already.
    let minted = alice.mint(&id).await;
    let mut connection = server.connect().await;
    let late = chunked(minted.request(), "");
    connection.send(&late.bytes()).await;
    tokio::time::sleep(LATE).await;
    connection.send(b"0\r\n\r\n").await;
    assert_eq!(connection.response(&late).await.status, 200);

    for frames in [&[""][..], &["", ""]] {
        let target = alice.mint(&id).await.target();
        let status = FrameConnection::status_with(server.addr(), &target, frames).await;
        assert_eq!(status, Ok(200), "{frames:?}");
    }
    let connection = h2::Connection::open(server.addr()).await;
    for late in [Duration::ZERO, LATE] {
        for frames in [&[][..], &[""], &["", ""]] {
            let target = alice.mint(&id).await.target();
            let status = connection.status_with(&target, frames, late).await;
            assert_eq!(status, 200, "{frames:?} within {late:?}");
        }
    }
}

/// A13: bytes that are there when the request is looked at are, and leave the token as it was.
pub(crate) async fn bytes_are_content_and_cost_no_token(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let minted = alice.mint(&id).await;
    for chunks in ["1\r\nx\r\n0\r\n\r\n", "1\r\nx\r\n", "zz\r\n\r\n"] {
        let request = chunked(minted.request(), chunks);
        let response = server.connect().await.exchange(&request).await;
        assert_eq!(response.status, 400, "{chunks:?}: {response:?}");
    }
    let announced = minted.request().body("x");
    let response = server.connect().await.exchange(&announced).await;
    assert_eq!(response.status, 400, "{response:?}");
    assert!(response.is_problem());

    // In one write: a byte that comes later is not there yet.
    for frames in [&["x"][..], &["", "x"], &["x", ""]] {
        let target = minted.target();
        let status = FrameConnection::status_with(server.addr(), &target, frames).await;
        assert_eq!(status, Ok(400), "{frames:?}");
    }
    assert_eq!(server.send(&minted.request()).await.status, 200);
}

/// A13: what a client would like to speak is its own business.
pub(crate) async fn offers_to_upgrade_are_ignored(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let whole = alice.open(&id).await.rest().await.0;
    let offers: [&[(&str, &str)]; 3] = [
        // What the JDK's client sends to every http:// address.
        &[
            ("Connection", "Upgrade, HTTP2-Settings"),
            ("HTTP2-Settings", "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA"),
            ("Upgrade", "h2c"),
        ],
        &[("Connection", "Upgrade"), ("Upgrade", "websocket")],
        &[("Upgrade", "TLS/1.2, IRC/6.9")],
    ];
    for offer in offers {
        let request = alice.mint(&id).await.request().headers(offer);
        let mut stream = server.open(&request).await;
        assert_eq!(stream.rest().await.0, whole, "{offer:?}");
    }
}

fn chunked(request: Request, chunks: &str) -> Request {
    request
        .body(chunks)
        .without("Content-Length")
        .header("Transfer-Encoding", "chunked")
}
