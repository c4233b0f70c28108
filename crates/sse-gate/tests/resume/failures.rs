//! Streams that break off, and how they are counted.

use std::time::Duration;

use http::StatusCode;
use sse_gate::WorkSlots;
use sse_gate::core::{Signal, StreamEnd};
use sse_gate::sessions::SlowPolicy;

use crate::desk::Task;
use crate::scene::{Scene, publish};

/// How the streams of a scene ended.
fn ends(scene: &Scene) -> Vec<StreamEnd> {
    let signals = scene.world.witness.signals().into_iter();
    let ends = signals.filter_map(|signal| match signal {
        Signal::StreamClosed { end, .. } => Some(end),
        _ => None,
    });
    ends.collect()
}

/// H12: work that panics, or drops its publisher, ends its streams as failed: the one that is open,
/// and each that comes for the tail. Work that finishes does not.
#[tokio::test]
async fn a_stream_whose_work_breaks_off_is_counted_as_failed() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    let missed = client.twin();
    publish(&publisher, &["one"]).await;
    drop(publisher);
    assert_eq!(client.read().names(), ["message", "sse.error"]);
    client.disconnect();
    assert_eq!(ends(&scene), [StreamEnd::Failed]);
    let mut client = missed;
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    assert!(client.read().names().ends_with(&["sse.error"]));
    client.disconnect();
    assert_eq!(ends(&scene), [StreamEnd::Failed; 2]);

    let (mut client, publisher) = scene.streaming().await;
    publisher.finish().await.unwrap();
    assert!(client.read().ended);
    client.disconnect();
    assert_eq!(ends(&scene)[2..], [StreamEnd::Complete]);
}

/// H12: a handler that answers with an error of the server's has failed, as the ones of frameworks do
/// that know no other way. One that refuses has not.
#[tokio::test]
async fn a_handler_that_answers_with_a_server_error_is_counted_as_failed() {
    let work = WorkSlots::new(0, 0);
    for (work, task, end) in [
        (WorkSlots::default(), Task::AttachTwice, StreamEnd::Failed),
        (work, Task::Produce, StreamEnd::Failed),
        (WorkSlots::default(), Task::Refuse, StreamEnd::Complete),
    ] {
        let scene = Scene::with(|settings| settings.with_work_slots(work));
        scene.desk.is_to(task);
        let client = scene.client("alice").await;
        let (status, _) = scene.ask_for_all(client.request()).await;
        assert_eq!(status.is_server_error(), end == StreamEnd::Failed);
        assert_eq!(ends(&scene), [end], "{status}");
    }
}

/// H12, G1: a client that is cut off for being slow is counted as that.
#[tokio::test(start_paused = true)]
async fn a_stream_that_is_too_slow_is_counted_as_lagged() {
    let slow = SlowPolicy::new(0, Duration::from_secs(1));
    let scene = Scene::with(|settings| settings.with_slow_policy(slow));
    let (mut client, publisher) = scene.streaming().await;
    for _ in 0..3 {
        publish(&publisher, &["x"]).await;
        client.read();
        scene.wait(Duration::from_secs(1)).await;
    }
    assert!(client.read().ended);
    client.disconnect();
    assert_eq!(ends(&scene), [StreamEnd::Lagged]);
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    client.disconnect();
    assert_eq!(ends(&scene)[1..], [StreamEnd::Disconnected]);
}
