//! Time limits on silence, and caps.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use crate::stage::{App, Scene, until};

const SILENCE: Duration = Duration::from_millis(600);

async fn scene() -> Scene {
    Scene::with(true, |server| server.with_silence(SILENCE)).await
}

/// G4, G20: nothing, half a preface, half a head, and nothing more.
#[tokio::test]
async fn a_client_that_falls_silent_is_hung_up_on() {
    for bytes in [
        "",
        "P",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: he",
    ] {
        let scene = scene().await;
        let mut client = scene.connect().await;
        client.send(bytes).await;
        client.rest().await;
        until(|| scene.stats.connections() == 0).await;
    }
}

/// G20: a byte now and then, in the preface and in the head.
#[tokio::test]
async fn a_client_that_drips_is_hung_up_on() {
    for bytes in [
        "PRI * HTTP/2.0\r\n\r\nSM",
        "GET / HTTP/1.1\r\nHost: here.example",
    ] {
        let scene = scene().await;
        let mut client = scene.connect().await;
        let begun = std::time::Instant::now();
        let mut sent = 0;
        for byte in bytes.as_bytes() {
            if client.socket.write_all(&[*byte]).await.is_err() {
                break;
            }
            sent += 1;
            tokio::time::sleep(SILENCE / 8).await;
        }
        assert!(sent < bytes.len(), "all of {bytes:?} was taken");
        assert!(begun.elapsed() >= SILENCE / 2, "it has its time");
    }
}

/// A stream may be silent for longer than a client may be, with hyper and without.
#[tokio::test]
async fn a_stream_may_be_silent() {
    for parks in [true, false] {
        let mut scene = Scene::with(parks, |server| server.with_silence(SILENCE)).await;
        let (mut client, feed) = scene.stream().await;
        tokio::time::sleep(4 * SILENCE).await;
        feed.send("two");
        client.until("3\r\ntwo\r\n").await;
    }
}

/// The time of silence begins anew after a stream.
#[tokio::test]
async fn a_connection_that_is_idle_after_its_stream_is_closed() {
    let mut scene = scene().await;
    let (client, feed) = scene.parked().await;
    drop(feed);
    assert_eq!(client.rest().await, "0\r\n\r\n");
}

#[tokio::test]
async fn a_peer_with_too_many_connections_is_closed() {
    let mut scene = Scene::with(true, |server| server.with_max_per_peer(2)).await;
    let one = scene.parked().await;
    let two = scene.parked().await;
    assert_eq!(scene.connect().await.rest().await, "");
    drop(one);
    until(|| scene.stats.connections() == 1).await;
    let _three = scene.parked().await;
    drop(two);
}

#[tokio::test]
async fn connections_over_the_cap_wait() {
    let mut scene = Scene::with(true, |server| server.with_max_connections(1)).await;
    let first = scene.parked().await;
    let mut next = scene.connect().await;
    next.send("GET /next HTTP/1.1\r\nHost: here\r\n\r\n").await;
    assert!(scene.is_quiet());
    drop(first);
    assert_eq!(scene.feed().await.uri, "/next");
}

/// An answer that is no stream has its time; it has no part in how long a client may be silent.
#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let change = |server: sse_gate_serve::Serve<App>| {
        server.with_silence(SILENCE).with_answer_time(2 * SILENCE)
    };
    let mut scene = Scene::of("text/plain", true, change).await;
    let begun = std::time::Instant::now();
    let mut client = scene.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    let feed = scene.feed().await;
    feed.send("one");
    client.until("3\r\none\r\n").await;
    feed.until_gone().await;
    assert!(begun.elapsed() >= 2 * SILENCE);
}

/// A server that is dropped takes its connections along.
#[tokio::test]
async fn nothing_goes_on_without_the_server() {
    let mut scene = Scene::new().await;
    let (client, feed) = scene.parked().await;
    scene.abort();
    feed.until_gone().await;
    assert_eq!(client.rest().await, "");
}
