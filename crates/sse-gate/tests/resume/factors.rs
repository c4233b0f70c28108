//! Credentials that are not both there, or not both good.

use http::StatusCode;
use sse_gate::core::{RefusalReason, Signal};
use sse_gate::sessions::{InvalidIdReason, SessionSignal};

use crate::scene::{Scene, publish};
use crate::support::{get, with};

/// An id with one of its parts changed: 1 is the key's name, 5 the sequence.
fn changed(id: &str, part: usize, to: &str) -> String {
    let mut parts: Vec<_> = id.split('.').collect();
    parts[part] = to;
    parts.join(".")
}

/// Another last letter, of which the text has the same length.
fn bent(text: &str) -> String {
    let last = if text.ends_with('A') { 'Q' } else { 'A' };
    format!("{}{last}", &text[..text.len() - 1])
}

/// I1, I2, I3, D14: whatever is wrong, the answer is that to any bad token, to the byte; the
/// session goes on, and the observer knows.
#[tokio::test]
async fn one_factor_is_refused_as_any_bad_token_is() {
    let scene = Scene::new();
    let (mut alice, publisher) = scene.streaming().await;
    let (bob, _bobs) = scene.streaming_to("bob").await;
    let (id, own) = (alice.id.clone(), alice.uri.clone());
    let parts: Vec<_> = id.split('.').map(str::to_owned).collect();
    let elsewhere = own.replace("/7/", "/8/");
    let refusal = scene.refusal().await;
    scene.told.take();
    let rows = [
        (&bob.uri, id.clone(), InvalidIdReason::OtherToken),
        (&own, bob.id.clone(), InvalidIdReason::OtherToken),
        (&elsewhere, id.clone(), InvalidIdReason::OtherToken),
        (&own, changed(&id, 1, "l"), InvalidIdReason::Forged),
        (
            &own,
            changed(&id, 2, &bent(&parts[2])),
            InvalidIdReason::Unknown,
        ),
        (&own, changed(&id, 3, "2"), InvalidIdReason::Forged),
        (&own, changed(&id, 3, "0"), InvalidIdReason::Forged),
        (
            &own,
            changed(&id, 4, &bent(&parts[4])),
            InvalidIdReason::Forged,
        ),
        (
            &own,
            changed(&bob.id, 4, &parts[4]),
            InvalidIdReason::Forged,
        ),
        (&own, changed(&id, 5, ""), InvalidIdReason::Malformed),
        (&own, changed(&id, 5, "00"), InvalidIdReason::Malformed),
        (
            &own,
            id[..id.len() - 2].to_owned(),
            InvalidIdReason::Malformed,
        ),
        (&own, id[..30].to_owned(), InvalidIdReason::Malformed),
        (&own, format!("{id}.0"), InvalidIdReason::Malformed),
        (&own, format!("{id} "), InvalidIdReason::Malformed),
        (&own, "sser1.".to_owned(), InvalidIdReason::Malformed),
        (
            &own,
            format!("sser1.{}", "A".repeat(70_000)),
            InvalidIdReason::Malformed,
        ),
    ];
    for (uri, shown, reason) in rows {
        let request = with(uri, &[("last-event-id", &shown)]);
        let answer = scene.ask_for_all(request).await;
        assert_eq!(answer, refusal, "{shown:.100} at {uri}");
        let told = scene.told.take();
        assert_eq!(told, [SessionSignal::Refused(reason)], "{shown:.100}");
    }
    publish(&publisher, &["still here"]).await;
    assert_eq!(alice.read_data(), ["still here"]);
    assert_eq!(alice.connect(&scene).await, StatusCode::OK);
}

/// I14, A1: a fresh token opens its stream whatever id is shown with it, its own subject's, another
/// one's or nobody's, and is spent then. The sessions whose ids were shown go on.
#[tokio::test]
async fn no_id_is_a_veto_on_a_fresh_token() {
    let scene = Scene::new();
    let (mut alice, _alices) = scene.streaming().await;
    let (mut bob, _bobs) = scene.streaming_to("bob").await;
    let stale = alice.id.clone();
    assert_eq!(alice.connect(&scene).await, StatusCode::OK);
    alice.read();
    let id = alice.id.clone();
    let refusal = scene.refusal().await;
    scene.told.take();
    let rows = [
        (id.clone(), InvalidIdReason::OtherToken),
        (stale, InvalidIdReason::OtherToken),
        (bob.id.clone(), InvalidIdReason::OtherToken),
        (changed(&id, 1, "l"), InvalidIdReason::Forged),
        (changed(&id, 3, "zz"), InvalidIdReason::Forged),
        (changed(&id, 2, &"A".repeat(22)), InvalidIdReason::Unknown),
        ("sser1.".to_owned(), InvalidIdReason::Malformed),
        (
            format!("sser1.{}", "A".repeat(70_000)),
            InvalidIdReason::Malformed,
        ),
    ];
    for (shown, reason) in rows {
        let mut fresh = scene.client("alice").await;
        let uri = fresh.uri.clone();
        let request = || with(&uri, &[("last-event-id", &shown)]);
        assert_eq!(fresh.take(scene.ask(request()).await), 200, "{shown:.100}");
        let got = fresh.read();
        assert_eq!(got.names(), ["sse.open"], "{shown:.100}");
        let told = scene.told.take();
        let expected = [SessionSignal::Refused(reason), SessionSignal::Opened];
        assert_eq!(told, expected, "{shown:.100}");
        assert_eq!(scene.ask_for_all(request()).await, refusal, "{shown:.100}");
        scene.told.take();
        // Its own id is good, and lets it go on.
        assert_eq!(fresh.connect(&scene).await, StatusCode::OK, "{shown:.100}");
        scene.told.take();
    }
    for client in [&mut alice, &mut bob] {
        assert!(client.is_served(), "another session was cut");
        assert_eq!(client.connect(&scene).await, StatusCode::OK);
    }
}

