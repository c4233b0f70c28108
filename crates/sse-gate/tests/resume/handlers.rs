//! What handlers do with their streams.

use http::StatusCode;
use http_body_util::BodyExt;
use sse_gate::Event;
use sse_gate::sessions::{CloseReason, SessionSignal};

use crate::desk::Task;
use crate::scene::{Scene, publish};

/// I11: a handler is asked each time, and may say no: the session waits on.
#[tokio::test]
async fn a_handler_may_refuse_a_client_that_comes_back() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    scene.desk.is_to(Task::Refuse);
    let (status, _) = scene.ask_for_all(client.request()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(!client.is_served(), "the step was made, the connection cut");
    assert!(scene.is_at_rest());
    scene.desk.is_to(Task::Produce);
    publish(&publisher, &["1"]).await;
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    assert_eq!(client.read_data(), ["1"]);
    let told = scene.told.take();
    assert_eq!(told.last(), Some(&SessionSignal::Resumed { again: true }));
}

/// A handler that refuses a first opening begins no session. F4: the token is spent.
#[tokio::test]
async fn a_handler_may_refuse_a_first_opening() {
    let scene = Scene::new();
    scene.desk.is_to(Task::Refuse);
    let mut client = scene.client("alice").await;
    let (status, _) = scene.ask_for_all(client.request()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    scene.desk.is_to(Task::Produce);
    assert_eq!(client.connect(&scene).await, StatusCode::UNAUTHORIZED);
    assert!(scene.is_at_rest() && scene.store.is_empty());
    assert_eq!((scene.desk.works(), scene.told.take().len()), (0, 0));
}

/// A request has one stream.
#[tokio::test]
async fn a_stream_is_attached_once() {
    let scene = Scene::new();
    scene.desk.is_to(Task::AttachTwice);
    let client = scene.client("alice").await;
    let (status, text) = scene.ask_for_all(client.request()).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(text.contains("attached twice"), "{text}");
    assert_eq!(scene.desk.works(), 1);
    assert!(scene.is_at_rest());
}

/// G8: a handler that answers with a body of its own has a place for as long as that lasts.
#[tokio::test]
async fn a_body_of_the_handlers_own_has_a_place_too() {
    let scene = Scene::new().with_slots(1, 1);
    scene.desk.is_to(Task::Ignore);
    let client = scene.client("alice").await;
    let open = scene.ask(client.request()).await;
    assert_eq!(scene.slots.open(), 1, "a stream without a place");
    let other = scene.client("bob").await;
    let status = scene.ask(other.request()).await.status();
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    drop(open);
    assert!(scene.is_at_rest());
}

/// Many read one log, each from where it came, and go on each with its own.
#[tokio::test]
async fn many_follow_one_log() {
    let scene = Scene::new();
    let log = scene.log();
    scene.desk.is_to(Task::Follow(log.clone()));
    let say = async |text: &'static str| log.append(&Event::new().data(text)).await.unwrap();
    say("before anybody").await;
    let mut alice = scene.client("alice").await;
    alice.connect(&scene).await;
    alice.read();
    say("1").await;
    let mut bob = scene.client("bob").await;
    bob.connect(&scene).await;
    bob.read();
    alice.disconnect();
    say("2").await;
    assert_eq!(bob.read_data(), ["2"]);
    alice.connect(&scene).await;
    assert_eq!(alice.read_data(), ["1", "2"]);
    scene.revoke("bob").await.unwrap();
    say("3").await;
    assert!(bob.read().ended, "somebody else's revocation is not hers");
    assert_eq!(alice.read_data(), ["3"]);
}

/// The response of a resumable stream is an event stream that nobody keeps, at any opening.
#[tokio::test]
async fn a_stream_has_the_headers_of_one() {
    let scene = Scene::new();
    let client = scene.client("alice").await;
    let first = scene.ask(client.request()).await;
    let (head, body) = first.into_parts();
    assert_eq!(head.headers["content-type"], "text/event-stream");
    assert_eq!(
        head.headers["cache-control"],
        "no-store, no-transform, private"
    );
    drop(scene.desk.publisher());
    let text = body.collect().await.unwrap().to_bytes();
    assert!(text.ends_with(b"event: sse.error\ndata: {\"v\":1,\"reason\":\"internal\"}\n\n"));
}

/// I9: a log that was made anew is another one. Its client is not left to believe that it has had
/// everything.
#[tokio::test]
async fn a_log_in_another_life_ends_the_session() {
    let scene = Scene::new();
    scene.desk.is_to(Task::Follow(
        futures_util::FutureExt::now_or_never(scene.logs.create())
            .expect("memory is ready at once")
            .unwrap(),
    ));
    let mut client = scene.client("alice").await;
    client.connect(&scene).await;
    client.read();
    client.disconnect();
    scene.desk.is_to(Task::Follow(
        futures_util::FutureExt::now_or_never(scene.logs.create())
            .expect("memory is ready at once")
            .unwrap(),
    ));
    assert_eq!(client.connect(&scene).await, StatusCode::GONE);
    assert_eq!(client.connect(&scene).await, StatusCode::NO_CONTENT);
    let closed = SessionSignal::Closed(CloseReason::Rollback);
    assert!(scene.told.take().contains(&closed));
    assert!(scene.is_at_rest() && scene.store.is_empty());
}
