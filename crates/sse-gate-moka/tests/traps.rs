//! What a moka cache does unless it is told not to, each trap shown to be one, and avoided.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::sync::Cache;
use pollster::block_on;
use sse_gate_core::conformance::Sample;
use sse_gate_core::{
    Cap, GrantRequest, Limits, ManualClock, Resource, StoreErrorKind, Subject, TokenGate, TokenKey,
    TokenStore,
};
use sse_gate_moka::MokaStore;

/// Longer than any of these tests runs, on however slow a machine.
const TTL: Duration = Duration::from_secs(60 * 60);

fn insert(store: &MokaStore, subject: &str) -> TokenKey {
    let Sample { key, entry } = Sample::of(subject, 0);
    block_on(store.insert(key, entry, TTL)).unwrap();
    key
}

fn is_taken(store: &MokaStore, key: TokenKey) -> bool {
    block_on(store.take(key)).unwrap().is_some()
}

/// The trap: with its default policy, moka refuses newcomers to a full cache and says nothing.
#[test]
fn a_plain_cache_throws_new_keys_away() {
    let cache = Cache::new(100);
    for key in 0..100 {
        cache.insert(key, ());
        cache.run_pending_tasks();
        cache.get(&key);
    }
    for key in 100..200 {
        cache.insert(key, ());
    }
    cache.run_pending_tasks();
    let kept = (100..200).filter(|key| cache.contains_key(key)).count();
    assert!(kept < 100, "if moka has changed, the store may too");
}

/// C16: a store that is full keeps every live entry, the oldest and the newest, and refuses the
/// newcomer aloud.
#[test]
fn a_full_store_loses_nothing() {
    const TOKENS: usize = 10_000;
    let store = MokaStore::new(Limits::default().with_tokens(TOKENS));
    let mut keys = Vec::new();
    for n in 0..TOKENS {
        keys.push(insert(&store, &format!("subject {n}")));
        // Old entries are asked for as popular keys of a cache would be.
        assert!(!is_taken(&store, Sample::new().key));
    }
    for _ in 0..1_000 {
        let Sample { key, entry } = Sample::of("newcomer", 0);
        let refused = block_on(store.insert(key, entry, TTL)).unwrap_err();
        let StoreErrorKind::Full(full) = refused.kind() else {
            panic!("a full store said {refused}");
        };
        assert_eq!(full.cap(), Cap::TokensInAll);
    }
    assert_eq!(store.len(), TOKENS);
    assert!(!store.is_empty());
    assert!(keys.into_iter().all(|key| is_taken(&store, key)));
    assert!(store.is_empty());
}

/// C16: taken tokens free their places at once, though moka hears of it late: many times its
/// capacity goes through a full store, and nothing that is live is dropped.
#[test]
fn churn_at_the_cap_loses_nothing() {
    const TOKENS: usize = 64;
    let store = MokaStore::new(Limits::default().with_tokens(2 * TOKENS));
    let churn = |thread: usize| {
        let subject = |n| format!("subject {n} of thread {thread}");
        let mut keys: Vec<_> = (0..TOKENS).map(|n| insert(&store, &subject(n))).collect();
        for n in 0..4_000 {
            let oldest = std::mem::replace(&mut keys[n % TOKENS], Sample::new().key);
            assert!(is_taken(&store, oldest), "token {n} is lost");
            keys[n % TOKENS] = insert(&store, &subject(n % TOKENS));
        }
    };
    thread::scope(|scope| {
        for thread in 0..2 {
            scope.spawn(move || churn(thread));
        }
    });
    assert_eq!(store.len(), 2 * TOKENS);
}

/// The trap: `remove` gives what has expired, until moka has swept.
#[test]
fn a_plain_cache_gives_what_has_expired() {
    struct At(Duration);
    impl Expiry<u8, ()> for At {
        fn expire_after_create(&self, _: &u8, (): &(), _: Instant) -> Option<Duration> {
            Some(self.0)
        }
    }
    let ttl = Duration::from_millis(5);
    let cache = Cache::builder().expire_after(At(ttl)).build();
    cache.insert(1, ());
    thread::sleep(ttl * 2);
    assert!(!cache.contains_key(&1), "moka knows that it has expired");
    assert!(
        cache.remove(&1).is_some(),
        "if moka has changed, the store may too"
    );
}

