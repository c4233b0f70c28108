//! More operations than a store that hangs should ever be left with.

use std::time::Duration;

use futures_util::future::join_all;
use http::StatusCode;
use sse_gate::StorePolicy;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::fickle::Mood;
use crate::scene::Scene;

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// G16: 20,000 well-spelled tokens leave no more tasks behind than operations may be under way.
/// Those past the bound are refused at once, and so is whatever comes later.
#[tokio::test(start_paused = true)]
async fn a_flood_before_a_store_that_hangs_leaves_a_bounded_number_of_tasks() {
    for mood in [Mood::Hangs, Mood::Loses] {
        let scene = Scene::new();
        let tokens = scene.foreign_tokens(20_000).await;
        scene.store.becomes(mood);
        let (before, started) = (tasks(), Instant::now());
        let timed = tokens.iter().map(|token| {
            let answer = scene.show(token);
            async move { (answer.await, started.elapsed()) }
        });
        let answers = join_all(timed).await;
        let is_unavailable = |status| status == StatusCode::SERVICE_UNAVAILABLE;
        assert!(answers.iter().all(|(status, _)| is_unavailable(*status)));
        let at_once = answers.iter().filter(|(_, took)| took.is_zero()).count();
        // The first trial past the bound may be one of them.
        assert!(at_once >= 20_000 - 513, "{at_once}");
        assert!(tasks() - before <= 513, "{mood:?}: {} tasks", tasks());
        assert!(scene.store.asked() <= 513, "{}", scene.store.asked());
        assert_eq!(scene.slots.open(), 0);

        let started = Instant::now();
        for token in &tokens[..100] {
            assert!(is_unavailable(scene.show(token).await));
        }
        assert!(started.elapsed().is_zero(), "{:?}", started.elapsed());
        assert_eq!(scene.mint().await.status(), 503);
        assert!(started.elapsed().is_zero(), "the mint shares the bound");
        scene.store.becomes(Mood::Works);
    }
}

/// G16, C21: requests for tokens are bounded before anybody is authenticated. The mint reads then.
#[tokio::test(start_paused = true)]
async fn a_flood_at_the_mint_leaves_a_bounded_number_of_tasks() {
    for mood in [Mood::Hangs, Mood::Loses] {
        let scene = Scene::new();
        scene.store.becomes(mood);
        let before = tasks();
        let answers = join_all((0..20_000).map(|_| scene.mint())).await;
        assert!(answers.iter().all(|response| response.status() == 503));
        assert!(tasks() - before <= 513, "{mood:?}: {} tasks", tasks());
        assert!(scene.store.asked() <= 513, "{}", scene.store.asked());
        scene.store.becomes(Mood::Works);
    }
}

/// G16: reads that fill the bound, and go on coming, make one trial each pause.
#[tokio::test(start_paused = true)]
async fn reads_past_the_bound_or_the_breaker_are_one_each_pause() {
    let scene = Scene::with(StorePolicy::default().with_max_under_way(20));
    scene.store.becomes(Mood::Loses);
    join_all((0..100).map(|_| scene.mint())).await;
    let asked = scene.store.asked();
    assert!(asked <= 21, "{asked}");
    assert_eq!(scene.breaker(true), 1);
    for trial in 1..=5 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        join_all((0..100).map(|_| scene.mint())).await;
        assert!(scene.store.asked() <= asked + trial);
    }
    assert!(scene.store.asked() > asked, "it is tried");
}

/// G16: no pause that can be set, and no number of failures, takes the bound away.
#[tokio::test(start_paused = true)]
async fn no_setting_of_the_breaker_takes_the_bound_away() {
    for (failures, pause) in [(1, Duration::ZERO), (u32::MAX, Duration::from_nanos(1))] {
        let policy = StorePolicy::default()
            .with_max_under_way(20)
            .with_breaker(failures, pause);
        let scene = Scene::with(policy);
        let tokens = scene.foreign_tokens(200).await;
        scene.store.becomes(Mood::Loses);
        let before = tasks();
        join_all(tokens.iter().map(|token| scene.show(token))).await;
        join_all(tokens.iter().map(|_| scene.mint())).await;
        assert!(tasks() - before <= 24, "{failures}: {} tasks", tasks());
        for _ in 0..400 {
            let shown = tokens[..2].iter().map(|token| scene.show(token));
            let minted = (0..2).map(|_| scene.mint());
            let asked = futures_util::future::join(join_all(shown), join_all(minted));
            let _ = tokio::time::timeout(Duration::from_millis(1), asked).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert!(tasks() - before <= 20 + 128, "{failures}: {}", tasks());
        }
    }
}

