//! Laws of epochs: an insertion that began before a withdrawal does not survive it. C20

use std::sync::{Arc, Barrier};
use std::thread;

use super::check::join;
use super::operations::{epoch, insert, take, withdraw};
use super::sample::TTL;
use super::{Backend, Sample};
use crate::{Epoch, Limits, StoreErrorKind, TokenKey, TokenStore};

/// How many other subjects are withdrawn before a late insertion: more than a store needs to remember.
const OTHERS: usize = 5_000;

const ROUNDS: usize = 100;
const INSERTERS: usize = 4;

/// An entry is refused if its subject was withdrawn since its epoch. It can't be taken, and counts
/// against no cap.
pub fn an_entry_older_than_a_withdrawal_is_refused<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default().with_tokens(1)).await;
        let before = epoch(&store).await;
        withdraw(&store, "alice").await;
        for _ in 0..3 {
            refuse(&store, Sample::new().at(before)).await;
        }
        let after = epoch(&store).await;
        assert!(after > before, "a withdrawal began no epoch");
        keep(&store, Sample::of("bob", 0).at(after)).await;
    });
}

/// A withdrawal affects only its own subject, and only entries from before it. A subject that signs in
/// again gets entries, and so does one that was authenticated before another signed out.
pub fn a_withdrawal_concerns_its_own_subject_and_the_past<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let before = epoch(&store).await;
        withdraw(&store, "alice").await;
        for near in ["bob", "alic", "alice2"] {
            keep(&store, Sample::of(near, 0).at(before)).await;
        }
        let after = epoch(&store).await;
        keep(&store, Sample::new().at(after)).await;
        withdraw(&store, "bob").await;
        keep(&store, Sample::new().at(after)).await;
        refuse(&store, Sample::of("bob", 0).at(after)).await;
    });
}

/// An entry from before a withdrawal is refused, however many other subjects are withdrawn later.
pub fn a_withdrawal_is_never_forgotten<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let before = epoch(&store).await;
        withdraw(&store, "alice").await;
        for n in 0..OTHERS {
            withdraw(&store, &format!("subject {n}")).await;
        }
        refuse(&store, Sample::new().at(before)).await;
        let after = epoch(&store).await;
        keep(&store, Sample::new().at(after)).await;
    });
}

/// An epoch that is yet to come is refused. It is from another store, or this one has lost withdrawals.
pub fn an_epoch_that_never_was_is_refused<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let next = Epoch::from_u64(epoch(&store).await.as_u64() + 1);
        refuse(&store, Sample::new().at(next)).await;
    });
}

/// When a withdrawal has returned, no entry of an older epoch can be taken, however many threads
/// insert at the same moment.
pub fn no_racing_insert_survives_a_withdrawal<B: Backend>(backend: &B) {
    let limits = Limits::default().with_tokens_per_subject(INSERTERS);
    let store = Arc::new(backend.block_on(backend.store(limits)));
    for round in 0..ROUNDS {
        let before = backend.block_on(epoch(&*store));
        let samples: Vec<_> = (0..INSERTERS).map(|_| Sample::new().at(before)).collect();
        let keys: Vec<TokenKey> = samples.iter().map(|sample| sample.key).collect();
        let barrier = Barrier::new(INSERTERS + 1);
        thread::scope(|scope| {
            let insert = |Sample { key, entry }| {
                let (store, barrier) = (&store, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    match backend.block_on(store.insert(key, entry, TTL)) {
                        Ok(()) => {}
                        Err(error) => assert_eq!(error.kind(), StoreErrorKind::Withdrawn),
                    }
                })
            };
            let threads: Vec<_> = samples.into_iter().map(insert).collect();
            barrier.wait();
            backend.block_on(withdraw(&*store, "alice"));
            none_is_left(backend, &*store, &keys, round);
            threads.into_iter().for_each(join);
        });
        none_is_left(backend, &*store, &keys, round);
    }
}

fn none_is_left<B: Backend>(backend: &B, store: &B::Store, keys: &[TokenKey], round: usize) {
    for key in keys {
        let taken = backend.block_on(take(store, *key));
        assert!(
            taken.is_none(),
            "in round {round} an entry survived the withdrawal of its subject"
        );
    }
}

/// Inserts an entry, and takes it.
async fn keep<S: TokenStore>(store: &S, sample: Sample) {
    let key = insert(store, sample, TTL).await;
    assert!(take(store, key).await.is_some());
}

async fn refuse<S: TokenStore>(store: &S, sample: Sample) {
    let inserted = store.insert(sample.key, sample.entry, TTL).await;
    let refused = inserted.expect_err("an entry from before a withdrawal was let in");
    assert_eq!(refused.kind(), StoreErrorKind::Withdrawn);
    assert!(
        take(store, sample.key).await.is_none(),
        "an entry was refused, and can be taken"
    );
}
