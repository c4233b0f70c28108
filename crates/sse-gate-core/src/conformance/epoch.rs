//! Laws of epochs: no withdrawal is outrun by an insertion that was begun before it. C20

use std::sync::{Arc, Barrier};
use std::thread;

use super::sample::TTL;
use super::take::take;
use super::{Backend, Sample};
use crate::{Epoch, Limits, StoreErrorKind, Subject, TokenKey, TokenStore};

/// How many others sign out before a late insertion: more than a store should have to remember.
const OTHERS: usize = 5_000;

const ROUNDS: usize = 100;
const INSERTERS: usize = 4;

/// An entry whose subject was withdrawn since its epoch is refused, can't be taken, and counts
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

/// A withdrawal concerns its own subject and what came before it: who signs in again gets entries,
/// and so does who was authenticated before another signed out.
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

/// However many others are withdrawn after it, an entry from before a withdrawal is refused.
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

/// An epoch that the store has not come to is refused: it is another store's, or this one has lost
/// withdrawals.
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
            for Sample { key, entry } in samples {
                let (store, barrier) = (&store, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    match backend.block_on(store.insert(key, entry, TTL)) {
                        Ok(()) => {}
                        Err(error) => assert_eq!(error.kind(), StoreErrorKind::Withdrawn),
                    }
                });
            }
            barrier.wait();
            backend.block_on(withdraw(&*store, "alice"));
            survives(backend, &*store, &keys, round);
        });
        survives(backend, &*store, &keys, round);
    }
}

fn survives<B: Backend>(backend: &B, store: &B::Store, keys: &[TokenKey], round: usize) {
    for key in keys {
        let taken = backend.block_on(take(store, *key));
        assert!(
            taken.is_none(),
            "in round {round} an entry outran its subject's withdrawal"
        );
    }
}

async fn epoch<S: TokenStore>(store: &S) -> Epoch {
    store.epoch().await.expect("the store can be asked")
}

async fn withdraw<S: TokenStore>(store: &S, name: &str) {
    let subject = Subject::new(name).expect("a proper name");
    let withdrawn = store.withdraw(subject).await;
    withdrawn.expect("the store can be asked");
}

/// Inserts, and takes out again.
async fn keep<S: TokenStore>(store: &S, sample: Sample) {
    let inserted = store.insert(sample.key, sample.entry, TTL).await;
    inserted.expect("nothing has overtaken this entry");
    assert!(take(store, sample.key).await.is_some());
}

async fn refuse<S: TokenStore>(store: &S, sample: Sample) {
    let inserted = store.insert(sample.key, sample.entry, TTL).await;
    let refused = inserted.expect_err("an entry was taken in that a withdrawal has overtaken");
    assert_eq!(refused.kind(), StoreErrorKind::Withdrawn);
    assert!(
        take(store, sample.key).await.is_none(),
        "an entry was refused and kept"
    );
}
