//! What breaks the silence of a resumable stream.

use std::time::Duration;

use http::StatusCode;

use crate::client::Got;
use crate::desk::Task;
use crate::scene::{Scene, publish};

/// G12, H10: a comment breaks the silence 15 s after the last bytes, whenever these were, and has
/// no id.
#[tokio::test(start_paused = true)]
async fn a_comment_breaks_the_silence() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    for spoken in [0, 1, 100, 7_000, 14_900] {
        assert!(client.read().frames.is_empty());
        scene.wait(Duration::from_millis(spoken)).await;
        publish(&publisher, &["one"]).await;
        assert_eq!(client.read_data(), ["one"]);
        for _ in 0..2 {
            assert!(client.read().frames.is_empty());
            scene.wait(Duration::from_millis(14_990)).await;
            assert!(client.read().frames.is_empty(), "early: {spoken}");
            scene.wait(Duration::from_millis(10)).await;
            assert_eq!(client.read().text(), ":\n\n", "late: {spoken}");
        }
    }
}

/// H10: the first frame counts, with what is replayed, and so does every frame of a long replay.
#[tokio::test(start_paused = true)]
async fn a_replay_puts_the_comment_off() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    client.disconnect();
    publish(&publisher, &["x"; 200]).await;
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    // The server is slow to ask: the silence begins with what it took last.
    let connection = client.connection.as_mut().unwrap();
    for _ in 0..4 {
        assert!(!connection.read_frame().data().is_empty());
        scene.wait(Duration::from_secs(10)).await;
    }
    assert!(connection.read().frames.is_empty());
    scene.wait(Duration::from_secs(5)).await;
    assert_eq!(connection.read().text(), ":\n\n");
}

/// H10: the named heartbeat has data and no id: the client goes on behind the event that it had.
#[tokio::test(start_paused = true)]
async fn a_named_heartbeat_moves_no_cursor() {
    let scene = Scene::new();
    scene.desk.is_to(Task::Beat(Duration::from_secs(1)));
    let (mut client, publisher) = scene.streaming().await;
    publish(&publisher, &["one"]).await;
    client.read();
    let id = client.id.clone();
    scene.wait(Duration::from_secs(1)).await;
    let beat = client.read();
    let expected = ":\nevent: sse.heartbeat\ndata: {\"v\":1}\n\n";
    assert_eq!(beat.text(), expected);
    assert_eq!((beat.names(), beat.data()), (vec!["sse.heartbeat"], vec![]));
    assert_eq!(client.id, id);
    publish(&publisher, &["two"]).await;
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    assert_eq!(client.read_data(), ["two"]);
}

/// G12: no time that can be set makes a body panic, or send without a pause.
#[tokio::test(start_paused = true)]
async fn any_time_can_be_set_on_a_body() {
    for time in [
        Duration::MAX,
        Duration::from_secs(u64::MAX / 2),
        Duration::ZERO,
    ] {
        let scene = Scene::new();
        scene.desk.is_to(Task::Beat(time));
        let (mut client, _publisher) = scene.streaming().await;
        assert!(client.read().frames.is_empty(), "{time:?}");
        scene.wait(Duration::from_secs(3_000)).await;
        let Got { frames, ended, .. } = client.read();
        let expected = usize::from(time.is_zero());
        assert_eq!((frames.len(), ended), (expected, false), "{time:?}");
    }
}