/// G16, E1: a program that only mints gets out of it by itself, too: its read is let through, and
/// the write that follows is the trial.
#[tokio::test(start_paused = true)]
async fn a_mint_whose_every_question_was_lost_is_in_use_again_within_a_second() {
    let scene = Scene::with(StorePolicy::default().with_max_under_way(50));
    scene.store.becomes(Mood::Loses);
    join_all((0..200).map(|_| scene.mint())).await;
    assert_eq!(scene.breaker(true), 1);
    scene.store.becomes(Mood::Works);
    let returned = Instant::now();
    while scene.mint().await.status() == 503 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(returned.elapsed() < Duration::from_secs(1));
    assert_eq!(scene.breaker(false), 1);
}

/// G16, F2: clients that leave at once leave no more behind.
#[tokio::test(start_paused = true)]
async fn clients_that_leave_at_once_are_bounded_too() {
    let scene = Scene::with(StorePolicy::default().with_max_under_way(20));
    let tokens = scene.foreign_tokens(1_000).await;
    scene.store.becomes(Mood::Loses);
    let before = tasks();
    for token in &tokens {
        let mut answer = Box::pin(scene.show(token));
        let _ = futures_util::poll!(&mut answer);
    }
    assert!(tasks() - before <= 21, "{} tasks", tasks());
    assert!(scene.store.asked() <= 21);
    scene
        .until("the breaker opens", |it| it.breaker(true) == 1)
        .await;
}

/// G16: an operation whose client waits no more is still under way, and counts.
#[tokio::test(start_paused = true)]
async fn late_operations_count_against_the_bound() {
    let policy = StorePolicy::default()
        .with_max_under_way(2)
        .with_breaker(1_000, Duration::from_secs(60));
    let scene = Scene::with(policy);
    let tokens = scene.foreign_tokens(4).await;
    scene.store.becomes(Mood::Hangs);
    join_all(tokens[..3].iter().map(|token| scene.show(token))).await;
    assert_eq!(scene.store.asked(), 3, "two, and a trial");
    let started = Instant::now();
    assert_eq!(scene.show(&tokens[3]).await, 503);
    assert_eq!(scene.mint().await.status(), 503);
    assert!(started.elapsed().is_zero());
    assert_eq!(scene.store.asked(), 3);
    scene.store.becomes(Mood::Works);
    scene
        .until("the late ones end", |it| it.store.done() == 3)
        .await;
    assert_eq!(scene.show(&tokens[3]).await, 401, "the store is asked");
}

/// G16, E1: a store that has lost what it was asked, as many operations as may be under way, is in
/// use again within a second of its return.
#[tokio::test(start_paused = true)]
async fn a_store_that_lost_every_question_is_in_use_again_within_a_second() {
    let scene = Scene::with(StorePolicy::default().with_max_under_way(50));
    let (token, before) = (scene.token().await, tasks());
    let tokens = scene.foreign_tokens(200).await;
    scene.store.becomes(Mood::Loses);
    join_all(tokens.iter().map(|token| scene.show(token))).await;
    assert_eq!(scene.breaker(true), 1);
    scene.store.becomes(Mood::Works);
    let returned = Instant::now();
    while scene.show(&tokens[0]).await == 503 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    scene
        .until("the lost ones are given up", |_| tasks() == before)
        .await;
    assert!(returned.elapsed() < Duration::from_secs(1));
    assert_eq!(scene.breaker(false), 1);
    let answers = join_all(tokens[..50].iter().map(|token| scene.show(token))).await;
    assert!(answers.iter().all(|status| *status == 401), "{answers:?}");
    assert_eq!(scene.show(&token).await, 200);
}

/// E1: what a program asks for itself has the same bounds, and runs to its end all the same.
#[tokio::test(start_paused = true)]
async fn a_withdrawal_within_bounds_ends_late_but_ends() {
    let scene = Scene::new();
    let (token, alice) = (scene.token().await, scene.grant().subject().clone());
    let done = scene.store.done();
    scene.store.becomes(Mood::Hangs);
    let started = Instant::now();
    assert!(scene.gate.revoke(&alice).await.is_err());
    assert_eq!(started.elapsed().as_millis(), 250);
    scene.store.becomes(Mood::Works);
    scene
        .until("the withdrawal", |it| it.store.done() == done + 1)
        .await;
    assert_eq!(scene.show(&token).await, 401);
    let token = scene.gate.issue(scene.grant()).await.unwrap();
    assert_eq!(scene.show(token.token().expose()).await, 200);
}
