//! How a parked stream ends.

use std::time::Duration;

use crate::stage::{Scene, Step, until};

/// A client that hangs up is seen at once: its body is dropped.
async fn a_client_that_is_gone_ends_the_stream(parks: bool) {
    for is_reset in [false, true] {
        let mut scene = Scene::parking(parks).await;
        let (client, feed) = scene.parked().await;
        if is_reset {
            client.socket.set_zero_linger().unwrap();
        }
        drop(client);
        feed.until_gone().await;
        until(|| scene.stats.connections() == 0).await;
        assert_eq!(scene.stats.parked(), 0);
    }
}

/// hyper takes half a close for a whole one, so a parked stream does.
async fn a_client_that_closes_its_half_ends_the_stream(parks: bool) {
    let mut scene = Scene::parking(parks).await;
    let (mut client, feed) = scene.parked().await;
    tokio::io::AsyncWriteExt::shutdown(&mut client.socket)
        .await
        .unwrap();
    feed.until_gone().await;
    assert_eq!(client.rest().await, "");
}

/// The client must not take a failure for the end.
async fn a_body_that_fails_or_panics_has_no_end(parks: bool) {
    for step in [Step::Fail, Step::Panic] {
        let mut scene = Scene::parking(parks).await;
        let (client, feed) = scene.parked().await;
        feed.send("two");
        feed.steps.send(step).unwrap();
        let rest = client.rest().await;
        assert!(!rest.contains("0\r\n\r\n"), "{rest:?}");
        feed.until_gone().await;
        until(|| scene.stats.connections() == 0).await;
        // Other connections go on.
        drop(scene.parked().await);
    }
}

async fn the_connection_closes_if_the_client_has_asked_for_that(parks: bool) {
    let mut scene = Scene::parking(parks).await;
    let mut client = scene.connect().await;
    client
        .send("GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        .await;
    let feed = scene.feed().await;
    feed.send("one");
    client.until("3\r\none\r\n").await;
    scene.until_parked(1).await;
    drop(feed);
    assert_eq!(client.rest().await, "0\r\n\r\n");
}

/// A server that stops waits for its streams, and cuts them when the time of grace is over.
async fn parked_streams_have_the_time_of_grace(parks: bool) {
    let grace = Duration::from_millis(300);
    let mut scene = Scene::with(parks, |server| server.with_grace(grace)).await;
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(scene.parked().await);
    }
    let (mut client, feed) = streams.pop().unwrap();
    scene.stop();
    feed.send("bye");
    drop(feed);
    client.until("3\r\nbye\r\n0\r\n\r\n").await;
    assert_eq!(client.rest().await, "", "it takes no more requests");
    let took = scene.until_stopped().await;
    assert!(took < grace + Duration::from_secs(5), "{took:?}");
    for (client, feed) in streams {
        feed.until_gone().await;
        assert_eq!(client.rest().await, "");
    }
}

/// A server whose streams end by themselves stops at once.
async fn a_server_stops_when_its_streams_have_ended(parks: bool) {
    let grace = Duration::from_secs(600);
    let mut scene = Scene::with(parks, |server| server.with_grace(grace)).await;
    let (client, feed) = scene.parked().await;
    scene.stop();
    drop(feed);
    assert_eq!(client.rest().await, "0\r\n\r\n");
    scene.until_stopped().await;
}

parked_and_not! {
    a_client_that_is_gone_ends_the_stream;
    a_client_that_closes_its_half_ends_the_stream;
    a_body_that_fails_or_panics_has_no_end;
    the_connection_closes_if_the_client_has_asked_for_that;
    parked_streams_have_the_time_of_grace;
    a_server_stops_when_its_streams_have_ended;
}