/// I14, B2: of several ids none counts: a fresh token opens its stream, and one that is no good has
/// too many beside it.
#[tokio::test]
async fn several_ids_are_none() {
    let scene = Scene::new();
    let (mut alice, _publisher) = scene.streaming().await;
    let id = alice.id.clone();
    for second in [id.as_str(), "sser1.x", "7", ""] {
        let ids = [("last-event-id", id.as_str()), ("last-event-id", second)];
        let answer = scene.ask(with(&alice.uri, &ids)).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{second:?}");
        let fresh = scene.uri_of("alice").await.0;
        let answer = scene.ask(with(&fresh, &ids)).await;
        assert_eq!(answer.status(), StatusCode::OK, "{second:?}");
    }
    assert_eq!(alice.connect(&scene).await, StatusCode::OK);
}

/// I14, E13: a client that asks for a token at each attempt comes back after a restart, with the id
/// of a session that nobody knows any more.
#[tokio::test]
async fn after_a_restart_a_fresh_token_opens() {
    let (before, after) = (Scene::new(), Scene::new());
    let (old, _publisher) = before.streaming().await;
    let mut again = after.client("alice").await;
    again.id.clone_from(&old.id);
    assert_eq!(again.connect(&after).await, StatusCode::OK);
    assert_eq!(again.read().names(), ["sse.open"]);
    let mut spent = after.client("alice").await;
    spent.uri.clone_from(&old.uri);
    spent.id.clone_from(&old.id);
    assert_eq!(
        after.ask_for_all(spent.request()).await,
        after.refusal().await
    );
}

/// I3: the spent token alone is a spent token, and an id that is no text is none.
#[tokio::test]
async fn a_token_without_its_id_is_spent() {
    let scene = Scene::new();
    let (mut alice, _publisher) = scene.streaming().await;
    let refusal = scene.refusal().await;
    assert_eq!(scene.ask_for_all(get(&alice.uri)).await, refusal);
    assert!(
        scene
            .world
            .witness
            .saw(Signal::Refused(RefusalReason::Used))
    );
    for bytes in [&b"sser1.\xff\xfe"[..], b"sser1.\t", b"sser1.k.\x80"] {
        let mut request = get(&alice.uri);
        let value = http::HeaderValue::from_bytes(bytes).unwrap();
        request.headers_mut().insert("last-event-id", value);
        assert_eq!(scene.ask_for_all(request).await, refusal, "{bytes:?}");
    }
    assert_eq!(alice.connect(&scene).await, StatusCode::OK);
}

/// I3: an id alone is a request without a token, to the byte.
#[tokio::test]
async fn an_id_without_a_token_is_nothing() {
    let scene = Scene::new();
    let (mut alice, _publisher) = scene.streaming().await;
    let without = scene.ask_for_all(get("/generations/7/stream")).await;
    assert_eq!(without.0, StatusCode::UNAUTHORIZED);
    let request = with("/generations/7/stream", &[("last-event-id", &alice.id)]);
    assert_eq!(scene.ask_for_all(request).await, without);
    assert_eq!(scene.store.asked(), 1, "nobody but the opening asked");
    assert_eq!(alice.connect(&scene).await, StatusCode::OK);
}

/// B2: a second credential beside the two is one too many.
#[tokio::test]
async fn a_third_credential_is_one_too_many() {
    let scene = Scene::new();
    let (mut alice, _publisher) = scene.streaming().await;
    let request = with(
        &alice.uri,
        &[("last-event-id", &alice.id), ("authorization", "Bearer x")],
    );
    assert_eq!(scene.ask(request).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(alice.connect(&scene).await, StatusCode::OK);
}
