//! When a store is left alone, and when it is asked again.

use std::future::ready;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http::Request;
use http::request::Parts;
use http_body_util::Empty;
use sse_gate::core::{Cap, IssueErrorKind, Signal};
use sse_gate::mint::{AuthError, Denied, Identity, MintRequest, MintService, Permit};
use sse_gate::{GateLayer, Limits, SseRoute, StorePolicy};
use tokio::time::Instant;
use tower::ServiceExt;

use crate::fickle::Mood;
use crate::scene::Scene;

const PAUSE: Duration = Duration::from_millis(500);

/// E1: five failures open it, whatever kind they are of and wherever they are seen. Then everybody
/// is refused at once, and the store is asked once each pause, until it answers.
#[tokio::test(start_paused = true)]
async fn it_opens_after_five_failures_and_tries_the_store_once_each_pause() {
    for mood in [Mood::Errs, Mood::Hangs, Mood::Loses] {
        let scene = Scene::new();
        let token = scene.token().await;
        let tokens = scene.foreign_tokens(5).await;
        scene.store.becomes(mood);
        for token in &tokens[..3] {
            assert_eq!(scene.show(token).await, 503, "{mood:?}");
        }
        assert_eq!(scene.mint().await.status(), 503);
        assert_eq!(scene.breaker(true), 0, "{mood:?}: four failures");
        assert_eq!(scene.mint().await.status(), 503);
        assert_eq!(scene.breaker(true), 1, "{mood:?}: five failures");

        let (asked, started) = (scene.store.asked(), Instant::now());
        for token in &tokens {
            assert_eq!(scene.show(token).await, 503);
            let response = scene.mint().await;
            assert_eq!(response.status(), 503);
            assert_eq!(response.headers()["retry-after"], "1");
        }
        assert!(started.elapsed().is_zero(), "{mood:?}");
        assert_eq!(scene.store.asked(), asked, "{mood:?}: it was asked");

        for trial in 1..=3 {
            tokio::time::sleep(PAUSE).await;
            for token in &tokens {
                assert_eq!(scene.show(token).await, 503);
            }
            assert_eq!(scene.store.asked(), asked + trial, "{mood:?}");
        }
        scene.store.becomes(Mood::Works);
        tokio::time::sleep(PAUSE).await;
        assert_eq!(scene.show(&token).await, 200, "{mood:?}: untouched");
        assert_eq!(scene.mint().await.status(), 200);
        assert_eq!((scene.breaker(true), scene.breaker(false)), (1, 1));
    }
}

/// E1: all layers and mints of a gate know what one of them has learnt.
#[tokio::test(start_paused = true)]
async fn it_is_shared_by_all_layers_and_mints_of_a_gate() {
    let scene = Scene::new();
    let token = scene.token().await;
    let route = SseRoute::new("/rooms/{id}").unwrap();
    let other = GateLayer::new(&scene.gate, route);
    scene.store.becomes(Mood::Errs);
    for _ in 0..5 {
        scene.mint().await;
    }
    let asked = scene.store.asked();
    let scene = Scene {
        layer: other,
        ..scene
    };
    assert_eq!(scene.show(&token).await, 503);
    assert_eq!(scene.store.asked(), asked);
}

/// E1: the client that makes the trial may leave. What the store answers counts all the same.
#[tokio::test(start_paused = true)]
async fn a_trial_counts_without_its_client() {
    let scene = Scene::new();
    let token = scene.token().await;
    scene.store.becomes(Mood::Errs);
    for _ in 0..5 {
        scene.mint().await;
    }
    tokio::time::sleep(PAUSE).await;
    scene.store.becomes(Mood::Hangs);
    let mut trial = Box::pin(scene.show(&token));
    assert!(futures_util::poll!(&mut trial).is_pending());
    drop(trial);
    scene.store.becomes(Mood::Works);
    scene.until("it closes", |it| it.breaker(false) == 1).await;
    assert_eq!(scene.show(&token).await, 401, "the token is spent");
}

/// E1: a store that refuses is in order, however often it does.
#[tokio::test(start_paused = true)]
async fn what_a_store_refuses_does_not_open_it() {
    let limits = Limits::default().with_tokens_per_subject(1);
    let scene = Scene::with_limits(StorePolicy::default(), limits);
    let token = scene.token().await;
    for _ in 0..20 {
        assert_eq!(scene.mint().await.status(), 429);
    }
    for unknown in scene.foreign_tokens(20).await {
        assert_eq!(scene.show(&unknown).await, 401);
    }
    let full = IssueErrorKind::Full(Cap::TokensPerSubject);
    assert!(scene.witness.saw(Signal::IssueRefused(full)));
    assert_eq!(scene.breaker(true), 0);
    assert_eq!(scene.show(&token).await, 200);
}

/// E1: a success between failures starts the count anew.
#[tokio::test(start_paused = true)]
async fn failures_that_are_not_in_a_row_do_not_open_it() {
    let scene = Scene::new();
    for _ in 0..3 {
        scene.store.becomes(Mood::Errs);
        for _ in 0..4 {
            assert_eq!(scene.mint().await.status(), 503);
        }
        scene.store.becomes(Mood::Works);
        assert_eq!(scene.mint().await.status(), 200);
    }
    assert_eq!(scene.breaker(true), 0);
}

