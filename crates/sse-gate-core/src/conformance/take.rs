//! Laws of taking.

use std::pin::pin;
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Waker};
use std::thread;

use super::sample::TTL;
use super::{Backend, Sample};
use crate::{Limits, TokenKey, TokenStore};

const ROUNDS: usize = 100;
const TAKERS: usize = 16;

/// What was inserted is what is taken, to the last byte.
pub fn an_entry_comes_back_whole<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        for payload in [0, 2, 1_000, 64 * 1024] {
            let Sample { key, entry } = Sample::of("zoë", payload);
            store
                .insert(key, entry.clone(), TTL)
                .await
                .expect("there is room");
            assert_eq!(take(&store, key).await.as_ref(), Some(&entry));
        }
    });
}

/// An entry is given once.
pub fn taking_twice_gives_nothing<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let Sample { key, entry } = Sample::new();
        store.insert(key, entry, TTL).await.expect("there is room");
        assert!(take(&store, key).await.is_some());
        for _ in 0..3 {
            assert!(
                take(&store, key).await.is_none(),
                "an entry was given twice"
            );
        }
    });
}

/// A key that was never inserted leads nowhere, and asking for it leaves the others alone.
pub fn an_unknown_key_gives_nothing<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let kept = Sample::new();
        store
            .insert(kept.key, kept.entry, TTL)
            .await
            .expect("there is room");
        assert!(
            take(&store, Sample::new().key).await.is_none(),
            "an unknown key gave an entry"
        );
        assert!(
            take(&store, kept.key).await.is_some(),
            "asking for another key lost an entry"
        );
    });
}

/// Keys that differ in one byte, wherever it stands, are different keys.
pub fn a_key_is_compared_whole<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let Sample { key, entry } = Sample::new();
        store.insert(key, entry, TTL).await.expect("there is room");
        for at in 0..32 {
            let mut near = *key.as_bytes();
            near[at] ^= 1;
            let found = take(&store, TokenKey::from_bytes(near)).await;
            assert!(
                found.is_none(),
                "a key that differs in byte {at} gave the entry"
            );
        }
        assert!(take(&store, key).await.is_some());
    });
}

/// Of many threads that take at once, one gets the entry. A2
pub fn one_of_many_racing_takers_gets_the_entry<B: Backend>(backend: &B) {
    let store = Arc::new(backend.block_on(backend.store(Limits::default())));
    for round in 0..ROUNDS {
        let Sample { key, entry } = Sample::new();
        backend
            .block_on(store.insert(key, entry, TTL))
            .expect("there is room");
        let barrier = Barrier::new(TAKERS);
        let taker = || {
            barrier.wait();
            backend.block_on(take(&store, key)).is_some()
        };
        let winners = thread::scope(|scope| {
            let takers: Vec<_> = (0..TAKERS).map(|_| scope.spawn(taker)).collect();
            takers
                .into_iter()
                .map(|taker| taker.join().expect("no panic"))
                .filter(|won| *won)
                .count()
        });
        assert_eq!(
            winners, 1,
            "in round {round}, {winners} of {TAKERS} takers got the entry"
        );
    }
}

/// A take that is dropped before it was polled did nothing; one that was polled once and dropped
/// gave its entry to nobody, or left it to the next.
pub fn a_dropped_take_happens_whole_or_not_at_all<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let Sample { key, entry } = Sample::new();
        store
            .insert(key, entry.clone(), TTL)
            .await
            .expect("there is room");
        drop(store.take(key));
        assert!(
            take(&store, key).await.is_some(),
            "a take that was never polled took the entry"
        );

        store
            .insert(key, entry, TTL)
            .await
            .expect("the key is free again");
        let polled = poll_once(store.take(key));
        let later = take(&store, key).await;
        let given =
            usize::from(matches!(polled, Poll::Ready(Ok(Some(_))))) + usize::from(later.is_some());
        assert!(
            given <= 1,
            "an entry was given by a dropped take and by the next"
        );
        assert!(take(&store, key).await.is_none());
    });
}

pub(super) async fn take<S: TokenStore>(store: &S, key: TokenKey) -> Option<crate::Entry> {
    store
        .take(key)
        .await
        .expect("a store under test can be asked")
}

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}
