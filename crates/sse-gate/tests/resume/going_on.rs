//! Clients that go on.

use std::time::Duration;

use http::StatusCode;
use proptest::test_runner::{Config, TestRunner};
use sse_gate::core::Signal;
use sse_gate::sessions::{CloseReason, GoneReason, InvalidIdReason, ResumePolicy, SessionSignal};

use crate::scene::{Scene, publish};

/// I17: a client goes on right behind what it had, and its connection before says no more.
#[tokio::test]
async fn a_client_goes_on_behind_its_last_event() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    publish(&publisher, &["1", "2"]).await;
    assert_eq!(client.read_data(), ["1", "2"]);
    publish(&publisher, &["3"]).await;

    let mut before = client.connection.take().unwrap();
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    publish(&publisher, &["4"]).await;
    let last = before.read();
    assert!(last.ended && last.frames.is_empty(), "{last:?}");
    let got = client.read();
    assert_eq!(got.names(), ["sse.open", "message", "message"]);
    assert_eq!(
        (got.frames.len(), got.data()),
        (1, vec!["3".into(), "4".into()])
    );
    publish(&publisher, &["5"]).await;
    assert_eq!(client.read_data(), ["5"]);
    assert_eq!(
        scene.told.take(),
        [
            SessionSignal::Opened,
            SessionSignal::Resumed { again: false }
        ]
    );
}

/// The connection before is woken to end, not only found ended.
#[tokio::test]
async fn the_connection_before_is_woken() {
    let scene = Scene::new();
    let (mut client, _publisher) = scene.streaming().await;
    let mut before = client.connection.take().unwrap();
    let before = tokio::spawn(async move { before.wait().await });
    tokio::task::yield_now().await;
    client.connect(&scene).await;
    assert!(before.await.unwrap().frames.is_empty());
}

/// A1, I17: reconnects at any moments lose nothing, double nothing, and use the token once.
#[test]
fn however_often_it_is_cut_off_a_client_sees_each_event_once() {
    let mut runner = TestRunner::new(Config::with_cases(60));
    let rounds = proptest::collection::vec((0_usize..4, 0_usize..3, 0_usize..3), 1..40);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let law = |rounds: Vec<(usize, usize, usize)>| {
        runtime.block_on(tokio::task::unconstrained(async {
            let scene = Scene::new();
            let mut client = scene.client("alice").await;
            client.connect(&scene).await;
            let publisher = scene.desk.publisher();
            let (mut sent, mut seen, mut lost) = (0, Vec::new(), 0);
            for (events, reads, how) in rounds {
                for _ in 0..events {
                    sent += 1;
                    publish(&publisher, &[&sent.to_string()]).await;
                }
                // Without an id a client has nothing to come back with, and two answers may be lost.
                let needs_id = client.id.is_empty() || lost == 2;
                for _ in 0..reads.max(usize::from(needs_id)) {
                    seen.extend(client.read_data());
                    lost = 0;
                }
                if how == 0 {
                    continue;
                }
                if how == 1 {
                    client.disconnect();
                }
                assert_eq!(client.connect(&scene).await, StatusCode::OK);
                lost += 1;
            }
            seen.extend(client.read_data());
            let all: Vec<_> = (1..=sent).map(|number: usize| number.to_string()).collect();
            assert_eq!(seen, all);
            assert_eq!(scene.desk.works(), 1);
            let redeemed = Signal::Redeemed { continues: false };
            let signals = scene.world.witness.signals();
            assert_eq!(signals.iter().filter(|it| **it == redeemed).count(), 1);
        }));
        Ok(())
    };
    runner.run(&rounds, law).unwrap();
}

/// I5: if the answer is lost, the same id counts again: twice, and each time the connection before
/// is cut. I4: a third time is one too many, and everything is closed.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_costs_nothing_a_few_times() {
    let scene = Scene::new();
    let (mut client, publisher) = scene.streaming().await;
    publish(&publisher, &["1"]).await;
    client.read();
    let mut lost = client.twin();
    lost.connect(&scene).await;
    for _ in 0..2 {
        // The client got nothing of the answer: its id is the one before.
        let mut again = client.twin();
        assert_eq!(again.connect(&scene).await, StatusCode::OK);
        assert!(!lost.is_served());
        lost = again;
    }
    publish(&publisher, &["2"]).await;
    assert_eq!(lost.read_data(), ["2"]);
    assert_eq!(
        client.twin().connect(&scene).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        lost.read().text(),
        "event: sse.close\ndata: {\"v\":1,\"reason\":\"reuse\"}\n\n"
    );
    assert_eq!(lost.connect(&scene).await, StatusCode::NO_CONTENT);
    let told = scene.told.take();
    assert!(
        told.contains(&SessionSignal::Refused(InvalidIdReason::Reuse)),
        "{told:?}"
    );
    let gone = SessionSignal::Gone(GoneReason::Closed(CloseReason::Reuse));
    assert_eq!(told.last(), Some(&gone));
    client.disconnect();
    assert!(scene.is_at_rest());
}

/// I4: behind its window an id that was used is one that was stolen.
#[tokio::test(start_paused = true)]
async fn an_id_that_was_used_is_good_for_a_while_only() {
    for (span, status) in [(9_999, StatusCode::OK), (10_000, StatusCode::UNAUTHORIZED)] {
        let scene = Scene::new();
        let (client, _publisher) = scene.streaming().await;
        client.twin().connect(&scene).await;
        scene.wait(Duration::from_millis(span)).await;
        assert_eq!(client.twin().connect(&scene).await, status, "{span}");
    }
}

/// I4, I6: a strict policy knows no second time.
#[tokio::test]
async fn a_strict_policy_takes_every_id_once() {
    let scene =
        Scene::with(|settings| settings.with_policy(ResumePolicy::default().with_strict_ids()));
    let (mut client, _publisher) = scene.streaming().await;
    let thief = client.twin();
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    client.read();
    assert_eq!(thief.twin().connect(&scene).await, StatusCode::UNAUTHORIZED);
    assert!(!client.is_served(), "a clone lives on");
}
