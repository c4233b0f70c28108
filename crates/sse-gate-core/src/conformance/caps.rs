//! Laws of fullness. C15, C16

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use super::sample::TTL;
use super::take::take;
use super::{Backend, Sample};
use crate::{Cap, FullError, Limits, StoreErrorKind, TokenKey, TokenStore};

/// A full store refuses whoever comes, names the cap, and loses nothing that it has.
pub fn a_full_store_refuses_the_newcomer<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default().with_tokens(8)).await;
        let mut keys = Vec::new();
        for n in 0..8 {
            keys.push(insert(&store, Sample::of(&format!("subject {n}"), 0), TTL).await);
        }
        for n in 0..100 {
            let newcomer = Sample::of(&format!("newcomer {n}"), 0);
            assert_eq!(refusal(&store, newcomer).await.cap(), Cap::TokensInAll);
        }
        for key in keys {
            assert!(
                take(&store, key).await.is_some(),
                "a newcomer pushed a live entry out"
            );
        }
    });
}

/// A subject at its cap is refused, and told when there will be room. Others are not.
pub fn a_full_subject_refuses_only_its_own<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend
            .store(Limits::default().with_tokens_per_subject(3))
            .await;
        for _ in 0..3 {
            insert(&store, Sample::of("alice", 0), TTL).await;
        }
        let full = refusal(&store, Sample::of("alice", 0)).await;
        assert_eq!(full.cap(), Cap::TokensPerSubject);
        let retry_after = full.retry_after();
        assert!(
            !retry_after.is_zero() && retry_after <= TTL,
            "{retry_after:?}"
        );
        insert(&store, Sample::of("bob", 0), TTL).await;
        insert(&store, Sample::of("alic", 0), TTL).await;
    });
}

/// Payloads are capped three ways, each by its own name.
pub fn payloads_are_capped_one_by_one_by_subject_and_in_all<B: Backend>(backend: &B) {
    backend.block_on(async {
        let limits = Limits::default()
            .with_payload(100)
            .with_payload_bytes_per_subject(150)
            .with_payload_bytes(250);
        let store = backend.store(limits).await;
        assert_eq!(
            refusal(&store, Sample::of("alice", 101)).await.cap(),
            Cap::PayloadPerToken
        );
        insert(&store, Sample::of("alice", 100), TTL).await;
        assert_eq!(
            refusal(&store, Sample::of("alice", 51)).await.cap(),
            Cap::PayloadPerSubject
        );
        insert(&store, Sample::of("alice", 50), TTL).await;
        insert(&store, Sample::of("bob", 100), TTL).await;
        assert_eq!(
            refusal(&store, Sample::of("carol", 2)).await.cap(),
            Cap::PayloadInAll
        );
        insert(&store, Sample::of("carol", 0), TTL).await;
    });
}

/// However many threads insert at once, no more get in than there is room for. G8
pub fn racing_inserts_never_pass_a_cap<B: Backend>(backend: &B) {
    const ROOM: usize = 10;
    const THREADS: usize = 8;
    let limits = Limits::default()
        .with_tokens(ROOM)
        .with_tokens_per_subject(ROOM / 2);
    let store = Arc::new(backend.block_on(backend.store(limits)));
    let barrier = Barrier::new(THREADS);
    let inserter = |thread: usize| {
        // Two threads a subject: both caps are raced for.
        let subject = format!("subject {}", thread / 2);
        barrier.wait();
        let mut keys = Vec::new();
        for _ in 0..ROOM {
            let Sample { key, entry } = Sample::of(&subject, 0);
            if backend.block_on(store.insert(key, entry, TTL)).is_ok() {
                keys.push(key);
            }
        }
        assert!(
            keys.len() <= ROOM / 2,
            "one of two threads alone passed the subject's cap"
        );
        keys
    };
    let keys: Vec<_> = thread::scope(|scope| {
        let inserter = &inserter;
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(move || inserter(thread)))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    assert_eq!(
        keys.len(),
        ROOM,
        "{} of {ROOM} places were taken",
        keys.len()
    );
    for key in keys {
        assert!(
            backend.block_on(take(&store, key)).is_some(),
            "an admitted entry is gone"
        );
    }
}

/// Every cap has room again when entries were taken.
pub fn room_comes_back_when_entries_are_taken<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(tight()).await;
        for _ in 0..10 {
            let first = insert(&store, Sample::of("alice", 50), TTL).await;
            let second = insert(&store, Sample::of("alice", 50), TTL).await;
            refusal(&store, Sample::of("alice", 0)).await;
            refusal(&store, Sample::of("bob", 0)).await;
            assert!(take(&store, first).await.is_some());
            assert!(take(&store, second).await.is_some());
        }
    });
}

/// Every cap has room again when entries have ended, whether or not anybody asked for them.
pub fn room_comes_back_when_entries_end<B: Backend>(backend: &B) {
    let ttl = backend.precision() * 10;
    backend.block_on(async {
        let store = backend.store(tight()).await;
        for round in 0..3 {
            insert(&store, Sample::of("alice", 50), ttl).await;
            insert(&store, Sample::of("alice", 50), ttl).await;
            refusal(&store, Sample::of("bob", 0)).await;
            backend.advance(ttl).await;
            // In turn, so that the newcomer is the same subject, or another.
            if round % 2 == 0 {
                let key = insert(&store, Sample::of("bob", 100), ttl).await;
                assert!(take(&store, key).await.is_some());
            }
        }
    });
}

/// Room for two entries and 100 bytes, of one subject's or in all.
fn tight() -> Limits {
    Limits::default()
        .with_tokens(2)
        .with_tokens_per_subject(2)
        .with_payload_bytes(100)
        .with_payload_bytes_per_subject(100)
}

async fn insert<S: TokenStore>(store: &S, sample: Sample, ttl: Duration) -> TokenKey {
    store
        .insert(sample.key, sample.entry, ttl)
        .await
        .expect("there is room");
    sample.key
}

async fn refusal<S: TokenStore>(store: &S, sample: Sample) -> FullError {
    let refused = store.insert(sample.key, sample.entry, TTL).await;
    match refused.expect_err("a cap was passed").kind() {
        StoreErrorKind::Full(full) => full,
        other => panic!("a full store said {other:?}"),
    }
}
