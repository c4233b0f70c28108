//! Places, and clients that come back for theirs.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use sse_gate::GateRejection;
use sse_gate::core::Signal;
use sse_gate::sessions::{ResumePolicy, SessionSignal};

use crate::client::{Connection, retry_later};
use crate::scene::{Scene, publish};

/// G8, G18: a client that goes on replaces its connection also at the cap.
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

/// G18: a connection that was replaced counts until its body is dropped, and is not counted twice.
#[tokio::test]
async fn a_connection_that_was_replaced_counts_while_it_is_there() {
    let scene = Scene::new().with_slots(10, 4);
    let (mut client, _publisher) = scene.streaming().await;
    let mut kept = Vec::new();
    for replaced in 1..=4 {
        kept.push(client.connection.take());
        assert_eq!(client.connect(&scene).await, StatusCode::OK);
        client.read();
        assert_eq!(scene.slots.open(), 1 + replaced);
    }
    let mut another = scene.client("alice").await;
    let status = another.connect(&scene).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "they count");
    while let Some(replaced) = kept.pop() {
        drop(replaced);
        assert_eq!(scene.slots.open(), 1 + kept.len());
    }
    client.disconnect();
    assert!(scene.is_at_rest());
}

/// G18, I18: one session that is resumed again and again, with no connection read, has a bounded
/// number of them. Its client is told to come back, its id stays good, and it goes on when one of
/// them is gone.
#[tokio::test(start_paused = true)]
async fn takeovers_leave_a_bounded_number_of_connections() {
    for (max_per_subject, bodies) in [(1, 4), (2, 4), (8, 9)] {
        let scene = Scene::new().with_slots(100, max_per_subject);
        let (mut client, publisher) = scene.streaming().await;
        let mut kept = vec![client.connection.take()];
        let (mut taken, mut waits) = (0, 0);
        for _ in 0..200 {
            let response = scene.ask(client.request()).await;
            assert_eq!(response.status(), StatusCode::OK);
            let mut connection = Connection::new(response);
            let got = connection.read_frame();
            match got.names()[..] {
                ["sse.open"] => {
                    taken += 1;
                    client.id.clone_from(&got.events[0].id);
                    kept.push(Some(connection));
                }
                ["sse.wait"] => {
                    waits += 1;
                    assert_eq!(got.events[0].id, client.id);
                    assert!(connection.read().ended);
                }
                _ => panic!("{got:?}"),
            }
        }
        assert_eq!((taken + 1, kept.len()), (bodies, bodies));
        assert_eq!((waits, scene.slots.open()), (200 - taken, bodies));
        assert!(scene.told.take().contains(&SessionSignal::NotAdmitted));
        publish(&publisher, &["1"]).await;
        drop(kept.remove(0));
        assert_eq!(client.connect(&scene).await, StatusCode::OK);
        assert_eq!(client.read_data(), ["1"]);
        drop(kept);
        client.disconnect();
        assert!(scene.is_at_rest());
    }
}

/// G18, F5: a client whose connections die without a word, each with a frame that its server can't
/// get rid of, goes on each time. At the cap of all streams it waits until a dead one has lost its
/// place.
#[tokio::test(start_paused = true)]
async fn a_client_whose_connections_die_unseen_goes_on() {
    let scene = Scene::new().with_slots(2, 1);
    let (mut client, publisher) = scene.streaming().await;
    let mut dead = Vec::new();
    for round in ["1", "2", "3"] {
        publish(&publisher, &[round]).await;
        client.connection.as_mut().unwrap().read_frame();
        dead.push(client.connection.take());
        let mut tries = 0..20;
        let got = loop {
            assert!(tries.next().is_some(), "it is stranded in round {round}");
            assert_eq!(client.connect(&scene).await, StatusCode::OK);
            let got = client.connection.as_mut().unwrap().read_frame();
            if got.names()[0] == "sse.open" {
                break got;
            }
            scene.wait(got.retries[0]).await;
        };
        assert_eq!(got.data(), [round]);
        client.id = got.events.last().unwrap().id.clone();
        assert!(client.is_served());
    }
}

/// I18: takeovers of one session have a rate. Beyond it its client waits, and its id stays good.
#[tokio::test(start_paused = true)]
async fn takeovers_have_a_rate() {
    let policy = ResumePolicy::default().with_takeovers(5, Duration::from_secs(10));
    let scene = Scene::with(|settings| settings.with_policy(policy));
    let (mut client, publisher) = scene.streaming().await;
    for _ in 0..5 {
        assert_eq!(client.connect(&scene).await, StatusCode::OK);
        assert_eq!(client.read().names(), ["sse.open"]);
    }
    let waiting = client.twin();
    for _ in 0..50 {
        let got = Connection::new(scene.ask(waiting.request()).await).read();
        assert_eq!((got.names(), got.ended), (vec!["sse.wait"], true));
        assert_eq!(got.events[0].id, client.id);
    }
    assert!(scene.told.take().contains(&SessionSignal::TooSoon));
    assert!(client.is_served(), "it was not cut");
    publish(&publisher, &["1"]).await;
    assert_eq!(client.read_data(), ["1"]);
    scene.wait(Duration::from_secs(10)).await;
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    assert_eq!(client.read().names(), ["sse.open"]);
    // One whose connection is gone takes nobody's.
    for _ in 0..20 {
        client.disconnect();
        assert_eq!(client.connect(&scene).await, StatusCode::OK);
        assert_eq!(client.read().names(), ["sse.open"]);
    }
}

/// I1, I3, G18: who has one factor is refused as ever, whether there is a place or not.
#[tokio::test]
async fn who_has_one_factor_learns_nothing_of_places() {
    let scene = Scene::new().with_slots(20, 1);
    let (mut client, _publisher) = scene.streaming().await;
    let mut kept = Vec::new();
    for _ in 0..3 {
        kept.push(client.connection.take());
        client.connect(&scene).await;
        client.read();
    }
    let refusal = scene.refusal().await;
    let mut other = client.twin();
    other.uri = "/generations/7/stream?token=".to_owned() + &"A".repeat(43);
    let (status, _) = scene.ask_for_all(other.request()).await;
    assert_eq!(status, refusal.0);
}

/// G8: at its subject's cap, a client that has no connection waits, and its id stays good.
#[tokio::test]
async fn without_a_place_of_its_subjects_a_client_waits_with_its_id() {
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
    assert_eq!((got.names(), got.frames.len()), (vec!["sse.wait"], 1));
    assert!(got.ended && got.retries.len() == 1, "{got:?}");
    assert_eq!(client.id, id, "its id is not used");
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
    let expected = retry_later(wait, &client.id);
    assert_eq!((got.text(), got.ended), (expected, true));
    assert_eq!((scene.store.asked(), scene.told.take().len()), (1, 0));
    assert!(client.is_served());

    let mut newcomer = scene.client("bob").await;
    assert_eq!(
        newcomer.connect(&scene).await,
        StatusCode::SERVICE_UNAVAILABLE
    );
    let check = GateRejection::Capacity.as_str();
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
