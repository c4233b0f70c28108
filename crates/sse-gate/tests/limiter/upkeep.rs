//! The task that renews and frees the places of a node.

use http::StatusCode;
use tokio::runtime::Handle;
use tokio::time::sleep;

use crate::cluster::{Cluster, TTL, until};
use crate::moody::Mood;

/// Open streams keep their places, with one question for all of them, each third of the places' time.
#[tokio::test(start_paused = true)]
async fn one_call_renews_all_places() {
    let cluster = Cluster::new(100, 100);
    let node = cluster.node();
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(node.open().await);
    }
    sleep(10 * TTL).await;
    assert_eq!(cluster.alices(), 20);
    assert!((29..=31).contains(&node.limiter.renewed()));
}

/// Without open streams there is no task.
#[tokio::test(start_paused = true)]
async fn the_task_ends_with_the_last_stream() {
    let cluster = Cluster::new(100, 100);
    let node = cluster.node();
    let tasks = || Handle::current().metrics().num_alive_tasks();
    assert_eq!(tasks(), 0);
    for _ in 0..3 {
        let streams = [node.open().await, node.open().await];
        assert_eq!(tasks(), 1);
        drop(streams);
        cluster.until_open(0).await;
        until("the end of the task", || tasks() == 0).await;
    }
}

/// Streams that were admitted go on without the limiter. When it is back, they have places again.
#[tokio::test(start_paused = true)]
async fn streams_go_on_without_the_limiter_and_have_places_again() {
    for mood in [Mood::Errs, Mood::Hangs] {
        let cluster = Cluster::new(100, 3);
        let (node, other) = (cluster.node(), cluster.node());
        let streams = [node.open().await, node.open().await];
        node.limiter.becomes(mood);
        sleep(2 * TTL).await;
        assert_eq!((cluster.alices(), node.slots.open()), (0, 2), "{mood:?}");
        // Others may get in meanwhile. Then there is not room for all.
        let others = [other.open().await, other.open().await];
        node.limiter.becomes(Mood::Works);
        sleep(TTL).await;
        assert_eq!((cluster.alices(), node.slots.open()), (3, 2), "{mood:?}");
        assert_eq!(other.open().await.status, StatusCode::TOO_MANY_REQUESTS);
        // The last one gets a place when there is one.
        drop(others);
        sleep(TTL).await;
        assert_eq!(cluster.alices(), 2, "{mood:?}");
        drop(streams);
        cluster.until_open(0).await;
    }
}

/// A stream may outlive the runtime on which it was opened. Its place is renewed again when another runtime
/// opens one.
#[test]
fn the_task_is_started_again_on_another_runtime() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().unwrap()
    };
    let (first, second) = (runtime(), runtime());
    let cluster = first.block_on(async { Cluster::new(100, 100) });
    let node = cluster.node();
    let stream = first.block_on(node.open());
    drop(first);
    second.block_on(async {
        let _other = node.open().await;
        sleep(2 * TTL).await;
        assert!(node.limiter.renewed() >= 5, "{}", node.limiter.renewed());
        drop(stream);
        until("the end", || node.limiter.freed() == 1).await;
    });
}

/// F5: a client that does not read loses its place to newcomers on all nodes, and not sooner than it would
/// lose its slot. While it reads, its stream has its place again, if there is room.
#[tokio::test(start_paused = true)]
async fn a_stalled_stream_loses_its_place_to_newcomers_on_all_nodes() {
    let cluster = Cluster::new(100, 1);
    let (one, two) = (cluster.resumable_node(), cluster.resumable_node());
    let uri = one.uri_of("alice").await;
    let mut stalled = one.get(&uri).await;
    cluster.publish("one");
    assert!(!stalled.read_frame().is_empty());
    sleep(TTL).await;
    assert_eq!(two.open().await.status, StatusCode::TOO_MANY_REQUESTS);
    sleep(2 * TTL).await;
    assert_eq!((cluster.alices(), one.slots.open()), (0, 1));
    let newcomer = two.open().await;
    assert_eq!(newcomer.status, StatusCode::OK);
    drop(newcomer);
    cluster.until_open(0).await;

    stalled.read();
    sleep(TTL).await;
    assert_eq!(cluster.alices(), 1, "a stream that is read has no place");
    drop(stalled);
    cluster.until_open(0).await;
}

/// A place that can't be freed at once is freed when the limiter is back.
#[tokio::test(start_paused = true)]
async fn a_place_is_freed_when_the_limiter_is_back() {
    for mood in [Mood::Errs, Mood::Hangs] {
        let cluster = Cluster::new(100, 3);
        let node = cluster.node();
        let (gone, stays) = (node.open().await, node.open().await);
        node.limiter.becomes(mood);
        drop(gone);
        sleep(TTL / 6).await;
        assert_eq!(cluster.alices(), 2);
        node.limiter.becomes(Mood::Works);
        sleep(TTL / 2).await;
        assert_eq!((cluster.alices(), node.limiter.freed()), (1, 1), "{mood:?}");
        drop(stays);
    }
}

/// If the limiter never comes back, what can't be freed is not kept for ever.
#[tokio::test(start_paused = true)]
async fn what_can_not_be_freed_ends_by_itself() {
    let cluster = Cluster::new(100, 3);
    let node = cluster.node();
    let stream = node.open().await;
    node.limiter.becomes(Mood::Errs);
    drop(stream);
    sleep(2 * TTL).await;
    assert_eq!(cluster.alices(), 0);
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
}
