//! A limiter that can't be asked.

use std::time::Duration;

use http::StatusCode;
use sse_gate::GateRejection;
use sse_gate::core::Signal;
use tokio::time::{Instant, sleep};

use crate::cluster::{Cluster, until};
use crate::moody::Mood;
use crate::support::with;

/// The default budget of a store.
const BUDGET: Duration = Duration::from_millis(250);

/// G16: without the limiter there are no new streams. Their tokens stay good.
#[tokio::test(start_paused = true)]
async fn without_the_limiter_a_new_stream_is_refused_and_its_token_stays_good() {
    for mood in [Mood::Errs, Mood::Hangs] {
        let cluster = Cluster::new(100, 2);
        for node in [cluster.node(), cluster.resumable_node()] {
            let uri = node.uri_of("alice").await;
            node.limiter.becomes(mood);
            let started = Instant::now();
            let refused = node.get(&uri).await;
            assert!(started.elapsed() <= 2 * BUDGET);
            assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{mood:?}");
            assert_eq!(refused.headers["retry-after"], "1");
            assert_eq!(node.slots.open(), 0);
            node.limiter.becomes(Mood::Works);
            assert_eq!(node.get(&uri).await.status, StatusCode::OK, "{mood:?}");
        }
    }
}

/// G16: if the limiter fails between the two questions, the stream is refused, and its token is spent.
/// A claim that the limiter grants late is taken back.
#[tokio::test(start_paused = true)]
async fn a_claim_that_is_granted_too_late_is_taken_back() {
    let cluster = Cluster::new(100, 2);
    let node = cluster.node();
    let uri = node.uri_of("alice").await;
    node.limiter.becomes(Mood::HangsClaims);
    let refused = node.get(&uri).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    let check = GateRejection::Unavailable.as_str();
    assert!(node.witness.saw(Signal::TurnedAway { check }));
    node.limiter.becomes(Mood::Works);
    until("the late claim", || node.limiter.freed() == 1).await;
    assert_eq!(cluster.limiter.len(), 0);
    assert_eq!(node.get(&uri).await.status, StatusCode::UNAUTHORIZED);
}

/// E1, G16: a client that comes back is told to wait, with an id that is good later.
#[tokio::test(start_paused = true)]
async fn without_the_limiter_a_client_that_comes_back_waits() {
    for mood in [Mood::Errs, Mood::Hangs] {
        let cluster = Cluster::new(100, 1);
        let node = cluster.resumable_node();
        let uri = node.uri_of("alice").await;
        let mut stream = node.get(&uri).await;
        let id = stream.last_id();
        cluster.publish("one");
        node.limiter.becomes(mood);
        for _ in 0..3 {
            let mut told = node.resume(&uri, &id).await;
            assert_eq!(told.status, StatusCode::OK, "{mood:?}");
            let text = told.read();
            assert!(text.contains("event: sse.wait\n"), "{text}");
            assert!(text.contains(&format!("id: {id}\n")), "{text}");
            assert_eq!(node.slots.open(), 1, "a client that waits has a slot");
        }
        // Its connection was not cut.
        assert!(stream.read().contains("data: one\n"));
        node.limiter.becomes(Mood::Works);
        let mut resumed = node.resume(&uri, &id).await;
        let text = resumed.read();
        assert!(text.contains("event: sse.open\n"), "{text}");
    }
}

/// E1, G16: so is a caller with its own credential that continues its stream.
#[tokio::test(start_paused = true)]
async fn without_the_limiter_a_caller_that_comes_back_waits() {
    let cluster = Cluster::new(100, 1);
    let node = cluster.resumable_node().with_callers();
    let bearer = ("authorization", "Bearer alice");
    let mut stream = node.ask(with("/rooms/7", &[bearer])).await;
    let id = stream.last_id();
    let resume = || node.ask(with("/rooms/7", &[bearer, ("last-event-id", &id)]));
    node.limiter.becomes(Mood::Errs);
    let mut told = resume().await;
    let text = told.read();
    assert_eq!(told.status, StatusCode::OK);
    assert!(text.contains("event: sse.wait\n"), "{text}");
    assert!(text.contains(&format!("id: {id}\n")), "{text}");
    node.limiter.becomes(Mood::Works);
    let mut resumed = resume().await;
    assert!(resumed.read().contains("event: sse.open\n"));
    assert_eq!(cluster.alices(), 1);
}

/// G16: a limiter that fails again and again is not asked for a while.
#[tokio::test(start_paused = true)]
async fn a_limiter_that_fails_repeatedly_is_not_asked() {
    let cluster = Cluster::new(100, 100);
    let node = cluster.node();
    node.limiter.becomes(Mood::Errs);
    let uri = node.uri_of("alice").await;
    for _ in 0..20 {
        let status = node.get(&uri).await.status;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(node.breaker_openings(), 1);
    assert!(node.limiter.asked() < 10, "{}", node.limiter.asked());
    node.limiter.becomes(Mood::Works);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(node.get(&uri).await.status, StatusCode::OK);
}

/// F2: a client that goes away while its place is claimed leaves none behind.
#[tokio::test(start_paused = true)]
async fn a_client_that_goes_away_during_the_claim_leaves_no_place() {
    let cluster = Cluster::new(100, 2);
    let node = cluster.node();
    let uri = node.uri_of("alice").await;
    node.limiter.becomes(Mood::HangsClaims);
    let asked = tokio::spawn(node.call(with(&uri, &[])));
    sleep(BUDGET / 5).await;
    asked.abort();
    assert!(asked.await.is_err_and(|error| error.is_cancelled()));
    assert_eq!(node.slots.open(), 0);
    node.limiter.becomes(Mood::Works);
    until("the claim of a client that is gone", || {
        node.limiter.freed() == 1
    })
    .await;
    assert_eq!(cluster.limiter.len(), 0);
}

/// F2: a subject that is revoked while its place is claimed gets no stream.
#[tokio::test(start_paused = true)]
async fn a_subject_that_is_revoked_during_the_claim_gets_no_stream() {
    let cluster = Cluster::new(100, 2);
    let node = cluster.node();
    let uri = node.uri_of("alice").await;
    node.limiter.becomes(Mood::HangsClaims);
    let asked = tokio::spawn(node.call(with(&uri, &[])));
    sleep(BUDGET / 2).await;
    node.gate
        .revoke(&sse_gate::Subject::new("alice").unwrap())
        .await
        .unwrap();
    node.limiter.becomes(Mood::Works);
    assert_eq!(asked.await.unwrap().status, StatusCode::UNAUTHORIZED);
    cluster.until_open(0).await;
}
