//! Laws of taking.

use std::pin::pin;
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Waker};
use std::thread;

use super::check::join;
use super::operations::{insert, take};
use super::sample::TTL;
use super::{Backend, Sample};
use crate::{Limits, TokenKey, TokenStore};

const ROUNDS: usize = 100;
const TAKERS: usize = 16;

/// An entry is taken as it was inserted, to the last byte.
pub fn an_entry_comes_back_whole<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        for payload in [0, 2, 1_000, 64 * 1024] {
            let sample = Sample::of("zoë", payload);
            let key = insert(&store, sample.clone(), TTL).await;
            let taken = take(&store, key).await;
            assert!(
                taken.as_ref() == Some(&sample.entry),
                "an entry with a payload of {payload} bytes came back as {taken:?}"
            );
        }
    });
}

/// An entry is given once.
pub fn taking_twice_gives_nothing<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let key = insert(&store, Sample::new(), TTL).await;
        assert!(take(&store, key).await.is_some());
        for _ in 0..3 {
            assert!(
                take(&store, key).await.is_none(),
                "an entry was given twice"
            );
        }
    });
}

/// A key that was never inserted gives nothing, and asking for it changes no other entry.
pub fn an_unknown_key_gives_nothing<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let kept = insert(&store, Sample::new(), TTL).await;
        assert!(
            take(&store, Sample::new().key).await.is_none(),
            "an unknown key gave an entry"
        );
        assert!(
            take(&store, kept).await.is_some(),
            "asking for another key lost an entry"
        );
    });
}

/// Two keys that differ in any one byte are different keys.
pub fn a_key_is_compared_whole<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let key = insert(&store, Sample::new(), TTL).await;
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

/// If many threads take a key at once, one of them gets the entry. A2
pub fn one_of_many_racing_takers_gets_the_entry<B: Backend>(backend: &B) {
    let store = Arc::new(backend.block_on(backend.store(Limits::default())));
    for round in 0..ROUNDS {
        let key = backend.block_on(insert(&*store, Sample::new(), TTL));
        let barrier = Barrier::new(TAKERS);
        let taker = || {
            barrier.wait();
            backend.block_on(take(&*store, key)).is_some()
        };
        let winners = thread::scope(|scope| {
            let takers: Vec<_> = (0..TAKERS).map(|_| scope.spawn(taker)).collect();
            takers.into_iter().map(join).filter(|won| *won).count()
        });
        assert_eq!(
            winners, 1,
            "in round {round}, {winners} of {TAKERS} takers got the entry"
        );
    }
}

/// A take that is dropped before it is polled does nothing. A take that is polled once and dropped has
/// removed the entry, or has left it to the next take.
pub fn a_dropped_take_happens_whole_or_not_at_all<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let sample = Sample::new();
        let key = insert(&store, sample.clone(), TTL).await;
        drop(store.take(key));
        assert!(
            take(&store, key).await.is_some(),
            "a take that was never polled took the entry"
        );

        insert(&store, sample, TTL).await;
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

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}
