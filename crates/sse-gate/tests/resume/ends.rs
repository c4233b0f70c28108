//! Sessions that are over.

use std::time::Duration;

use http::StatusCode;
use sse_gate::sessions::{CloseReason, GoneReason, ResumePolicy, SessionSignal};

use crate::scene::{Scene, publish};
use crate::support::get;

/// After the end a client that has had everything is told to stop, as often as it asks.
#[tokio::test]
async fn who_has_had_everything_is_told_to_stop() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    publish(&publisher, &["1", "2"]).await;
    publisher.finish().await.unwrap();
    let got = client.read();
    assert_eq!(
        (got.data(), got.ended),
        (vec!["1".into(), "2".into()], true)
    );
    for _ in 0..3 {
        assert_eq!(client.connect(&scene).await, StatusCode::NO_CONTENT);
    }
    let told = scene.told.take();
    assert_eq!(
        told.last(),
        Some(&SessionSignal::Gone(GoneReason::Complete))
    );
}

/// After the end a client that missed the tail gets it first.
#[tokio::test]
async fn who_missed_the_tail_gets_it_and_then_is_told_to_stop() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    publish(&publisher, &["1"]).await;
    client.read();
    client.disconnect();
    publish(&publisher, &["2", "3"]).await;
    publisher.finish().await.unwrap();
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    let got = client.read();
    assert_eq!(got.names(), ["sse.open", "message", "message", "sse.close"]);
    assert_eq!(
        (got.data(), got.ended),
        (vec!["2".into(), "3".into()], true)
    );
    assert!(got.text().ends_with(&close("complete")), "{got:?}");
    assert_eq!(client.connect(&scene).await, StatusCode::NO_CONTENT);
}

/// A 204 says nothing but that, and is not kept by anybody.
#[tokio::test]
async fn the_answer_that_stops_a_client_is_empty_and_not_kept() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    publisher.finish().await.unwrap();
    client.read();
    let (status, text) = scene.ask_for_all(client.request()).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(
        text,
        r#"{"cache-control": "no-store", "referrer-policy": "no-referrer"} b"""#
    );
}

/// I15, I12, I14, G7: whatever ended a session, both factors get 204 and one gets 401.
#[tokio::test(start_paused = true)]
async fn both_factors_are_told_to_stop_and_one_is_refused() {
    for reason in [
        CloseReason::Revoked,
        CloseReason::Deadline,
        CloseReason::Idle,
    ] {
        let scene = Scene::new();
        let (mut client, _publisher) = scene.streaming().await;
        match reason {
            CloseReason::Deadline => {
                scene.wait(Duration::from_secs(3_600)).await;
                assert_eq!(client.read().text(), close("deadline"));
            }
            CloseReason::Idle => {
                client.disconnect();
                scene.wait(Duration::from_secs(120)).await;
            }
            _ => {
                scene.revoke("alice").await.unwrap();
                assert_eq!(client.read().text(), close("revoked"));
            }
        }
        assert_eq!(client.connect(&scene).await, StatusCode::NO_CONTENT);
        let gone = SessionSignal::Gone(GoneReason::Closed(reason));
        assert_eq!(scene.told.take().last(), Some(&gone));
        let refusal = scene.refusal().await;
        assert_eq!(scene.ask_for_all(get(&client.uri)).await, refusal);
        // With a token of one's own, the id is worth nothing and changes nothing.
        let mut other = client.twin();
        other.uri = scene.uri_of("bob").await.0;
        assert_eq!(other.connect(&scene).await, StatusCode::OK);
        other.disconnect();
        assert!(scene.is_at_rest());
    }
}

/// G7: a deadline ends a stream that waits, with a word, at once.
#[tokio::test(start_paused = true)]
async fn a_deadline_wakes_a_stream_that_waits() {
    let scene = Scene::new();
    let (mut client, _publisher) = scene.streaming().await;
    let mut connection = client.connection.take().unwrap();
    let started = tokio::time::Instant::now();
    let mut text = String::new();
    loop {
        let got = connection.wait().await;
        text.push_str(&got.text().replace(":\n\n", ""));
        if got.ended {
            break;
        }
    }
    assert_eq!(text, close("deadline"));
    assert_eq!(started.elapsed().as_secs(), 3_600);
}

/// I12: a client may be away for as long as its session waits, and not a moment longer.
#[tokio::test(start_paused = true)]
async fn a_session_waits_for_a_set_time() {
    for (span, status) in [(29_999, StatusCode::OK), (30_000, StatusCode::NO_CONTENT)] {
        let idle = ResumePolicy::default().with_idle(Duration::from_secs(30));
        let scene = Scene::with(|settings| settings.with_policy(idle));
        let (mut client, _publisher) = scene.streaming().await;
        client.disconnect();
        scene.wait(Duration::from_millis(span)).await;
        assert_eq!(client.connect(&scene).await, status, "{span}");
    }
}

fn close(reason: &str) -> String {
    format!("event: sse.close\ndata: {{\"v\":1,\"reason\":\"{reason}\"}}\n\n")
}
