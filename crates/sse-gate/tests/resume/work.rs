//! The work behind a stream.

use std::time::Duration;

use futures_util::FutureExt;
use http::StatusCode;
use sse_gate::Subject;
use sse_gate::sessions::StopReason;
use tokio::time::{Instant, sleep};

use crate::scene::{Scene, publish};

/// However often its client comes back, work is done once.
#[tokio::test]
async fn work_runs_once() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    for round in 0..50 {
        client.disconnect();
        publish(&publisher, &[&round.to_string()]).await;
        assert_eq!(client.connect(&scene).await, StatusCode::OK);
        assert_eq!(client.read_data(), [round.to_string()]);
    }
    assert_eq!(scene.desk.works(), 1);
}

/// F8: work that panics ends its own stream, with a word, and nobody else's.
#[tokio::test]
async fn work_that_panics_ends_its_own_stream() {
    let scene = Scene::new();
    let (mut alice, hers) = scene.streaming().await;
    let (mut bob, his) = scene.streaming_to("bob").await;
    let work = tokio::spawn(async move {
        publish(&hers, &["last words"]).await;
        let _hers = hers;
        panic!("on purpose");
    });
    assert!(work.await.unwrap_err().is_panic());
    let got = alice.read();
    assert_eq!(got.names(), ["message", "sse.error"]);
    assert_eq!(got.events[1].data, r#"{"v":1,"reason":"internal"}"#);
    assert!(got.ended);
    // What failed is over: its client has had all there is.
    assert_eq!(alice.connect(&scene).await, StatusCode::NO_CONTENT);
    publish(&his, &["1"]).await;
    assert_eq!(bob.read_data(), ["1"]);
    assert_eq!(bob.connect(&scene).await, StatusCode::OK);
    assert_eq!(scene.streaming_to("carol").await.0.id.len(), bob.id.len());
}

/// A stop is asked for by whom the stream is for, and by nobody else. What is said after it still
/// arrives.
#[tokio::test]
async fn its_subject_stops_the_work() {
    let scene = Scene::new();
    let (uri, key) = scene.uri_of("alice").await;
    let mut client = crate::client::Client::new(uri);
    client.connect(&scene).await;
    let publisher = scene.desk.publisher();
    let stop = async |name: &str| {
        let subject = Subject::new(name).unwrap();
        scene.sessions.stop(key, &subject).await.unwrap()
    };
    assert!(!stop("bob").await);
    assert_eq!(publisher.stopped().now_or_never(), None);
    assert!(stop("alice").await);
    assert_eq!(publisher.stopped().await, StopReason::Requested);
    publish(&publisher, &["stopped"]).await;
    publisher.finish().await.unwrap();
    let got = client.read();
    assert_eq!((got.data(), got.ended), (vec!["stopped".into()], true));
    let (_, other) = scene.uri_of("alice").await;
    let alice = Subject::new("alice").unwrap();
    assert!(!scene.sessions.stop(other, &alice).await.unwrap());
}

/// Work that nobody can get any more is told so.
#[tokio::test]
async fn a_closed_session_stops_its_work() {
    let scene = Scene::new();
    let (_client, publisher) = scene.streaming().await;
    scene.revoke("alice").await.unwrap();
    assert_eq!(publisher.stopped().await, StopReason::Closed);
}

/// Work learns for how long nobody has listened. A disconnect alone stops nothing.
#[tokio::test(start_paused = true)]
async fn work_learns_that_it_is_deserted() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    let clock = scene.world.clock.clone();
    let both = |span: Duration| {
        let clock = clock.clone();
        async move {
            sleep(span).await;
            clock.advance(span);
        }
    };
    let span = Duration::from_secs(60);
    let mut deserted = Box::pin(publisher.deserted(span, both));
    assert!(deserted.as_mut().now_or_never().is_none());
    client.disconnect();
    assert!(deserted.as_mut().now_or_never().is_none());
    assert_eq!(publisher.stopped().now_or_never(), None);
    client.connect(&scene).await;
    client.read();
    scene.wait(span * 2).await;
    assert!(deserted.as_mut().now_or_never().is_none());
    drop(deserted);
    client.disconnect();
    let left = Instant::now();
    publisher.deserted(span, both).await;
    assert_eq!(left.elapsed(), span);
}
