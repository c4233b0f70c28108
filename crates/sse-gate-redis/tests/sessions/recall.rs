//! A session that a node has in mind: a step on it is one round trip, and an old one decides nothing.

use std::time::{Duration, Instant};

use sse_gate_redis::RedisSessions;
use sse_gate_redis_server::RedisServer;
use sse_gate_resume::CloseReason;
use sse_gate_resume::backend::{SessionStore, SharedSessions, StoredSession};

use crate::stage::{
    LONG, change, come_back, id, load, node_with_ttl, open_long, record_with, release,
};

/// Two nodes. The first one has taken the last step of session 1.
struct Scene {
    server: RedisServer,
    own: RedisSessions,
    other: RedisSessions,
}

impl Scene {
    async fn new() -> Self {
        let server = RedisServer::start();
        let own = node_with_ttl(&server, LONG).await;
        let other = node_with_ttl(&server, LONG).await;
        open_long(&own).await;
        change(&own, |record, _| record.confirm(1)).await;
        Self { server, own, other }
    }

    fn recall(&self) -> StoredSession {
        self.own.recall(id(1)).expect("it is in mind")
    }

    /// How many scripts the server has run.
    fn scripts(&self) -> u64 {
        let stats = self.server.cli(&["INFO", "commandstats"]);
        let calls = stats
            .lines()
            .find_map(|line| line.strip_prefix("cmdstat_evalsha:calls="));
        let calls = calls.and_then(|calls| calls.split(',').next());
        calls.map_or(0, |calls| calls.parse().expect("a number"))
    }
}

/// Swaps in what a client that comes back makes of a session.
async fn step(store: &RedisSessions, from: &StoredSession) -> bool {
    let mut record = from.record.clone();
    release(&mut record, from.now);
    come_back(&mut record, from.now);
    record.serve_from(store.node());
    let swapped = store.swap(from, record).await;
    swapped.expect("the server works")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_on_a_session_in_mind_is_one_script() {
    let scene = Scene::new().await;
    for generation in 1..=4 {
        let before = scene.scripts();
        let recalled = scene.recall();
        assert_eq!(recalled.record.generation(), generation);
        assert!(step(&scene.own, &recalled).await);
        assert_eq!(scene.scripts(), before + 1);
    }
    let stored = load(&scene.own, 1).await.expect("it is there");
    assert_eq!(stored.record.generation(), 5);
}

/// It is what the server has, with the server's time.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_in_mind_is_the_one_on_the_server() {
    let scene = Scene::new().await;
    let begun = Instant::now();
    let recalled = scene.recall();
    let stored = load(&scene.own, 1).await.expect("it is there");
    let took = begun.elapsed();
    assert_eq!(recalled.record, stored.record);
    assert_eq!(recalled.version, stored.version);
    assert!(recalled.is_recalled && !stored.is_recalled);
    assert!(recalled.now <= stored.now, "it is never ahead");
    let shared = SharedSessions::new(scene.own.clone());
    let version = shared.recall(id(1)).map(|recalled| recalled.version);
    assert_eq!(version, Some(stored.version), "through a store of any type");
    let behind = stored.now.saturating_since(recalled.now);
    assert!(behind < took + Duration::from_secs(1), "{behind:?}");
}

/// I7: what another node has changed meanwhile stays as it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_changed_elsewhere_is_not_swapped_from_memory() {
    let scene = Scene::new().await;
    let recalled = scene.recall();
    change(&scene.other, release).await;
    assert!(!step(&scene.own, &recalled).await);
    assert!(scene.own.recall(id(1)).is_none(), "it is old");
    let now = load(&scene.own, 1).await.expect("it is there");
    assert!(!now.record.is_attached());
}

/// I7: a replica that is promoted lacks the last step, and another step takes its place. Both are the second step of
/// the session, and only one of them is what the server has.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_a_failover_undid_is_not_gone_on_from() {
    let scene = Scene::new().await;
    let key = format!("{{sse-gate}}:s:r:{}", "\u{1}".repeat(16));
    let copy = ["COPY", &key, "before", "REPLACE"];
    assert_eq!(scene.server.cli(&copy), "1");
    for _ in 0..2 {
        assert!(step(&scene.own, &scene.recall()).await);
    }
    let undone = scene.recall();

    assert_eq!(scene.server.cli(&["COPY", "before", &key, "REPLACE"]), "1");
    for _ in 0..2 {
        let stored = load(&scene.other, 1).await.expect("it is there");
        assert!(step(&scene.other, &stored).await);
    }
    assert!(!step(&scene.own, &undone).await, "another step was undone");
    let now = load(&scene.other, 1).await.expect("it is there");
    assert_eq!(now.record.node(), scene.other.node());
}

/// The clock of a node stands still while its machine sleeps: the step would go by a time that is over.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_by_a_time_that_is_over_does_not_count() {
    let scene = Scene::new().await;
    // The last one has most of the second left that it counts, as a busy machine may need it.
    for (age, counts) in [(60_000, false), (1_500, false), (100, true)] {
        let stored = load(&scene.own, 1).await.expect("it is there");
        assert!(step(&scene.own, &stored).await);
        let mut recalled = scene.recall();
        let now = load(&scene.other, 1).await.expect("it is there").now;
        recalled.now = now.saturating_sub(Duration::from_millis(age));
        assert_eq!(step(&scene.own, &recalled).await, counts, "{age} ms");
    }
    // One that was loaded was the server's, however long ago.
    let mut stored = load(&scene.own, 1).await.expect("it is there");
    stored.now = stored.now.saturating_sub(Duration::from_secs(60));
    assert!(step(&scene.own, &stored).await);
}

/// A session that is closed is of no more use, and whether another node is gone only the server knows.
#[tokio::test(flavor = "multi_thread")]
async fn closed_sessions_and_those_of_other_nodes_are_not_kept_in_mind() {
    let scene = Scene::new().await;
    let stored = load(&scene.other, 1).await.expect("it is there");
    assert!(step(&scene.other, &stored).await);
    change(&scene.own, |record, _| record.confirm(2)).await;
    assert!(scene.own.recall(id(1)).is_none(), "it is another node's");

    let stored = load(&scene.own, 1).await.expect("it is there");
    assert!(step(&scene.own, &stored).await);
    assert_eq!(scene.recall().record.generation(), 3);
    change(&scene.own, |record, _| {
        record.close(CloseReason::Revoked);
    })
    .await;
    assert!(scene.own.recall(id(1)).is_none(), "it is closed");
}

/// A node's memory is bounded: long payloads are left to the server.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_with_a_long_payload_is_not_kept_in_mind() {
    let scene = Scene::new().await;
    for (number, bytes) in [(2, 1_024), (3, 1_025)] {
        // It is kept with its quotes.
        let record = record_with(&scene.own, &"x".repeat(bytes - 2), number).await;
        let created = scene.own.create(id(number), record).await;
        created.expect("there is room");
        assert_eq!(scene.own.recall(id(number)).is_some(), bytes == 1_024);
    }
}
