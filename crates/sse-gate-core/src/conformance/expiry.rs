//! Laws of time.

use std::time::Duration;

use super::operations::{insert, refuse_at, take};
use super::sample::TTL;
use super::{Backend, Sample};
use crate::{Cap, Limits};

/// An entry can be taken before its TTL has passed, and not at that moment or later. E10
pub fn an_entry_ends_with_its_ttl<B: Backend>(backend: &B) {
    let ttl = backend.precision() * 10;
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let early = insert(&store, Sample::new(), ttl).await;
        let late = insert(&store, Sample::new(), ttl).await;
        backend.advance(backend.precision() * 9).await;
        assert!(
            take(&store, early).await.is_some(),
            "an entry ended before its time"
        );
        backend.advance(backend.precision()).await;
        assert!(
            take(&store, late).await.is_none(),
            "an entry was given at its end"
        );

        let key = insert(&store, Sample::new(), ttl).await;
        backend.advance(TTL).await;
        assert!(
            take(&store, key).await.is_none(),
            "an entry was given long after its end"
        );
    });
}

/// The key of an entry that has ended is free.
pub fn an_ended_key_can_be_used_again<B: Backend>(backend: &B) {
    let ttl = backend.precision() * 10;
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let sample = Sample::new();
        let key = insert(&store, sample.clone(), ttl).await;
        backend.advance(ttl + Duration::from_millis(1)).await;
        insert(&store, sample, TTL).await;
        assert!(take(&store, key).await.is_some());
        assert!(take(&store, key).await.is_none());
    });
}

/// A key that is used again after the end of its entry counts as one entry, until the new one ends.
pub fn a_key_used_again_counts_once<B: Backend>(backend: &B) {
    let short = backend.precision() * 10;
    backend.block_on(async {
        let limits = Limits::default().with_tokens_per_subject(2);
        let store = backend.store(limits).await;
        let again = Sample::new();
        for ttl in [short, TTL] {
            insert(&store, again.clone(), ttl).await;
            backend.advance(short).await;
        }
        insert(&store, Sample::new(), TTL).await;
        refuse_at(&store, Sample::new(), [Cap::TokensPerSubject]).await;
    });
}
