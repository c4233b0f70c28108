//! A first answer that is lost.

use std::time::Duration;

use http::StatusCode;
use sse_gate::Resumable;
use sse_gate::sessions::SessionSignal;

use crate::client::Connection;
use crate::scene::{Scene, publish};

fn with_grace(settings: Resumable) -> Resumable {
    settings.with_insecure_opening_grace(Duration::from_secs(60))
}

/// A12: by default a token whose answer was lost is spent.
#[tokio::test]
async fn without_a_grace_a_token_is_taken_once() {
    let scene = Scene::new();
    let mut client = scene.client("alice").await;
    drop(scene.ask(client.request()).await);
    let refusal = scene.refusal().await;
    assert_eq!(scene.ask_for_all(client.request()).await, refusal);
    assert_eq!(client.connect(&scene).await, StatusCode::UNAUTHORIZED);
}

/// A12: within the grace the same request is answered again. The first connection is cut, the work
/// is not begun again, and everything is said from the beginning.
#[tokio::test(start_paused = true)]
async fn within_the_grace_a_lost_answer_is_given_again() {
    let scene = Scene::with(with_grace);
    let mut client = scene.client("alice").await;
    let mut lost = Connection::new(scene.ask(client.request()).await);
    let publisher = scene.desk.publisher();
    publish(&publisher, &["1"]).await;
    assert_eq!(lost.read_frame().data(), ["1"]);
    scene.wait(Duration::from_millis(4_999)).await;
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    let got = lost.read();
    assert!(got.ended && got.frames.is_empty(), "{got:?}");
    assert_eq!(client.read_data(), ["1"]);
    assert_eq!((scene.desk.works(), scene.slots.open()), (1, 1));
    assert!(scene.told.take().contains(&SessionSignal::Reopened));
    // And that was the one time more.
    let status = client.twin_without_id().connect(&scene).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(client.is_served());
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
}

/// A12: the same if the first connection is gone, whatever it got.
#[tokio::test]
async fn within_the_grace_a_client_that_is_gone_may_ask_again() {
    let scene = Scene::with(with_grace);
    let (mut client, publisher) = scene.streaming().await;
    publish(&publisher, &["1"]).await;
    client.read();
    client.disconnect();
    let mut again = client.twin_without_id();
    assert_eq!(again.connect(&scene).await, StatusCode::OK);
    assert_eq!(again.read_data(), ["1"]);
}

/// A12: not after five seconds, however long a grace is asked for.
#[tokio::test(start_paused = true)]
async fn after_the_grace_a_token_is_spent() {
    let scene = Scene::with(with_grace);
    let mut client = scene.client("alice").await;
    drop(scene.ask(client.request()).await);
    scene.wait(Duration::from_secs(5)).await;
    let refusal = scene.refusal().await;
    assert_eq!(scene.ask_for_all(client.request()).await, refusal);
    assert_eq!(client.connect(&scene).await, StatusCode::UNAUTHORIZED);
}

/// A12: not once the first client has got something: whoever has the URL then cuts nobody off.
#[tokio::test]
async fn once_something_was_got_a_token_is_spent() {
    let scene = Scene::with(with_grace);
    let (mut client, publisher) = scene.streaming().await;
    publish(&publisher, &["1"]).await;
    assert_eq!(client.read_data(), ["1"]);
    let refusal = scene.refusal().await;
    let thief = client.twin_without_id();
    assert_eq!(scene.ask_for_all(thief.request()).await, refusal);
    assert!(client.is_served());
}

/// I14: with a resume id, the grace is not asked for.
#[tokio::test]
async fn a_bad_id_gets_no_grace() {
    let scene = Scene::with(with_grace);
    let client = scene.client("alice").await;
    drop(scene.ask(client.request()).await);
    let mut forged = client.twin();
    forged.id = "sser1.x".to_owned();
    let refusal = scene.refusal().await;
    assert_eq!(scene.ask_for_all(forged.request()).await, refusal);
}

/// A12, G8: at its subject's cap it is asked to wait, and gets an id to come back with.
#[tokio::test]
async fn without_a_place_a_client_that_asks_again_waits_with_a_new_id() {
    let scene = Scene::with(with_grace).with_slots(5, 1);
    let (mut client, publisher) = scene.streaming().await;
    client.disconnect();
    let (mut other, _others) = scene.streaming().await;
    publish(&publisher, &["1"]).await;

    let mut again = client.twin_without_id();
    assert_eq!(again.connect(&scene).await, StatusCode::OK);
    let got = again.read();
    assert_eq!((got.names(), got.ended), (vec!["sse.open"], true));
    assert_eq!(got.retries.len(), 1, "{got:?}");
    assert_ne!(again.id, client.id);
    assert_eq!(scene.slots.open(), 1, "more are open than may be");
    assert_eq!(scene.desk.seen().len(), 2, "the handler was asked");

    other.disconnect();
    assert_eq!(again.connect(&scene).await, StatusCode::OK);
    assert_eq!(again.read_data(), ["1"]);
}
