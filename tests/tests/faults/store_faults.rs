//! Stores that hang.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use sse_gate::Signal;
use sse_gate::core::RefusalReason;
use sse_gate_tests::{Wait, eventually};

use crate::scene::Scene;

/// What the gate's layer gives a store by default.
const BUDGET: Duration = Duration::from_millis(250);

/// E1, F2, F6: a store that does not answer lets nobody in, and holds nobody up for longer than
/// its budget. The token is spent when the store has done what it was asked to.
#[tokio::test]
async fn a_store_that_hangs_costs_its_budget_and_no_more() {
    for wait in [Wait::Before, Wait::After] {
        let scene = Scene::new(wait).await;
        let request = scene.request("short").await;
        let start = Instant::now();
        let response = scene.connect().await.exchange(&request).await;
        let took = start.elapsed();
        assert_eq!(response.status, 503, "{wait:?}: {response:?}");
        assert_eq!(response.header("retry-after"), Some("1"), "{wait:?}");
        assert!(response.is_problem(), "{wait:?}: {response:?}");
        assert!((BUDGET..BUDGET * 6).contains(&took), "{wait:?}: {took:?}");
        assert_eq!(scene.slots.open(), 0, "{wait:?}");
        let unavailable = Signal::Refused(RefusalReason::Unavailable);
        assert_eq!(
            scene.seen.count(|signal| *signal == unavailable),
            1,
            "{wait:?}"
        );
        scene.store.let_go();
        scene
            .until("the store is done", |it| it.store.answered() == 1)
            .await;
        assert_eq!(scene.status(&request).await, 401, "{wait:?}: it is spent");
        assert_eq!(scene.handled.load(Ordering::SeqCst), 0, "{wait:?}");
        scene.at_rest().await;
    }
}

/// E1, F6: many clients before a store that hangs wait side by side and not one after another, and
/// leave nothing behind.
#[tokio::test]
async fn a_store_that_hangs_makes_no_queue() {
    // All of them ask before the first is given up, and with it the store, also on a busy machine.
    let budget = Duration::from_secs(2);
    let scene = Scene::with_budget(Wait::Before, budget).await;
    let mut requests = Vec::new();
    for _ in 0..16 {
        requests.push(scene.request("short").await);
    }
    let start = Instant::now();
    let asking = requests.iter().map(|request| scene.status(request));
    let statuses = futures_util::future::join_all(asking).await;
    let took = start.elapsed();
    assert_eq!(statuses, [503; 16]);
    assert!(took < budget * 6, "{took:?}");
    assert_eq!(scene.store.asked(), 16);
    scene.store.let_go();
    scene
        .until("the store is done", |it| it.store.answered() == 16)
        .await;
    // The breaker has opened, and lets one request each half second try the store.
    eventually("the store is asked again", async || {
        scene.status(&requests[0]).await != 503
    })
    .await;
    for request in &requests {
        assert_eq!(scene.status(request).await, 401, "it is spent");
    }
    scene.at_rest().await;
}
