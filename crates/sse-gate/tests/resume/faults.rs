//! A store of sessions that fails, or does not answer.

use std::time::Duration;

use http::{Response, StatusCode};
use sse_gate::admission::ResponseBody;
use sse_gate::core::StoreRole;
use sse_gate::sessions::{CloseReason, SessionSignal};
use sse_gate::{GuardedSessions, Signal, Subject};
use tokio::time::Instant;

use crate::client::{Connection, retry_later};
use crate::desk::{DeskBody, Task};
use crate::hand::Way;
use crate::scene::{Scene, publish};

/// It is 200 and `sse.wait`, with the id that was shown and a time to wait, and nothing else; how
/// long.
fn is_asked_to_wait(response: Response<ResponseBody<DeskBody>>, id: &str) -> Duration {
    assert_eq!(response.status(), StatusCode::OK);
    let got = Connection::new(response).read();
    assert!(got.ended, "{got:?}");
    let [wait] = got.retries[..] else {
        panic!("one retry: {got:?}");
    };
    assert_eq!(got.text(), retry_later(wait.as_millis(), id));
    wait
}

/// E1: a store that can't be asked keeps a client waiting, and loses nothing.
#[tokio::test(start_paused = true)]
async fn a_store_that_fails_keeps_its_clients() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    client.disconnect();
    scene.store.is_to(Way::Fails);
    scene.told.take();
    for _ in 0..4 {
        is_asked_to_wait(scene.ask(client.request()).await, &client.id);
        assert_eq!(scene.told.take(), [SessionSignal::Unavailable]);
        assert!(scene.is_at_rest());
    }
    scene.store.is_to(Way::Works);
    publish(&publisher, &["1"]).await;
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    assert_eq!(client.read_data(), ["1"]);
}

/// I9, E1: a client whose log is another one is told so, though its session can't be closed now. It is
/// closed when the client comes again.
#[tokio::test(start_paused = true)]
async fn a_log_in_another_life_is_told_of_when_the_store_hangs() {
    let scene = Scene::new();
    scene.desk.is_to(Task::Follow(scene.log()));
    let mut client = scene.client("alice").await;
    client.connect(&scene).await;
    client.read();
    client.disconnect();
    scene.desk.is_to(Task::Follow(scene.log()));
    scene.store.is_to(Way::HangsAtClosing);
    assert_eq!(client.connect(&scene).await, StatusCode::GONE);
    scene.store.is_to(Way::Works);
    assert_eq!(client.connect(&scene).await, StatusCode::GONE);
    assert_eq!(client.connect(&scene).await, StatusCode::NO_CONTENT);
    assert!(scene.is_at_rest() && scene.store.is_empty());
}

/// E1, G16: after five failures the store is left alone for a while, and its clients are asked to
/// wait at once. A trial finds out that it answers again.
#[tokio::test(start_paused = true)]
async fn a_store_that_fails_again_and_again_is_not_asked_for_a_while() {
    for way in [Way::Fails, Way::HangsBefore] {
        let scene = Scene::new();
        let (mut client, publisher) = scene.streaming().await;
        client.disconnect();
        scene.store.is_to(way);
        for _ in 0..5 {
            is_asked_to_wait(scene.ask(client.request()).await, &client.id);
        }
        let opened = Signal::BreakerChanged {
            store: StoreRole::Sessions,
            is_open: true,
        };
        assert!(scene.world.witness.saw(opened), "{way:?}");
        scene.told.take();
        let started = Instant::now();
        for _ in 0..100 {
            is_asked_to_wait(scene.ask(client.request()).await, &client.id);
        }
        assert!(started.elapsed().is_zero(), "{way:?}");
        assert!(scene.told.take().is_empty(), "{way:?}: it was asked");
        scene.store.is_to(Way::Works);
        scene.wait(Duration::from_millis(500)).await;
        publish(&publisher, &["1"]).await;
        assert_eq!(client.connect(&scene).await, StatusCode::OK, "{way:?}");
        assert_eq!(client.read_data(), ["1"], "{way:?}");
        let closed = Signal::BreakerChanged {
            store: StoreRole::Sessions,
            is_open: false,
        };
        assert!(scene.world.witness.saw(closed), "{way:?}");
    }
}

/// E1, F6: one that does not answer is waited for within the budget, and asked to the end. Its
/// client comes back in time, whether its id was used meanwhile or not.
#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_keeps_its_clients() {
    for way in [Way::HangsBefore, Way::HangsAfter] {
        for round in 0..20 {
            let scene = Scene::new();
            let (mut client, publisher) = scene.streaming().await;
            client.disconnect();
            scene.store.is_to(way);
            let started = Instant::now();
            let wait = is_asked_to_wait(scene.ask(client.request()).await, &client.id);
            assert_eq!(started.elapsed().as_millis(), 250, "{way:?}");
            assert!(scene.is_at_rest(), "{way:?}");
            scene.store.let_go();
            scene.until("its answer", |it| it.store.done() == 2).await;
            scene.store.is_to(Way::Works);
            publish(&publisher, &["1"]).await;
            scene.wait(wait + Duration::from_secs(1)).await;
            let status = client.connect(&scene).await;
            assert_eq!(status, StatusCode::OK, "{way:?} {round}");
            assert_eq!(client.read_data(), ["1"]);
        }
    }
}

/// E1: without a store nobody opens a session: 503, within the budget, and its token is spent.
#[tokio::test(start_paused = true)]
async fn a_first_opening_waits_no_longer_than_the_budget() {
    for way in [Way::Fails, Way::HangsBefore, Way::HangsAfter] {
        let scene = Scene::new();
        let mut client = scene.client("alice").await;
        scene.store.is_to(way);
        let started = Instant::now();
        let status = client.connect(&scene).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{way:?}");
        assert!(started.elapsed() <= Duration::from_millis(250), "{way:?}");
        assert_eq!(scene.desk.works(), 0, "{way:?}: work that nobody can get");
        scene.store.let_go();
        scene.until("its answer", |it| it.store.done() == 1).await;
        assert!(scene.is_at_rest(), "{way:?}");
        // A session that was opened for nobody waits for nobody for long.
        scene.wait(Duration::from_secs(120)).await;
        scene.sessions.sweep();
        assert!(scene.store.is_empty(), "{way:?}");
    }
}

/// E1: what a program asks of sessions has the same bounds, and runs to its end all the same.
#[tokio::test(start_paused = true)]
async fn a_revocation_within_bounds_ends_late_but_ends() {
    let scene = Scene::new();
    let (mut client, _publisher) = scene.streaming().await;
    let sessions = GuardedSessions::of(&scene.world.gate, &scene.sessions);
    let alice = Subject::new("alice").unwrap();
    scene.store.is_to(Way::HangsAtClosing);
    let started = Instant::now();
    assert!(sessions.revoke(&alice).await.is_err());
    assert_eq!(started.elapsed().as_millis(), 250);
    scene.store.is_to(Way::Works);
    scene.store.let_go();
    let revoked = SessionSignal::Closed(CloseReason::Revoked);
    while !scene.told.take().contains(&revoked) {
        tokio::task::yield_now().await;
    }
    assert_eq!(client.read().names(), ["sse.close"]);
    assert_eq!(sessions.revoke(&alice).await.unwrap(), 0);
}
