//! Laws of withdrawing.

use super::operations::{epoch, insert, take, withdraw};
use super::sample::TTL;
use super::{Backend, Sample};
use crate::Limits;

/// All entries of the subject are gone, and no entry of another subject.
pub fn a_withdrawn_subject_has_no_entries_left<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let mut keys = Vec::new();
        for n in 0..10 {
            let sample = Sample::of(["alice", "alic"][n % 2], n * 2);
            keys.push(insert(&store, sample, TTL).await);
        }
        let withdrawn = withdraw(&store, "alice").await;
        assert_eq!(withdrawn, 5, "five entries were withdrawn");
        for (n, key) in keys.into_iter().enumerate() {
            let is_left = take(&store, key).await.is_some();
            assert_eq!(is_left, n % 2 == 1, "entry {n} of alice, alic, alice, …");
        }
    });
}

/// Entries that were withdrawn no longer count. A withdrawal does not count entries that were taken or
/// have ended.
pub fn withdrawing_gives_room_and_counts_the_live<B: Backend>(backend: &B) {
    let short = backend.precision() * 10;
    backend.block_on(async {
        let store = backend.store(Limits::default().with_tokens(3)).await;
        let withdrawn = withdraw(&store, "alice").await;
        assert_eq!(withdrawn, 0, "the store was empty");
        let first = epoch(&store).await;
        let taken = insert(&store, Sample::new().at(first), TTL).await;
        insert(&store, Sample::new().at(first), short).await;
        insert(&store, Sample::new().at(first), TTL).await;
        assert!(take(&store, taken).await.is_some());
        backend.advance(short).await;
        let withdrawn = withdraw(&store, "alice").await;
        assert_eq!(
            withdrawn, 1,
            "one entry was taken, one has ended, one was live"
        );
        let second = epoch(&store).await;
        for _ in 0..3 {
            insert(&store, Sample::new().at(second), TTL).await;
        }
    });
}
