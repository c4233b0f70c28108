//! What is parked, and what stays with hyper.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use tower::ServiceExt;

use crate::stage::{App, Client, FedBody, Feed, Scene, Step};

/// A stream of this request, which goes on.
async fn goes_on(scene: &mut Scene, request: &str) -> (Client, Feed) {
    let mut client = scene.connect().await;
    client.send(request).await;
    let feed = scene.feed().await;
    for text in ["one", "two", "three"] {
        feed.send(text);
        client.until(&format!("{text}\r\n")).await;
    }
    (client, feed)
}

#[tokio::test]
async fn a_request_with_a_body_stays_with_hyper() {
    let mut scene = Scene::new().await;
    let post = "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\n12345";
    let with_body = goes_on(&mut scene, post).await;
    assert_eq!(scene.stats.parked(), 0);
    drop(with_body);
    let empty = "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n";
    let _without_body = goes_on(&mut scene, empty).await;
    scene.until_parked(1).await;
}

#[tokio::test]
async fn a_response_that_is_no_stream_stays_with_hyper() {
    let mut scene = Scene::of("text/plain", true, |server| server).await;
    let _stream = goes_on(&mut scene, "GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    assert_eq!(scene.stats.parked(), 0);
}

#[tokio::test]
async fn nothing_is_parked_if_that_is_turned_off() {
    let mut scene = Scene::parking(false).await;
    let (mut client, feed) = goes_on(&mut scene, "GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    assert_eq!(scene.stats.parked(), 0);
    drop(feed);
    client.until("0\r\n\r\n").await;
}

/// HTTP/1.0 has no chunks: the end of the connection is the end of the body.
#[tokio::test]
async fn http_1_0_stays_with_hyper() {
    let mut scene = Scene::new().await;
    let mut client = scene.connect().await;
    client.send("GET / HTTP/1.0\r\nHost: here\r\n\r\n").await;
    let feed = scene.feed().await;
    feed.send("one");
    client.until("\r\n\r\none").await;
    feed.send("two");
    assert_eq!(client.until("two").await, "two");
    assert_eq!(scene.stats.parked(), 0);
    drop(feed);
    assert_eq!(client.rest().await, "");
}

/// HEAD has no body, and the stream is dropped at once.
#[tokio::test]
async fn an_answer_to_head_is_its_head() {
    let mut scene = Scene::new().await;
    let mut client = scene.connect().await;
    client.send("HEAD / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    scene.feed().await.until_gone().await;
    client.until("\r\n\r\n").await;
    assert_eq!(scene.stats.parked(), 0);
    client.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    let feed = scene.feed().await;
    feed.send("one");
    client.until("3\r\none\r\n").await;
}

/// A body that gives nothing yet has no bytes to compare.
#[tokio::test]
async fn a_stream_is_parked_after_its_first_bytes() {
    let mut scene = Scene::new().await;
    let mut client = scene.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    let feed = scene.feed().await;
    client.until("\r\n\r\n").await;
    assert_eq!(scene.stats.parked(), 0);
    feed.send("one");
    client.until("3\r\none\r\n").await;
    scene.until_parked(1).await;
}

/// A body that fails before it was parked has no end either.
#[tokio::test]
async fn a_body_that_fails_with_hyper_has_no_end() {
    let mut scene = Scene::new().await;
    let mut client = scene.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    let feed = scene.feed().await;
    feed.send("one");
    feed.steps.send(Step::Fail).unwrap();
    assert!(!client.rest().await.contains("0\r\n\r\n"));
    feed.until_gone().await;
}

/// The length of a body is told if it is known. Such an answer has no chunks.
#[tokio::test]
async fn a_stream_of_known_length_stays_with_hyper() {
    let layer = |app: App| {
        app.map_response(|response: Response<FedBody>| {
            let body = Full::new(Bytes::from_static(b"data: 1\n\n"));
            let body = body.map_err(|never: Infallible| -> std::io::Error { match never {} });
            response.map(|_| body)
        })
    };
    let scene = Scene::behind(layer, "text/event-stream", true, |server| server).await;
    let mut client = scene.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    let answer = client.until("\r\n\r\ndata: 1\n\n").await;
    assert!(answer.contains("\r\ncontent-length: 9\r\n"), "{answer}");
    assert_eq!(scene.stats.parked(), 0);
}

/// A body that has ended before its first frame, of a length that it does not tell.
struct Ended;

impl Body for Ended {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }
}

/// Whether a body has ended is told, too. An answer without a body has no chunks.
#[tokio::test]
async fn a_stream_that_has_ended_already_is_empty() {
    let layer = |app: App| app.map_response(|response: Response<FedBody>| response.map(|_| Ended));
    let scene = Scene::behind(layer, "text/event-stream", true, |server| server).await;
    let mut client = scene.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    let head = client.until("\r\n\r\n").await;
    assert!(head.contains("\r\ncontent-length: 0\r\n"), "{head}");
}

/// A body that ends while hyper has it is dropped then, and not with its connection.
#[tokio::test]
async fn a_stream_that_is_never_parked_is_dropped_when_it_ends() {
    let mut scene = Scene::new().await;
    let mut client = scene.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    let feed = scene.feed().await;
    feed.send("one");
    feed.end().await;
    client.until("3\r\none\r\n0\r\n\r\n").await;
    assert_eq!(scene.stats.connections(), 1);
}