/// E1: a store that reads and does not write is broken, too. The mint reads before it writes.
#[tokio::test(start_paused = true)]
async fn a_store_that_only_reads_opens_it() {
    let scene = Scene::new();
    let token = scene.token().await;
    scene.store.becomes(Mood::LosesInsertions);
    for _ in 0..5 {
        assert_eq!(scene.mint().await.status(), 503);
    }
    assert_eq!(scene.breaker(true), 1);
    for _ in 0..3 {
        let (asked, started) = (scene.store.asked(), Instant::now());
        assert_eq!(scene.mint().await.status(), 503);
        assert_eq!(scene.show(&token).await, 503);
        assert!(started.elapsed().is_zero());
        assert_eq!(scene.store.asked(), asked);
        tokio::time::sleep(PAUSE).await;
        assert_eq!(scene.mint().await.status(), 503, "a trial");
    }
    assert_eq!(scene.breaker(false), 0);
    scene.store.becomes(Mood::Works);
    tokio::time::sleep(PAUSE).await;
    assert_eq!(
        scene.mint().await.status(),
        200,
        "a mint alone can close it"
    );
    assert_eq!(scene.breaker(false), 1);
    assert_eq!(scene.show(&token).await, 200);
}

/// E1, G16: callers who are not known don't use up what one who is known needs.
#[tokio::test(start_paused = true)]
async fn strangers_at_the_mint_do_not_keep_it_open() {
    let scene = Scene::new();
    scene.store.becomes(Mood::Errs);
    for _ in 0..5 {
        assert_eq!(scene.mint().await.status(), 503);
    }
    scene.store.becomes(Mood::Works);
    tokio::time::sleep(PAUSE).await;
    let nobody = |_: Parts| ready(Err::<Identity, _>(AuthError::invalid()));
    let never = |_: MintRequest| ready(Err::<Permit, _>(Denied::Forbidden));
    let strangers = MintService::new(&scene.gate, &scene.route, nobody, never);
    for _ in 0..100 {
        let request = Request::post("/rooms/7/token").body(Empty::<Bytes>::new());
        let response = strangers.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), 401);
    }
    assert_eq!(scene.breaker(false), 0);
    assert_eq!(scene.mint().await.status(), 200);
    assert_eq!(scene.breaker(false), 1);
}

/// E1: late answers show that a store is back, and it is tried at once. One that is always late is
/// not asked more often for that.
#[tokio::test(start_paused = true)]
async fn a_late_answer_brings_the_next_trial_forward() {
    let scene = Scene::new();
    let tokens = scene.foreign_tokens(10).await;
    scene.store.becomes(Mood::Hangs);
    join_all(tokens.iter().map(|token| scene.show(token))).await;
    assert_eq!(scene.breaker(true), 1);
    scene.store.becomes(Mood::Works);
    let started = Instant::now();
    scene
        .until("the late answers", |it| it.store.done() == 10)
        .await;
    for token in &tokens {
        assert_eq!(scene.show(token).await, 401);
    }
    assert!(started.elapsed() < Duration::from_millis(10));
    assert_eq!(scene.breaker(false), 1);

    scene.store.becomes(Mood::Hangs);
    join_all(tokens.iter().map(|token| scene.show(token))).await;
    scene.store.becomes(Mood::Works);
    scene
        .until("the late answers", |it| it.store.done() == 30)
        .await;
    scene.store.becomes(Mood::Hangs);
    let asked = scene.store.asked();
    join_all(tokens.iter().map(|token| scene.show(token))).await;
    assert_eq!(scene.store.asked(), asked + 1, "one trial");
    assert_eq!(scene.breaker(false), 1);
}

/// E1, F6: when a trial has shown that the store is back, what it was asked before has one more
/// budget of time to be answered, and is given up then.
#[tokio::test(start_paused = true)]
async fn what_is_late_has_one_budget_more_once_the_store_is_back() {
    let scene = Scene::new();
    let token = scene.token().await;
    let tokens = scene.foreign_tokens(5).await;
    let before = scene.store.done();
    // The breaker opens at 250 ms, and the trial comes at 750 ms.
    let (soon, late) = (Duration::from_millis(900), Duration::from_millis(1_100));
    let mut shown = Vec::new();
    for (number, token) in tokens.iter().enumerate() {
        let span = if number < 3 { soon } else { late };
        scene.store.becomes(Mood::Takes(span));
        let mut asking = Box::pin(scene.show(token));
        assert!(futures_util::poll!(&mut asking).is_pending());
        shown.push(asking);
    }
    assert_eq!(join_all(shown).await, [503; 5]);
    scene.store.becomes(Mood::Works);
    tokio::time::sleep(PAUSE).await;
    assert_eq!(scene.show(&token).await, 200);
    assert_eq!(scene.store.done() - before, 1);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.store.done() - before, 4);
}
