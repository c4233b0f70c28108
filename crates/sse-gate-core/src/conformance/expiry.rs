//! Laws of time.

use std::time::Duration;

use super::sample::TTL;
use super::take::take;
use super::{Backend, Sample};
use crate::{Cap, Limits, StoreErrorKind, TokenStore};

/// An entry is there until its TTL has passed, half-open, and not after. E10
pub fn an_entry_ends_with_its_ttl<B: Backend>(backend: &B) {
    let ttl = backend.precision() * 10;
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let samples = [Sample::new(), Sample::new()];
        for Sample { key, entry } in samples.clone() {
            store.insert(key, entry, ttl).await.expect("there is room");
        }
        let [early, late] = samples;
        backend.advance(backend.precision() * 9).await;
        assert!(
            take(&store, early.key).await.is_some(),
            "an entry ended before its time"
        );
        backend.advance(backend.precision()).await;
        assert!(
            take(&store, late.key).await.is_none(),
            "an entry was given at its end"
        );

        let Sample { key, entry } = Sample::new();
        store.insert(key, entry, ttl).await.expect("there is room");
        backend.advance(TTL).await;
        assert!(
            take(&store, key).await.is_none(),
            "an entry was given long after its end"
        );
    });
}

/// An entry that has ended stands in nobody's way, even under its own key.
pub fn an_ended_key_can_be_used_again<B: Backend>(backend: &B) {
    let ttl = backend.precision() * 10;
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let Sample { key, entry } = Sample::new();
        store
            .insert(key, entry.clone(), ttl)
            .await
            .expect("there is room");
        backend.advance(ttl + Duration::from_millis(1)).await;
        store
            .insert(key, entry, TTL)
            .await
            .expect("the entry under this key has ended");
        assert!(take(&store, key).await.is_some());
        assert!(take(&store, key).await.is_none());
    });
}

/// A key that is used again after its end counts as one entry, until that one ends.
pub fn a_key_used_again_counts_once<B: Backend>(backend: &B) {
    let short = backend.precision() * 10;
    backend.block_on(async {
        let limits = Limits::default().with_tokens_per_subject(2);
        let store = backend.store(limits).await;
        let again = Sample::new();
        for ttl in [short, TTL] {
            store
                .insert(again.key, again.entry.clone(), ttl)
                .await
                .expect("the subject has room");
            backend.advance(short).await;
        }
        let Sample { key, entry } = Sample::new();
        store
            .insert(key, entry, TTL)
            .await
            .expect("the subject has room for two");
        let Sample { key, entry } = Sample::new();
        let refused = store.insert(key, entry, TTL).await;
        match refused.expect_err("a cap was passed").kind() {
            StoreErrorKind::Full(full) => assert_eq!(full.cap(), Cap::TokensPerSubject),
            other => panic!("a full store said {other:?}"),
        }
    });
}
