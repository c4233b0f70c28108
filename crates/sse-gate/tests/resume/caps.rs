//! Places, and clients that come back for theirs.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use sse_gate::Rejection;
use sse_gate::core::Signal;

use crate::client::{Connection, put_off};
use crate::scene::{Scene, publish};

/// G8: whoever goes on takes over the place of the connection before, also at the cap.
#[tokio::test]
async fn at_its_subjects_cap_a_client_goes_on() {
    let scene = Scene::new().with_slots(2, 1);
    let (mut client, publisher) = scene.streaming().await;
    for round in 1..20 {
        let text = round.to_string();
        publish(&publisher, &[&text]).await;
        assert_eq!(client.connect(&scene).await, StatusCode::OK, "{round}");
        assert_eq!(scene.slots.open(), 1, "{round}");
        assert_eq!(client.read_data(), [text]);
    }
    client.disconnect();
    assert!(scene.is_at_rest());
}

/// G8: a place is given up in the moment of the step, by the connection that nobody drops, too.
#[tokio::test]
async fn a_connection_that_was_replaced_holds_no_place() {
    let scene = Scene::new().with_slots(3, 2);
    let (mut client, _publisher) = scene.streaming().await;
    let mut kept = Vec::new();
    for _ in 0..5 {
        kept.push(client.connection.take());
        client.connect(&scene).await;
        client.read();
        assert_eq!(scene.slots.open(), 1);
    }
    drop(kept);
    assert_eq!(scene.slots.open(), 1, "a place was given back twice");
    client.disconnect();
    assert!(scene.is_at_rest());
}

/// G8: if somebody was faster, the client gets another id and a time to wait, and goes on later.
#[tokio::test]
async fn without_a_place_after_the_step_a_client_gets_an_id_for_later() {
    let scene = Scene::new().with_slots(5, 1);
    let (mut client, publisher) = scene.streaming().await;
    publish(&publisher, &["1"]).await;
    client.read();
    client.disconnect();
    let (mut other, _others) = scene.streaming().await;
    publish(&publisher, &["2"]).await;

    let id = client.id.clone();
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    let got = client.read();
    assert_eq!((got.names(), got.frames.len()), (vec!["sse.open"], 1));
    assert!(got.ended && got.retries.len() == 1, "{got:?}");
    assert_ne!(client.id, id, "its id is used");
    assert_eq!(scene.slots.open(), 1, "more are open than may be");
    assert_eq!(scene.desk.seen().len(), 2, "the handler was asked");

    other.disconnect();
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    assert_eq!(client.read_data(), ["2"]);
}

/// G8: without any place the client is asked to wait, and nothing is changed. A first opening is
/// refused, and its token stays good.
#[tokio::test]
async fn without_any_place_a_client_waits_and_a_newcomer_is_refused() {
    let scene = Scene::new().with_slots(1, 1);
    let (mut client, publisher) = scene.streaming().await;
    scene.told.take();
    let response = scene.ask(client.request()).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert!(!response.headers().contains_key("retry-after"));
    let got = Connection::new(response).read();
    let wait = got.retries[0].as_millis();
    let expected = put_off(wait, &client.id);
    assert_eq!((got.text(), got.ended), (expected, true));
    assert_eq!((scene.store.asked(), scene.told.take().len()), (1, 0));
    assert!(client.is_served());

    let mut newcomer = scene.client("bob").await;
    assert_eq!(
        newcomer.connect(&scene).await,
        StatusCode::SERVICE_UNAVAILABLE
    );
    let check = Rejection::Capacity.as_str();
    assert!(scene.world.witness.saw(Signal::TurnedAway { check }));
    client.disconnect();
    assert_eq!(newcomer.connect(&scene).await, StatusCode::OK);
    newcomer.disconnect();
    publish(&publisher, &["1"]).await;
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    assert_eq!(client.read_data(), ["1"]);
}

/// F5: a connection whose server has a frame and asks for no other loses its place to who needs one,
/// and ends without a word. Nothing is lost: its client goes on where it was.
#[tokio::test(start_paused = true)]
async fn a_connection_that_nobody_asks_loses_its_place_and_its_client_goes_on() {
    let scene = Scene::new().with_slots(1, 1);
    let (mut client, publisher) = scene.streaming().await;
    publish(&publisher, &["1"]).await;
    let got = client.connection.as_mut().unwrap().read_frame();
    assert_eq!(got.data(), ["1"]);
    client.id = got.events.last().unwrap().id.clone();
    publish(&publisher, &["2"]).await;
    scene.wait(Duration::from_secs(31)).await;
    let mut newcomer = scene.client("bob").await;
    assert_eq!(newcomer.connect(&scene).await, StatusCode::OK);
    let got = client.read();
    assert!(got.ended && got.frames.is_empty(), "{got:?}");
    newcomer.disconnect();
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    assert_eq!(client.read_data(), ["2"]);
    assert_eq!(scene.slots.open(), 1);
}

/// I5: who is asked to wait comes back before the window of its id closes, if it was used already.
#[tokio::test(start_paused = true)]
async fn who_waits_for_a_place_is_back_within_its_window() {
    for _ in 0..50 {
        let scene = Scene::new().with_slots(1, 1);
        let (mut client, _publisher) = scene.streaming().await;
        client.disconnect();
        // An answer that is lost, and a place that is taken meanwhile.
        drop(scene.ask(client.request()).await);
        let (mut other, _others) = scene.streaming_to("bob").await;
        scene.wait(Duration::from_secs(2)).await;
        let got = Connection::new(scene.ask(client.request()).await).read();
        other.disconnect();
        scene.wait(got.retries[0] + Duration::from_secs(1)).await;
        assert_eq!(client.connect(&scene).await, StatusCode::OK, "{got:?}");
    }
}

/// G8: clients that come and go at the same time never have more streams than there may be, and
/// none of them is sent away for good.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clients_that_race_never_exceed_the_cap() {
    const MAX: usize = 4;
    let scene = Arc::new(Scene::new().with_slots(64, MAX));
    let (mut clients, mut publishers) = (Vec::new(), Vec::new());
    for _ in 0..2 * MAX {
        let (mut client, publisher) = scene.streaming().await;
        client.disconnect();
        clients.push(client);
        publishers.push(publisher);
    }
    let racing = clients.into_iter().map(|mut client| {
        let scene = Arc::clone(&scene);
        tokio::spawn(async move {
            for round in 0..100 {
                assert_eq!(client.connect(&scene).await, StatusCode::OK);
                client.read();
                if round % 3 == 0 {
                    client.disconnect();
                }
                tokio::task::yield_now().await;
            }
            client
        })
    });
    let mut clients = Vec::new();
    for racer in racing.collect::<Vec<_>>() {
        clients.push(racer.await.unwrap());
    }
    let served = clients
        .iter_mut()
        .filter_map(|it| it.is_served().then_some(()));
    let served = served.count();
    assert!(served <= MAX, "{served} streams of {MAX}");
    assert_eq!(scene.slots.open(), served);
}
