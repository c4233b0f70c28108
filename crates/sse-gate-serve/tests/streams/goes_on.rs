//! A parked stream is a stream like any other.

use crate::stage::{Client, Scene, Step};

/// What hyper must keep doing: its `into_parts` gives the socket in the middle of a body, and it writes one chunk for each
/// frame. If it stops, nothing is parked, and this test says so.
async fn a_stream_that_waits_is_parked_and_goes_on(parks: bool) {
    let mut scene = Scene::parking(parks).await;
    let (mut client, feed) = scene.parked().await;
    for number in 2..50 {
        let text = format!("event {number}");
        feed.send(&text);
        let chunk = format!("{:X}\r\n{text}\r\n", text.len());
        assert_eq!(client.until(&chunk).await, chunk);
    }
    drop(feed);
    assert_eq!(client.until("0\r\n\r\n").await, "0\r\n\r\n");
    scene.until_parked(0).await;
}

/// What is ready together comes together, and each frame is a chunk.
async fn frames_that_are_ready_come_in_their_order(parks: bool) {
    let mut scene = Scene::parking(parks).await;
    let (mut client, feed) = scene.parked().await;
    let mut expected = String::new();
    for number in 0..2_000 {
        let text = format!("{number:0>40}");
        expected.extend(["28\r\n", &*text, "\r\n"]);
        feed.send(&text);
    }
    // An empty frame is no chunk: that would be the end.
    feed.send("");
    feed.send("last");
    expected += "4\r\nlast\r\n";
    assert_eq!(client.until("4\r\nlast\r\n").await, expected);
}

async fn next_is_answered(scene: &mut Scene, client: &mut Client, uri: &str) {
    let feed = scene.feed().await;
    assert_eq!(feed.uri, uri);
    feed.send("answer");
    drop(feed);
    let answer = client.until("6\r\nanswer\r\n0\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

/// The connection is hyper's again when the stream has ended.
async fn the_next_request_is_answered_after_the_stream(parks: bool) {
    let mut scene = Scene::parking(parks).await;
    let (mut client, feed) = scene.parked().await;
    drop(feed);
    client.until("0\r\n\r\n").await;
    for round in 0..3 {
        client
            .send(&format!("GET /{round} HTTP/1.1\r\nHost: here\r\n\r\n"))
            .await;
        next_is_answered(&mut scene, &mut client, &format!("/{round}")).await;
    }
    assert_eq!(scene.stats.connections(), 1);
}

/// A client that sends its next requests while the stream is parked gets its answers behind it.
async fn requests_that_come_while_it_is_parked_are_answered_after_it(parks: bool) {
    let mut scene = Scene::parking(parks).await;
    let (mut client, feed) = scene.parked().await;
    for part in [
        "GET /a HTTP/1.1\r\nHost: here\r\n\r\nGET /b HTTP/1.1\r\nHo",
        "st: here\r\n\r\n",
    ] {
        client.send(part).await;
        // The first answer may be under way before the server sees the part, and the second may not.
        for _ in 0..2 {
            feed.send("two");
            client.until("3\r\ntwo\r\n").await;
        }
    }
    assert!(scene.is_quiet(), "it waits for the stream");
    drop(feed);
    client.until("0\r\n\r\n").await;
    next_is_answered(&mut scene, &mut client, "/a").await;
    next_is_answered(&mut scene, &mut client, "/b").await;
}

/// The same of a request that hyper has read together with the first.
async fn a_request_that_was_read_before_it_was_parked_is_answered_after_it(parks: bool) {
    let mut scene = Scene::parking(parks).await;
    let mut client = scene.connect().await;
    let two = "GET /a HTTP/1.1\r\nHost: here\r\n\r\nGET /b HTTP/1.1\r\nHost: here\r\n\r\n";
    client.send(two).await;
    let feed = scene.feed().await;
    feed.send("one");
    client.until("3\r\none\r\n").await;
    drop(feed);
    client.until("0\r\n\r\n").await;
    next_is_answered(&mut scene, &mut client, "/b").await;
}

/// Several streams on one connection, one after the other, are all parked.
async fn each_stream_of_a_connection_is_parked(parks: bool) {
    let mut scene = Scene::parking(parks).await;
    let mut client = scene.connect().await;
    for _ in 0..3 {
        client.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
        let feed = scene.feed().await;
        feed.send("one");
        client.until("3\r\none\r\n").await;
        scene.until_parked(1).await;
        drop(feed);
        client.until("0\r\n\r\n").await;
        scene.until_parked(0).await;
    }
}

/// Trailers were not announced, so they are left out.
async fn trailers_of_a_parked_stream_are_left_out(parks: bool) {
    let mut scene = Scene::parking(parks).await;
    let (mut client, feed) = scene.parked().await;
    feed.steps.send(Step::Trailers).unwrap();
    drop(feed);
    assert_eq!(client.until("0\r\n\r\n").await, "0\r\n\r\n");
}

parked_and_not! {
    a_stream_that_waits_is_parked_and_goes_on;
    frames_that_are_ready_come_in_their_order;
    the_next_request_is_answered_after_the_stream;
    requests_that_come_while_it_is_parked_are_answered_after_it;
    a_request_that_was_read_before_it_was_parked_is_answered_after_it;
    each_stream_of_a_connection_is_parked;
    trailers_of_a_parked_stream_are_left_out;
}