/// The trap: `or_insert` looks first and inserts later. Here two threads insert under the same
/// keys, side by side, and each key is created once.
#[test]
fn a_key_is_created_once() {
    let store = MokaStore::default();
    let sample = |n| Sample::of(&format!("subject {n}"), 0);
    let samples: Vec<_> = (0..20_000).map(sample).collect();
    let barrier = Barrier::new(2);
    let creator = || {
        barrier.wait();
        let insert = |sample: Sample| block_on(store.insert(sample.key, sample.entry, TTL));
        let outcomes = samples.iter().map(|sample| insert(sample.clone()));
        outcomes.flatten().count()
    };
    let created: usize = thread::scope(|scope| {
        let creators = [(); 2].map(|()| scope.spawn(creator));
        creators.map(|creator| creator.join().unwrap()).iter().sum()
    });
    assert_eq!(created, samples.len());
    assert_eq!(store.len(), samples.len());
}

/// E10: what has expired is not given, by the system's clock and moka's.
#[test]
fn an_expired_token_is_not_given() {
    let ttl = Duration::from_millis(20);
    let gate = TokenGate::builder(MokaStore::default())
        .with_ttl(ttl)
        .unwrap()
        .build();
    let chat = Resource::new(["chat", "42"]).unwrap();
    let grant = || GrantRequest::new(Subject::new("alice").unwrap(), chat.clone());
    let issued = block_on(gate.issue(grant())).unwrap();
    thread::sleep(ttl * 2);
    assert!(block_on(gate.redeem(issued.token().expose(), &chat)).is_err());

    let store = MokaStore::default();
    let Sample { key, entry } = Sample::new();
    block_on(store.insert(key, entry, ttl)).unwrap();
    thread::sleep(ttl * 2);
    assert!(!is_taken(&store, key));
}

/// E13: an entry that is never asked for again is dropped, by the ledger too.
#[test]
fn what_has_expired_counts_no_longer() {
    let clock = ManualClock::default();
    let limits = Limits::default().with_tokens(5_000);
    let store = MokaStore::with_clock(limits, clock.clone());
    for round in 0..3 {
        for n in 0..5_000 {
            insert(&store, &format!("subject {n} of round {round}"));
        }
        let Sample { key, entry } = Sample::of("newcomer", 0);
        assert!(block_on(store.insert(key, entry, TTL)).is_err());
        clock.advance(TTL);
    }
    insert(&store, "newcomer");
    assert_eq!(store.len(), 1);
}

/// C16: by the system's clock, too, a place is free as soon as its token has ended.
#[test]
fn what_has_just_expired_makes_room() {
    let ttl = Duration::from_millis(20);
    let store = MokaStore::new(Limits::default().with_tokens(100));
    for _ in 0..3 {
        for n in 0..100 {
            let Sample { key, entry } = Sample::of(&format!("subject {n}"), 0);
            block_on(store.insert(key, entry, ttl)).unwrap();
        }
        thread::sleep(ttl + Duration::from_millis(1));
    }
}

/// The clock of the store decides, and a handle to it may be shared.
#[test]
fn a_clock_may_be_shared() {
    let clock = Arc::new(ManualClock::default());
    let store = MokaStore::with_clock(Limits::default(), Arc::clone(&clock));
    let key = insert(&store, "alice");
    clock.advance(TTL);
    assert!(!is_taken(&store, key));
}

/// E10: an entry lives for any time that is asked for, the longest and none included.
#[test]
fn any_life_can_be_asked_for() {
    let store = MokaStore::new(Limits::default());
    for ttl in [Duration::MAX, Duration::from_secs(u64::MAX / 2)] {
        let Sample { key, entry } = Sample::of("alice", 0);
        block_on(store.insert(key, entry, ttl)).unwrap();
        assert!(is_taken(&store, key), "{ttl:?}");
    }
    let Sample { key, entry } = Sample::of("alice", 1);
    block_on(store.insert(key, entry, Duration::ZERO)).unwrap();
    assert!(!is_taken(&store, key));
}
