//! Clients that vanish, at each point at which they can.

use std::time::Duration;

use futures_util::FutureExt;
use http::StatusCode;
use sse_gate::core::Signal;
use sse_gate::sessions::SessionSignal;

use crate::client::Connection;
use crate::desk::Task;
use crate::hand::Way;
use crate::scene::{Scene, publish};

/// F1: a request that nobody ever polled has asked for no session.
#[tokio::test]
async fn before_the_sessions_were_asked_nothing_happens() {
    let scene = Scene::new();
    let (mut client, _publisher) = scene.streaming().await;
    drop(scene.call(client.request()));
    assert_eq!((scene.store.asked(), scene.slots.open()), (1, 1));
    assert!(client.is_served());
}

/// F1: gone while the sessions are asked what comes before the token. It is untouched, and nobody is
/// told that it was abandoned.
#[tokio::test]
async fn before_its_token_was_taken_a_client_loses_nothing() {
    let scene = Scene::new();
    let mut client = scene.client("alice").await;
    scene.store.is_to(Way::HangsAtArriving);
    let mut request = Box::pin(scene.call(client.request()));
    for _ in 0..3 {
        assert!(futures_util::poll!(&mut request).is_pending());
    }
    drop(request);
    assert!(!scene.world.witness.saw(Signal::Abandoned));
    assert!(scene.is_at_rest());
    scene.store.is_to(Way::Works);
    scene.store.let_go();
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    assert_eq!(client.read().names(), ["sse.open"]);
}

/// F2, F6: gone during the step. It ends without its client: the session waits, its place is
/// free, no handler hears of it, and the client's next request goes on.
#[tokio::test(start_paused = true)]
async fn a_step_ends_without_its_client() {
    for way in [Way::HangsBefore, Way::HangsAfter] {
        let scene = Scene::new();
        let (mut client, publisher) = scene.streaming().await;
        client.disconnect();
        scene.store.is_to(way);
        let request = tokio::spawn(scene.call(client.request()));
        scene
            .until("the question", |it| it.store.asked() == 2)
            .await;
        assert_eq!(scene.slots.open(), 1);
        request.abort();
        scene.until("a free place", Scene::is_at_rest).await;
        scene.store.let_go();
        scene.until("the step", |it| it.store.done() == 2).await;
        scene.store.is_to(Way::Works);
        assert_eq!(scene.desk.seen().len(), 1, "{way:?}");
        publish(&publisher, &["1"]).await;
        scene.wait(Duration::from_secs(9)).await;
        assert_eq!(client.connect(&scene).await, StatusCode::OK, "{way:?}");
        assert_eq!(client.read_data(), ["1"]);
        let told = scene.told.take();
        assert_eq!(told.last(), Some(&SessionSignal::Resumed { again: true }));
    }
}

/// F3, F6: gone while the handler works, before it has attached the stream or after.
#[tokio::test]
async fn a_client_that_goes_while_its_handler_works_comes_back() {
    for task in [Task::Hang, Task::AttachAndHang] {
        let scene = Scene::new();
        let (mut client, publisher) = scene.streaming().await;
        scene.desk.is_to(task.clone());
        let mut request = Box::pin(scene.call(client.request()));
        assert!(request.as_mut().now_or_never().is_none());
        assert_eq!(scene.desk.seen().len(), 2, "{task:?}");
        drop(request);
        client.disconnect();
        assert!(scene.is_at_rest(), "{task:?}");
        scene.desk.is_to(Task::Produce);
        publish(&publisher, &["1"]).await;
        assert_eq!(client.connect(&scene).await, StatusCode::OK, "{task:?}");
        assert_eq!(client.read_data(), ["1"]);
        assert_eq!(scene.desk.works(), 1);
    }
}

/// F3: gone before the handler of a first opening has answered. No work is begun that it did not
/// begin, and nothing is held.
#[tokio::test(start_paused = true)]
async fn a_first_client_that_goes_leaves_nothing_open() {
    for (task, works) in [(Task::Hang, 0), (Task::AttachAndHang, 1)] {
        let scene = Scene::new();
        scene.desk.is_to(task.clone());
        let client = scene.client("alice").await;
        let mut request = Box::pin(scene.call(client.request()));
        assert!(request.as_mut().now_or_never().is_none());
        drop(request);
        assert_eq!(scene.desk.works(), works, "{task:?}");
        assert!(scene.is_at_rest(), "{task:?}");
        scene.wait(Duration::from_secs(120)).await;
        scene.sessions.sweep();
        assert!(scene.store.is_empty(), "{task:?}");
    }
}

/// F2, F3: gone while the store opens the session. Nothing is produced, nothing stays open.
#[tokio::test(start_paused = true)]
async fn an_opening_ends_without_its_client() {
    for way in [Way::HangsBefore, Way::HangsAfter] {
        let scene = Scene::new();
        scene.store.is_to(way);
        let client = scene.client("alice").await;
        let mut request = Box::pin(scene.call(client.request()));
        assert!(request.as_mut().now_or_never().is_none());
        drop(request);
        scene.store.let_go();
        scene.until("its answer", |it| it.store.done() == 1).await;
        assert!(scene.is_at_rest(), "{way:?}");
        assert_eq!(scene.desk.works(), 0, "{way:?}");
        scene.wait(Duration::from_secs(120)).await;
        scene.sessions.sweep();
        assert!(
            scene.store.is_empty(),
            "{way:?}: a session without a client"
        );
    }
}

/// F5: gone with a body that nobody ever polled, and with one that was polled a little.
#[tokio::test]
async fn a_body_that_is_dropped_frees_its_place() {
    for frames in 0..3 {
        let scene = Scene::new();
        let (mut client, publisher) = scene.streaming().await;
        publish(&publisher, &["1"]).await;
        client.read();
        publish(&publisher, &["2"]).await;
        client.disconnect();
        let mut connection = Connection::new(scene.ask(client.request()).await);
        for _ in 0..frames {
            connection.read_frame();
        }
        assert_eq!(scene.slots.open(), 1);
        drop(connection);
        assert!(scene.is_at_rest(), "{frames}");
        // It got nothing of all that: its id is the old one.
        assert_eq!(client.connect(&scene).await, StatusCode::OK, "{frames}");
        assert_eq!(client.read_data(), ["2"], "{frames}");
    }
}

/// G8, I10: a client that comes and goes leaves nothing behind.
#[tokio::test]
async fn a_thousand_reconnects_leave_nothing_behind() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    for _ in 0..1_000 {
        client.disconnect();
        assert_eq!(client.connect(&scene).await, StatusCode::OK);
        client.read();
        tokio::task::yield_now().await;
    }
    assert_eq!((scene.slots.open(), scene.store.len()), (1, 1));
    client.disconnect();
    publisher.finish().await.unwrap();
    scene.revoke("alice").await.unwrap();
    assert!(scene.is_at_rest() && scene.store.is_empty());
}
