//! Laws of full stores. C15, C16

use std::sync::{Arc, Barrier};
use std::thread;

use super::check::join;
use super::operations::{insert, refuse_at, take};
use super::sample::TTL;
use super::{Backend, Sample};
use crate::{Cap, Limits, StoreErrorKind, TokenKey, TokenStore};

/// A full store refuses every newcomer, names the cap, and loses no entry.
pub fn a_full_store_refuses_the_newcomer<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default().with_tokens(8)).await;
        let mut keys = Vec::new();
        for n in 0..8 {
            keys.push(insert(&store, Sample::of(&format!("subject {n}"), 0), TTL).await);
        }
        for n in 0..100 {
            let newcomer = Sample::of(&format!("newcomer {n}"), 0);
            refuse_at(&store, newcomer, [Cap::TokensInAll]).await;
        }
        for key in keys {
            assert!(
                take(&store, key).await.is_some(),
                "at the cap {:?} a live entry was dropped for a newcomer",
                Cap::TokensInAll
            );
        }
    });
}

/// A subject at its cap is refused, and is told when there will be room. Other subjects are not
/// refused.
pub fn a_full_subject_refuses_only_its_own<B: Backend>(backend: &B) {
    backend.block_on(async {
        let limits = Limits::default().with_tokens_per_subject(3);
        let store = backend.store(limits).await;
        for _ in 0..3 {
            insert(&store, Sample::of("alice", 0), TTL).await;
        }
        let full = refuse_at(&store, Sample::of("alice", 0), [Cap::TokensPerSubject]).await;
        let retry_after = full.retry_after();
        assert!(
            !retry_after.is_zero() && retry_after <= TTL,
            "at the cap {:?} the store says to ask again after {retry_after:?}",
            full.cap()
        );
        insert(&store, Sample::of("bob", 0), TTL).await;
        insert(&store, Sample::of("alic", 0), TTL).await;
    });
}

/// However many threads insert at once, no more entries get in than there is room for. G8
pub fn racing_inserts_never_pass_a_cap<B: Backend>(backend: &B) {
    const ROOM: usize = 10;
    const THREADS: usize = 8;
    let limits = Limits::default()
        .with_tokens(ROOM)
        .with_tokens_per_subject(ROOM / 2);
    let store = Arc::new(backend.block_on(backend.store(limits)));
    let barrier = Barrier::new(THREADS);
    let inserter = |thread: usize| {
        // Two threads share a subject, so that they race for both caps.
        let subject = format!("subject {}", thread / 2);
        barrier.wait();
        let inserted: Vec<_> = (0..ROOM)
            .filter_map(|_| try_insert(backend, &*store, &subject))
            .collect();
        assert!(
            inserted.len() <= ROOM / 2,
            "one thread alone passed the cap {:?}",
            Cap::TokensPerSubject
        );
        inserted
    };
    let keys: Vec<_> = thread::scope(|scope| {
        let inserter = &inserter;
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(move || inserter(thread)))
            .collect();
        threads.into_iter().flat_map(join).collect()
    });
    assert_eq!(
        keys.len(),
        ROOM,
        "at the cap {:?} another number of entries is in the store",
        Cap::TokensInAll
    );
    for key in keys {
        let taken = backend.block_on(take(&store, key));
        assert!(taken.is_some(), "an entry that was inserted is gone");
    }
}

/// The key of an entry that was inserted. A refusal must be one at a cap.
fn try_insert<B: Backend>(backend: &B, store: &B::Store, subject: &str) -> Option<TokenKey> {
    let Sample { key, entry } = Sample::of(subject, 0);
    match backend.block_on(store.insert(key, entry, TTL)) {
        Ok(()) => Some(key),
        Err(error) => match error.kind() {
            StoreErrorKind::Full(_) => None,
            kind => panic!("a new entry was refused: {kind:?}"),
        },
    }
}

/// Every cap has room again when entries are taken.
pub fn room_comes_back_when_entries_are_taken<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(tight()).await;
        for _ in 0..10 {
            let first = insert(&store, Sample::of("alice", 50), TTL).await;
            let second = insert(&store, Sample::of("alice", 50), TTL).await;
            let caps = [Cap::TokensPerSubject, Cap::TokensInAll];
            refuse_at(&store, Sample::of("alice", 0), caps).await;
            refuse_at(&store, Sample::of("bob", 0), [Cap::TokensInAll]).await;
            assert!(take(&store, first).await.is_some());
            assert!(take(&store, second).await.is_some());
        }
    });
}

/// Every cap has room again when entries have ended, even if they were never asked for.
pub fn room_comes_back_when_entries_end<B: Backend>(backend: &B) {
    let ttl = backend.precision() * 10;
    backend.block_on(async {
        let store = backend.store(tight()).await;
        for round in 0..3 {
            insert(&store, Sample::of("alice", 50), ttl).await;
            insert(&store, Sample::of("alice", 50), ttl).await;
            refuse_at(&store, Sample::of("bob", 0), [Cap::TokensInAll]).await;
            backend.advance(ttl).await;
            // The newcomer is sometimes another subject, and sometimes the same.
            if round % 2 == 0 {
                let key = insert(&store, Sample::of("bob", 100), ttl).await;
                assert!(take(&store, key).await.is_some());
            }
        }
    });
}

/// Room for two entries and 100 bytes, both for a subject and in all.
fn tight() -> Limits {
    Limits::default()
        .with_tokens(2)
        .with_tokens_per_subject(2)
        .with_payload_bytes(100)
        .with_payload_bytes_per_subject(100)
}
