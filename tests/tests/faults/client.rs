//! Clients that go away.

use std::sync::atomic::Ordering;
use std::time::Duration;

use sse_gate::core::StreamEnd;
use sse_gate::{Signal, StreamSlots};
use sse_gate_tests::{Wait, eventually};

use crate::scene::Scene;

/// F2, F6: gone while the store works. What was begun is finished without the client, whichever
/// way the answer was: the token is spent, its place is free at once, and no handler hears of it.
#[tokio::test]
async fn a_client_that_goes_while_the_store_works_leaves_a_spent_token() {
    for wait in [Wait::Before, Wait::After] {
        // The client goes long before the store would be given up.
        let scene = Scene::with_budget(wait, Duration::from_secs(20)).await;
        let request = scene.request("short").await;
        let mut connection = scene.connect().await;
        connection.send(&request.bytes()).await;
        scene
            .until("the store is asked", |it| it.store.asked() == 1)
            .await;
        assert_eq!(scene.slots.open(), 1, "{wait:?}");
        drop(connection);
        scene
            .until("it is counted as abandoned", |it| {
                it.seen.count(|signal| *signal == Signal::Abandoned) == 1
            })
            .await;
        scene
            .until("its place is free", |it| it.slots.open() == 0)
            .await;
        assert_eq!(scene.store.answered(), 0, "{wait:?}: the store is not done");
        scene.store.let_go();
        scene
            .until("the store is done", |it| it.store.answered() == 1)
            .await;
        assert_eq!(scene.status(&request).await, 401, "{wait:?}: it is spent");
        assert_eq!(scene.handled.load(Ordering::SeqCst), 0, "{wait:?}");
        assert_eq!(scene.seen.ended(StreamEnd::Complete), 0, "{wait:?}");
        scene.at_rest().await;
    }
}

/// F1: gone before the request was whole. The store never hears of it.
#[tokio::test]
async fn a_client_that_goes_before_its_request_is_whole_spends_nothing() {
    let scene = Scene::new(Wait::No).await;
    let request = scene.request("short").await;
    let bytes = request.bytes();
    for len in 1..bytes.len() {
        let mut connection = scene.connect().await;
        connection.send(&bytes[..len]).await;
    }
    scene.at_rest().await;
    assert_eq!(scene.store.asked(), 0);
    assert_eq!(scene.status(&request).await, 200);
}

/// F3: gone after the store and before the handler's answer. The token is spent, the place free.
#[tokio::test]
async fn a_client_that_goes_before_the_handler_answers_frees_its_place() {
    let scene = Scene::new(Wait::No).await;
    let request = scene.request("never").await;
    let mut connection = scene.connect().await;
    connection.send(&request.bytes()).await;
    scene
        .until("the handler is at work", |it| {
            it.handled.load(Ordering::SeqCst) == 1
        })
        .await;
    assert_eq!(scene.slots.open(), 1);
    drop(connection);
    scene.at_rest().await;
    assert_eq!(scene.seen.ended(StreamEnd::Disconnected), 1);
    assert_eq!(scene.status(&request).await, 401);
}

/// F5: gone with the head read and not one event, or with a body that nobody reads and that has
/// filled all buffers. Places come back.
#[tokio::test]
async fn a_client_that_never_reads_frees_its_place_when_it_goes() {
    for what in ["endless", "flood"] {
        let scene = Scene::new(Wait::No).await;
        let mut idle = Vec::new();
        for _ in 0..20 {
            let request = scene.request(what).await;
            let mut connection = scene.connect().await;
            connection.send(&request.bytes()).await;
            idle.push(connection);
        }
        scene
            .until("all are open", |it| it.slots.open() == 20)
            .await;
        scene
            .until("all are answered", |it| {
                it.seen.count(|signal| *signal == Signal::StreamOpened) == 20
            })
            .await;
        drop(idle);
        scene.at_rest().await;
        assert_eq!(scene.seen.ended(StreamEnd::Disconnected), 20, "{what}");
    }
}

/// F5: a client that is there and does not read, so that its server asks its body for nothing more.
/// Who needs its place gets it, with the token that was refused before; and when the client reads
/// after all, it comes to an end.
#[tokio::test]
async fn a_client_that_never_reads_loses_its_place_to_who_needs_it() {
    // Long beside the time until the first refusal, also on a busy machine.
    let slots = StreamSlots::new(2, 2).with_patience(Duration::from_secs(2));
    let scene = Scene::with_slots(Wait::No, slots).await;
    let mut open = Vec::new();
    for what in ["flood", "endless"] {
        let request = scene.request(what).await;
        let mut connection = scene.connect().await;
        connection.send(&request.bytes()).await;
        open.push((connection, request));
    }
    scene
        .until("both are open", |it| {
            it.seen.count(|signal| *signal == Signal::StreamOpened) == 2
        })
        .await;
    let request = scene.request("short").await;
    assert_eq!(scene.status(&request).await, 503);
    eventually("a place is free", async || {
        scene.status(&request).await == 200
    })
    .await;
    let (mut flood, request) = open.remove(0);
    let response = flood.response(&request).await;
    assert_eq!(response.status, 200);
    assert!(response.body.len() > 1000);
    drop(flood);
    scene
        .until("the other stays", |it| it.slots.open() == 1)
        .await;
    drop(open);
    scene.at_rest().await;
    assert_eq!(scene.seen.ended(StreamEnd::Complete), 1, "the short one");
    assert_eq!(scene.seen.ended(StreamEnd::Disconnected), 2);
}

/// F6: clients that go at any moment of a request's life leave nothing behind.
#[tokio::test]
async fn clients_that_go_at_any_moment_leave_nothing_behind() {
    let scene = Scene::new(Wait::No).await;
    for patience in 0..60 {
        let request = scene.request("late").await;
        let mut connection = scene.connect().await;
        connection.send(&request.bytes()).await;
        for _ in 0..patience * 5 {
            tokio::task::yield_now().await;
        }
        drop(connection);
        // Whether it was in time or not: no second client gets more than a refusal or a stream.
        let status = scene.status(&request).await;
        assert!(matches!(status, 200 | 401), "{patience}: {status}");
        assert_eq!(scene.status(&request).await, 401, "{patience}");
    }
    scene.at_rest().await;
}
