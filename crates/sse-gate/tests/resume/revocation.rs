//! Rights that end while something is under way.

use std::time::Duration;

use http::StatusCode;
use sse_gate::Subject;
use sse_gate::sessions::{CloseReason, SessionSignal};

use crate::desk::Task;
use crate::hand::Way;
use crate::scene::{Scene, publish};

/// G7, G18: after a revocation nothing is said but that, and then the place is free.
#[tokio::test]
async fn a_revoked_stream_says_no_more() {
    let scene = Scene::new();
    let (mut alice, hers) = scene.streaming().await;
    let (mut bob, his) = scene.streaming_to("bob").await;
    publish(&hers, &["not for her"]).await;
    assert_eq!(scene.revoke("alice").await.unwrap(), 1);
    assert_eq!(scene.slots.open(), 2, "her connection is still there");
    let got = alice.read();
    assert_eq!((got.names(), got.ended), (vec!["sse.close"], true));
    assert_eq!(scene.slots.open(), 1);
    publish(&his, &["1"]).await;
    assert_eq!(bob.read_data(), ["1"]);
    let closed = SessionSignal::Closed(CloseReason::Revoked);
    assert!(scene.told.take().contains(&closed));
}

/// G7: a stream that waits is woken by its revocation.
#[tokio::test]
async fn a_revocation_wakes_a_stream_that_waits() {
    let scene = Scene::new();
    let (mut client, _publisher) = scene.streaming().await;
    let mut connection = client.connection.take().unwrap();
    let waiting = tokio::spawn(async move { connection.wait().await });
    tokio::task::yield_now().await;
    scene.revoke("alice").await.unwrap();
    assert_eq!(waiting.await.unwrap().names(), ["sse.close"]);
}

/// G7: a revocation between the redemption of a token and the opening of its session. The token is
/// spent, and opens nothing.
#[tokio::test]
async fn a_token_that_is_being_redeemed_opens_nothing_after_a_revocation() {
    let scene = Scene::new();
    scene.desk.is_to(Task::RevokeFirst(scene.sessions.clone()));
    let mut client = scene.client("alice").await;
    let (status, _) = scene.ask_for_all(client.request()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(scene.is_at_rest() && scene.store.is_empty());
    assert_eq!(scene.desk.works(), 0);
    scene.desk.is_to(Task::Produce);
    assert_eq!(client.connect(&scene).await, StatusCode::UNAUTHORIZED);
    // Somebody else's is none of that, and a later token of hers is good.
    scene.streaming_to("bob").await;
    scene.streaming().await;
}

/// G7, I15: the same, of a handler that takes minutes before it attaches the stream. However long
/// ago the subject signed out, its session is not opened.
#[tokio::test(start_paused = true)]
async fn a_slow_handler_opens_nothing_after_a_revocation() {
    let scene = Scene::new();
    let long = Duration::from_secs(20 * 60);
    scene.desk.is_to(Task::TakeTime(long));
    let [mut alice, mut bob] = [scene.client("alice").await, scene.client("bob").await];
    let [of_alice, of_bob] =
        [&alice, &bob].map(|client| tokio::spawn(scene.call(client.request())));
    scene
        .until("both tokens", |it| it.desk.seen().len() == 2)
        .await;
    let subject = Subject::new("alice").unwrap();
    let revoked = scene.world.gate.revoke(&subject).await.unwrap();
    assert_eq!((revoked.tokens(), revoked.sessions()), (0, 0));
    scene.wait(long).await;
    assert_eq!(
        alice.take(of_alice.await.unwrap()),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(bob.take(of_bob.await.unwrap()), StatusCode::OK);
    assert_eq!(scene.desk.works(), 1);
}

/// G7: a revocation while the store opens the session.
#[tokio::test(start_paused = true)]
async fn a_session_that_is_being_opened_is_closed_by_a_revocation() {
    for way in [Way::HangsBefore, Way::HangsAfter] {
        let scene = Scene::new();
        scene.store.is_to(way);
        let mut client = scene.client("alice").await;
        let request = tokio::spawn(scene.call(client.request()));
        scene
            .until("the question", |it| it.store.asked() == 1)
            .await;
        scene.revoke("alice").await.unwrap();
        scene.store.let_go();
        let status = client.take(request.await.unwrap());
        if way == Way::HangsBefore {
            assert_eq!(status, StatusCode::UNAUTHORIZED);
        } else {
            assert_eq!(client.read().names(), ["sse.open", "sse.close"]);
        }
        assert!(scene.is_at_rest() && scene.store.is_empty(), "{way:?}");
    }
}

/// G7, I15: a revocation while a client goes on: before the step it is told to stop, after it the
/// new connection is closed.
#[tokio::test(start_paused = true)]
async fn a_client_that_is_going_on_is_stopped_by_a_revocation() {
    for way in [Way::HangsBefore, Way::HangsAfter] {
        let scene = Scene::new();
        let (mut client, publisher) = scene.streaming().await;
        client.disconnect();
        publish(&publisher, &["not for her"]).await;
        scene.store.is_to(way);
        let request = tokio::spawn(scene.call(client.request()));
        scene
            .until("the question", |it| it.store.asked() == 2)
            .await;
        scene.revoke("alice").await.unwrap();
        scene.store.let_go();
        let status = client.take(request.await.unwrap());
        if way == Way::HangsBefore {
            assert_eq!(status, StatusCode::NO_CONTENT);
        } else {
            assert_eq!(client.read().names(), ["sse.open", "sse.close"]);
        }
        assert!(scene.is_at_rest(), "{way:?}");
    }
}

/// C12, G7: a logout withdraws what was not used yet and closes what was.
#[tokio::test]
async fn a_logout_ends_streams_and_tokens() {
    let scene = Scene::new();
    let (mut client, _publisher) = scene.streaming().await;
    let mut unused = scene.client("alice").await;
    let alice = Subject::new("alice").unwrap();
    let revoked = scene.world.gate.revoke(&alice).await.unwrap();
    assert_eq!((revoked.tokens(), revoked.sessions()), (1, 1));
    assert_eq!(revoked.streams(), 0, "a session's stream is no strict one");
    assert!(!client.is_served());
    assert_eq!(client.connect(&scene).await, StatusCode::NO_CONTENT);
    assert_eq!(unused.connect(&scene).await, StatusCode::UNAUTHORIZED);
}
