//! More clients than a store of sessions that is out of order should be asked for.

use std::time::Duration;

use futures_util::future::join_all;
use http::StatusCode;
use sse_gate::{Gate, GrantRequest, Limits, MemoryStore, Subject};
use tokio::runtime::Handle;

use crate::desk::Task;
use crate::hand::Way;
use crate::scene::Scene;
use crate::support::get;

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// A well-spelled token that no scene knows.
async fn foreign_uri(scene: &Scene, gate: &Gate, number: usize) -> String {
    let subject = Subject::new(format!("user {number}")).unwrap();
    let grant = GrantRequest::new(subject, scene.route().resource(["7"]).unwrap());
    let issued = gate.issue(grant).await.unwrap();
    format!("/generations/7/stream?token={}", issued.token().expose())
}

/// G16: what the gate reads at the sessions before it takes a token is bounded as its writes are.
#[tokio::test(start_paused = true)]
async fn a_flood_of_arrivals_leaves_a_bounded_number_of_tasks() {
    let scene = Scene::new().with_slots(100_000, 100_000);
    let store = MemoryStore::new(Limits::default().with_tokens(20_000));
    let other = Gate::builder().build(store);
    let mut flood = Vec::new();
    for number in 0..20_000 {
        let uri = foreign_uri(&scene, &other, number).await;
        flood.push(scene.call(get(&uri)));
    }
    scene.store.is_to(Way::HangsAtArriving);
    let before = tasks();
    let answers = join_all(flood).await;
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    assert!(answers.iter().all(|it| it.status() == unavailable));
    assert!(tasks() - before <= 513, "{} tasks", tasks());
}

/// E1, F6: when the sessions come back, and many clients show tokens before the one that tries them
/// has its answer, only its token is taken. The others can be shown once more.
#[tokio::test(start_paused = true)]
async fn a_store_that_comes_back_costs_no_tokens() {
    let scene = Scene::new();
    scene.store.is_to(Way::Fails);
    for _ in 0..5 {
        let mut client = scene.client("alice").await;
        assert_eq!(client.connect(&scene).await, 503);
    }
    scene.desk.is_to(Task::TakeTime(Duration::from_millis(10)));
    scene.store.is_to(Way::HangsBefore);
    let mut uris = Vec::new();
    for number in 0..20 {
        uris.push(scene.uri_of(&format!("user {number}")).await.0);
    }
    scene.wait(Duration::from_millis(500)).await;
    let shown = join_all(uris.iter().map(|uri| scene.call(get(uri))));
    let shown = tokio::spawn(shown);
    while scene.store.asked() < 6 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    scene.store.is_to(Way::Works);
    scene.store.let_go();
    let first = shown.await.unwrap();
    let served = first.iter().filter(|it| it.status() == 200).count();
    assert_eq!(served, 1, "the trial");
    for (uri, answer) in uris.iter().zip(&first) {
        if answer.status() != 200 {
            assert_eq!(scene.ask(get(uri)).await.status(), 200, "untouched");
        }
    }
}

/// E1, G16: tokens that nobody was ever given don't use up what one that was given needs.
#[tokio::test(start_paused = true)]
async fn unknown_tokens_do_not_keep_the_sessions_from_being_tried() {
    let scene = Scene::new();
    let other = Gate::builder().build(MemoryStore::default());
    scene.store.is_to(Way::Fails);
    for _ in 0..5 {
        let mut client = scene.client("alice").await;
        assert_eq!(client.connect(&scene).await, 503);
    }
    scene.store.is_to(Way::Works);
    scene.wait(Duration::from_millis(500)).await;
    for number in 0..100 {
        let uri = foreign_uri(&scene, &other, number).await;
        assert_eq!(scene.ask(get(&uri)).await.status(), 401);
    }
    let mut client = scene.client("alice").await;
    assert_eq!(client.connect(&scene).await, 200);
}
