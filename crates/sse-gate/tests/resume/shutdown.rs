//! A server that stops.

use std::collections::BTreeSet;
use std::time::Duration;

use http::StatusCode;

use crate::scene::{Scene, publish};

/// G9, G10: every stream ends, with a word about when to come back, and they come back spread out.
#[tokio::test]
async fn a_shutdown_spreads_its_clients() {
    let scene = Scene::new();
    let mut clients = Vec::new();
    for number in 0..50 {
        clients.push(scene.streaming_to(&format!("user {number}")).await);
    }
    scene.desk.shut_down();
    let mut waits = BTreeSet::new();
    for (client, _) in &mut clients {
        let got = client.read();
        let [wait] = got.retries[..] else {
            panic!("one retry: {got:?}");
        };
        assert_eq!(got.text(), format!("retry: {}\n\n", wait.as_millis()));
        assert!(got.ended);
        assert!((1_000..=6_000).contains(&wait.as_millis()), "{wait:?}");
        waits.insert(wait);
    }
    assert!(waits.len() > 25, "{} different waits", waits.len());
    let (first, last) = (waits.first().unwrap(), waits.last().unwrap());
    assert!(*last > *first + Duration::from_secs(2), "{waits:?}");
}

/// G9: what was said before a shutdown is not lost by it, and the session stays.
#[tokio::test]
async fn a_shutdown_loses_nothing() {
    let mut scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    publish(&publisher, &["1"]).await;
    scene.desk.shut_down();
    let got = client.read();
    assert!(got.ended, "{got:?}");
    let mut seen = got.data();
    client.disconnect();
    // The next server, with the same sessions.
    scene.desk = crate::desk::Desk::new(scene.logs.clone());
    publish(&publisher, &["2"]).await;
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    seen.extend(client.read_data());
    assert_eq!(seen, ["1", "2"]);
}

/// G9: a stream that opens while the server stops can be gone on with: its client gets an id.
#[tokio::test]
async fn a_stream_that_opens_during_a_shutdown_is_not_stranded() {
    let mut scene = Scene::new();
    scene.desk.shut_down();
    let mut client = scene.client("alice").await;
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    let got = client.read();
    assert_eq!((got.names(), got.ended), (vec!["sse.open"], true));
    client.disconnect();
    let publisher = scene.desk.publisher();
    scene.desk = crate::desk::Desk::new(scene.logs.clone());
    publish(&publisher, &["1"]).await;
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    assert_eq!(client.read_data(), ["1"]);
}

/// A connection that was replaced says nothing, at a shutdown and at its deadline either.
#[tokio::test(start_paused = true)]
async fn a_replaced_connection_has_no_last_word() {
    for is_deadline in [false, true] {
        let scene = Scene::new();
        let (mut client, _publisher) = scene.streaming().await;
        let mut before = client.connection.take().unwrap();
        assert_eq!(client.connect(&scene).await, StatusCode::OK);
        if is_deadline {
            scene.wait(Duration::from_millis(3_600_001)).await;
        } else {
            scene.desk.shut_down();
        }
        let got = before.read();
        assert!(got.ended && got.frames.is_empty(), "{got:?}");
    }
}

/// G7: whoever was closed is told so, also by a server that stops.
#[tokio::test]
async fn a_revoked_client_does_not_come_back_after_a_shutdown() {
    let scene = Scene::new();
    let (mut client, _publisher) = scene.streaming().await;
    scene.revoke("alice").await.unwrap();
    scene.desk.shut_down();
    assert_eq!(client.read().names(), ["sse.close"]);
}

/// G9: a stream whose writer is always ahead, so that it never waits, ends with the server, too.
#[tokio::test]
async fn a_stream_that_never_waits_is_shut_down() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    scene.desk.shut_down();
    let connection = client.connection.as_mut().unwrap();
    let mut frames = 0;
    loop {
        publish(&publisher, &["more"]).await;
        let got = connection.read_frame();
        assert_eq!(got.data(), ["more"]);
        frames += 1;
        if got.ended {
            break;
        }
        assert!(frames < 3, "it goes on after the shutdown");
    }
}
