//! What only a look into the cache can tell.

use super::*;
use pollster::block_on;
use sse_gate_core::ManualClock;
use sse_gate_core::conformance::Sample;
use std::sync::atomic::Ordering;

/// Inserts an entry with all checks. Returns whether it was let in.
fn is_let_in(store: &MokaStore, subject: &str) -> bool {
    let Sample { key, entry } = Sample::of(subject, 0);
    block_on(store.insert(key, entry, Duration::from_secs(60))).is_ok()
}

fn put(store: &MokaStore) -> TokenKey {
    let Sample { key, entry } = Sample::new();
    let cached = CachedEntry {
        entry,
        ends_at: SteadyTime::FOREVER,
        ttl: Duration::from_secs(60),
    };
    store.cache.insert(key, Arc::new(cached));
    key
}

/// C16
#[test]
fn the_cache_has_more_room_than_the_caps_let_in() {
    for max in [0, 1, 100_000, usize::MAX] {
        let store = MokaStore::new(Limits::default().with_tokens(max));
        let capacity = store.cache.policy().max_capacity();
        assert!(capacity.is_some_and(|capacity| capacity >= max as u64));
        assert!(max == usize::MAX || capacity > Some(max as u64));
    }
}

/// C16: if the cache had to drop an entry in spite of its room, it would not be the newcomer.
#[test]
fn the_cache_keeps_newcomers() {
    let store = MokaStore::new(Limits::default().with_tokens(0));
    let old: Vec<_> = (0..SLACK).map(|_| put(&store)).collect();
    for key in &old {
        store.cache.get(key);
    }
    store.cache.run_pending_tasks();
    let new: Vec<_> = (0..1_000).map(|_| put(&store)).collect();
    store.cache.run_pending_tasks();
    assert!(new.iter().all(|key| store.cache.contains_key(key)));
    assert!(!old.iter().all(|key| store.cache.contains_key(key)));
}

/// C16: the cost of sweeps is spread over time. The more entries a sweep has looked at, the later the
/// next one comes.
#[test]
fn newcomers_to_a_full_store_sweep_it_now_and_then() {
    let clock = ManualClock::default();
    let limits = Limits::default().with_tokens(3_500);
    let store = MokaStore::with_clock(limits, clock.clone());
    let now = clock.steady();
    for n in 0..3_500 {
        assert!(is_let_in(&store, &format!("subject {n}")));
    }
    assert!(store.may_sweep(now));
    assert!(!is_let_in(&store, "newcomer"));
    for (millis, may) in [(0, false), (2, false), (3, true), (4, true)] {
        let later = now.saturating_add(Duration::from_millis(millis));
        assert_eq!(store.may_sweep(later), may, "after {millis} ms");
    }
}

/// C15: a subject at its own cap makes the store look at no other entries.
#[test]
fn a_subject_at_its_cap_sweeps_nothing() {
    let clock = ManualClock::default();
    clock.advance(Duration::from_secs(1));
    let limits = Limits::default().with_tokens_per_subject(1);
    let store = MokaStore::with_clock(limits, clock);
    assert!(is_let_in(&store, "alice"));
    assert!(!is_let_in(&store, "alice"));
    assert_eq!(store.next_sweep.load(Ordering::Relaxed), 0);
}
