//! Laws of inserting.

use std::sync::{Arc, Barrier};
use std::thread;

use super::check::join;
use super::operations::{insert, take};
use super::sample::TTL;
use super::{Backend, Sample};
use crate::{Limits, StoreErrorKind, TokenStore};

const ROUNDS: usize = 100;
const INSERTERS: usize = 8;

/// Inserting under a key that is there is an error, and its entry stays as it was.
pub fn inserting_only_creates<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let first = Sample::of("alice", 10);
        let second = Sample::with_key(first.key, "mallory", 20);
        insert(&store, first.clone(), TTL).await;
        let refused = store.insert(second.key, second.entry, TTL).await;
        let kind = refused
            .expect_err("an entry was inserted over another")
            .kind();
        assert_eq!(kind, StoreErrorKind::Exists);
        assert_eq!(
            take(&store, first.key).await,
            Some(first.entry),
            "the entry was changed"
        );
    });
}

/// If many threads insert under one key at once, one of them creates the entry.
pub fn one_of_many_racing_inserts_creates<B: Backend>(backend: &B) {
    let store = Arc::new(backend.block_on(backend.store(Limits::default())));
    for round in 0..ROUNDS {
        let Sample { key, .. } = Sample::new();
        let barrier = Barrier::new(INSERTERS);
        let inserter = |payload| {
            let Sample { entry, .. } = Sample::with_key(key, "alice", payload);
            barrier.wait();
            backend
                .block_on(store.insert(key, entry.clone(), TTL))
                .is_ok()
                .then_some(entry)
        };
        let created: Vec<_> = thread::scope(|scope| {
            let inserters: Vec<_> = (0..INSERTERS)
                .map(|n| {
                    let inserter = &inserter;
                    scope.spawn(move || inserter(10 + n))
                })
                .collect();
            inserters.into_iter().filter_map(join).collect()
        });
        assert_eq!(
            created.len(),
            1,
            "in round {round}, {} inserts created",
            created.len()
        );
        assert_eq!(
            backend.block_on(take(&*store, key)).as_ref(),
            created.first(),
            "in round {round} the entry is not the one that was created"
        );
    }
}
