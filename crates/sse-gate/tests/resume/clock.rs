//! What wall clocks that are set do to streams that clients go on with. I20

use std::time::Duration;

use http::StatusCode;
use sse_gate::Publisher;

use crate::client::Client;
use crate::scene::{Scene, publish};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// I20: a stream that was opened while the wall clock was ahead ends after the time that was
/// settled, whichever of its connections is there.
#[tokio::test(start_paused = true)]
async fn a_wall_put_right_lengthens_no_stream() {
    for comes_back in [false, true] {
        let scene = Scene::new();
        scene.world.clock.set_wall_ahead(HOUR);
        let (mut client, _publisher) = scene.streaming().await;
        scene.world.clock.set_wall_back(HOUR);
        if comes_back {
            assert_eq!(client.connect(&scene).await, StatusCode::OK);
            assert_eq!(client.read().names(), ["sse.open"]);
        }
        scene.wait(HOUR / 2).await;
        assert!(!client.read().ended);
        scene.wait(HOUR / 2).await;
        let got = client.read();
        assert_eq!((got.names(), got.ended), (vec!["sse.close"], true));
        assert_eq!(client.connect(&scene).await, StatusCode::NO_CONTENT);
    }
}

/// E9: a stream whose machine slept beyond its deadline says so when it is next asked.
#[tokio::test(start_paused = true)]
async fn a_stream_ends_that_slept_beyond_its_deadline() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    scene.world.clock.set_wall_ahead(HOUR);
    publish(&publisher, &["1"]).await;
    let got = client.read();
    assert_eq!((got.names(), got.ended), (vec!["sse.close"], true));
}

/// A client whose stream has just given an event, and was not asked since.
async fn streaming_busily(scene: &Scene) -> (Client, Publisher) {
    let (mut client, publisher) = scene.streaming().await;
    publish(&publisher, &["1"]).await;
    let frame = client.connection.as_mut().unwrap().read_frame();
    assert_eq!(frame.names(), ["message"]);
    (client, publisher)
}

/// E9, I20: so does one that has just sent an event, and has another one. That comes too late.
#[tokio::test(start_paused = true)]
async fn a_busy_stream_says_at_its_deadline_that_it_is_over() {
    let scene = Scene::new();
    let (mut client, publisher) = streaming_busily(&scene).await;
    publish(&publisher, &["2"]).await;
    scene.world.clock.set_wall_ahead(HOUR);
    let got = client.read();
    assert_eq!((got.names(), got.ended), (vec!["sse.close"], true));
}

/// E9, I20: so does one whose log has ended since it sent an event. Its end holds no event, so it does not come too late.
#[tokio::test(start_paused = true)]
async fn a_stream_that_is_asked_late_says_how_its_log_ended() {
    let scene = Scene::new();
    let (mut client, publisher) = streaming_busily(&scene).await;
    publisher.finish().await.unwrap();
    scene.world.clock.set_wall_ahead(HOUR);
    let got = client.read();
    assert_eq!((got.names(), got.ended), (vec!["sse.close"], true));
    assert_eq!(got.events[0].data, r#"{"v":1,"reason":"complete"}"#);
}

/// E9: an event comes too late, too, if the server stops at that time: a last word takes none along.
#[tokio::test(start_paused = true)]
async fn a_stop_makes_no_event_come_in_time() {
    let scene = Scene::new();
    let (mut client, publisher) = streaming_busily(&scene).await;
    publish(&publisher, &["2"]).await;
    scene.desk.shut_down();
    scene.world.clock.set_wall_ahead(HOUR);
    let got = client.read();
    assert!(got.ended && got.events.is_empty(), "{got:?}");
}
