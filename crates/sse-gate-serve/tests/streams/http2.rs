//! Connections of HTTP/2, whose clients say themselves how much they take.

use std::time::{Duration, Instant};

use http::{Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2::Builder;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::stage::Scene;

const SILENCE: Duration = Duration::from_millis(600);

/// Asks for a stream. The client takes so many bytes before it is read.
async fn ask(scene: &Scene, window: u32) -> (JoinHandle<Response<Incoming>>, impl Sized + use<>) {
    let socket = TcpStream::connect(scene.address).await.unwrap();
    let (mut sender, connection) = Builder::new(TokioExecutor::new())
        .initial_stream_window_size(window)
        .handshake(TokioIo::new(socket))
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = Request::get("http://here/stream").body(Empty::<Bytes>::new());
    let asked = sender.send_request(request.unwrap());
    (tokio::spawn(async { asked.await.unwrap() }), sender)
}

/// G2: a client that takes nothing of its stream has the time of an answer.
#[tokio::test]
async fn a_client_that_opens_no_window_is_hung_up_on() {
    for window in [0, 1] {
        let change = |server: sse_gate_serve::Serve<_>| server.with_answer_time(SILENCE);
        let mut scene = Scene::with(true, change).await;
        let begun = Instant::now();
        let (_answer, _client) = ask(&scene, window).await;
        let feed = scene.feed().await;
        // What there is room for takes all of its frame along.
        for _ in 0..=window {
            feed.send("one");
        }
        feed.until_gone().await;
        assert!(begun.elapsed() >= SILENCE, "it has its time");
    }
}

/// A stream may be silent for as long as it likes.
#[tokio::test]
async fn a_stream_may_be_silent() {
    let change = |server: sse_gate_serve::Serve<_>| {
        server.with_silence(SILENCE / 2).with_answer_time(SILENCE)
    };
    let mut scene = Scene::with(true, change).await;
    let (answer, _client) = ask(&scene, 65_535).await;
    let feed = scene.feed().await;
    let mut body = answer.await.unwrap().into_body();
    for text in ["one", "two"] {
        tokio::time::sleep(2 * SILENCE).await;
        feed.send(text);
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), text);
    }
}

/// An answer that is in the server's memory is taken for longer than a client may be silent.
#[tokio::test]
async fn a_large_answer_may_be_taken_slowly() {
    let change = |server: sse_gate_serve::Serve<_>| server.with_silence(SILENCE);
    let mut scene = Scene::of("text/plain", true, change).await;
    let (answer, _client) = ask(&scene, 65_535).await;
    let feed = scene.feed().await;
    let length = 2 << 20;
    feed.send(&"x".repeat(length));
    feed.end().await;
    let mut body = answer.await.unwrap().into_body();
    let (begun, mut taken) = (Instant::now(), 0);
    while taken < length {
        tokio::time::sleep(4 * SILENCE / 128).await;
        let frame = body.frame().await.unwrap().unwrap();
        taken += frame.into_data().unwrap().len();
    }
    assert!(begun.elapsed() > 2 * SILENCE, "it was not slow");
}
