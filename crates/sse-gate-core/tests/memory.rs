//! What `MemoryStore` promises beside the laws of all stores.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use pollster::block_on;
use sse_gate_core::conformance::Sample;
use sse_gate_core::{Clock, Limits, ManualClock, MemoryStore, TokenKey, TokenStore};

const TTL: Duration = Duration::from_secs(60);
const MANY: usize = 20_000;

struct Scene {
    store: MemoryStore,
    clock: ManualClock,
}

impl Scene {
    fn new() -> Self {
        let clock = ManualClock::default();
        let store = MemoryStore::with_clock(Limits::default().with_tokens(MANY), clock.clone());
        Self { store, clock }
    }

    fn insert(&self, subject: &str, ttl: Duration) -> TokenKey {
        let Sample { key, entry } = Sample::of(subject, 0);
        block_on(self.store.insert(key, entry, ttl)).unwrap();
        key
    }

    /// As many entries as there is room for, each of its own subject.
    fn fill(&self) -> Vec<TokenKey> {
        let insert = |n| self.insert(&format!("subject {n}"), TTL);
        (0..MANY).map(insert).collect()
    }

    fn is_taken(&self, key: TokenKey) -> bool {
        block_on(self.store.take(key)).unwrap().is_some()
    }
}

/// E10: no entry is given after its end, even if more have ended than one operation removes.
#[test]
fn a_backlog_of_expired_entries_gives_none_of_them() {
    let scene = Scene::new();
    let keys = scene.fill();
    scene.clock.advance(TTL);
    // The last to be removed are shown first.
    assert!(!keys.into_iter().rev().any(|key| scene.is_taken(key)));
}

/// Each operation removes some of the entries that have ended.
#[test]
fn later_operations_remove_expired_entries() {
    let scene = Scene::new();
    scene.fill();
    scene.clock.advance(TTL);
    assert_eq!(scene.store.len(), MANY);
    for n in 0..MANY / 10 {
        assert!(!scene.is_taken(Sample::new().key), "{n}");
    }
    assert!(scene.store.is_empty(), "{} are left", scene.store.len());
}

/// Purging removes what has ended, and nothing else.
#[test]
fn purging_removes_all_expired_entries() {
    let scene = Scene::new();
    let live = scene.insert("alice", TTL + TTL);
    for n in 1..MANY {
        scene.insert(&format!("subject {n}"), TTL);
    }
    scene.store.purge();
    assert_eq!(scene.store.len(), MANY);
    scene.clock.advance(TTL);
    scene.store.purge();
    assert_eq!(scene.store.len(), 1);
    assert!(scene.is_taken(live));
}

/// E9: a clock that is set back ends no life early and lets nothing be given twice.
#[test]
fn a_clock_that_is_set_back_is_survived() {
    let scene = Scene::new();
    let start = scene.clock.now();
    scene.clock.advance(TTL);
    let key = scene.insert("alice", TTL);
    scene.clock.set_wall(start);
    let earlier = scene.insert("alice", TTL);
    assert!(scene.is_taken(key) && !scene.is_taken(key));
    scene.clock.advance(TTL);
    assert!(!scene.is_taken(earlier));
    assert!(scene.store.is_empty());
}

/// An entry may be inserted for no time at all, or for ever.
#[test]
fn lifetimes_have_no_bounds() {
    let scene = Scene::new();
    let key = scene.insert("alice", Duration::ZERO);
    assert!(!scene.is_taken(key));
    let key = scene.insert("alice", Duration::MAX);
    scene.clock.advance(Duration::from_secs(u64::MAX / 2_000));
    assert!(scene.is_taken(key));
    assert!(scene.store.is_empty());
}
