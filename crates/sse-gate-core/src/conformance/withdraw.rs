//! Laws of withdrawing.

use super::sample::TTL;
use super::take::take;
use super::{Backend, Sample};
use crate::{Limits, Subject, TokenStore};

/// All entries of the subject are gone, and nobody else's.
pub fn a_withdrawn_subject_has_no_entries_left<B: Backend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let samples: Vec<_> = (0..10)
            .map(|n| Sample::of(["alice", "alic"][n % 2], n * 2))
            .collect();
        for Sample { key, entry } in samples.clone() {
            store.insert(key, entry, TTL).await.expect("there is room");
        }
        let withdrawn = store
            .withdraw(alice())
            .await
            .expect("the store can be asked");
        assert_eq!(withdrawn, 5);
        for (n, Sample { key, .. }) in samples.into_iter().enumerate() {
            let left = take(&store, key).await.is_some();
            assert_eq!(left, n % 2 == 1, "entry {n} of alice, alic, alice, …");
        }
    });
}

/// What was withdrawn counts no longer; what was taken or had ended is not counted as withdrawn.
pub fn withdrawing_gives_room_and_counts_the_live<B: Backend>(backend: &B) {
    let short = backend.precision() * 10;
    backend.block_on(async {
        let store = backend.store(Limits::default().with_tokens(3)).await;
        assert_eq!(
            store
                .withdraw(alice())
                .await
                .expect("the store can be asked"),
            0
        );
        let epoch = store.epoch().await.expect("the store can be asked");
        let [taken, ended, live] = [(); 3].map(|()| Sample::new().at(epoch));
        store
            .insert(taken.key, taken.entry, TTL)
            .await
            .expect("there is room");
        store
            .insert(ended.key, ended.entry, short)
            .await
            .expect("there is room");
        store
            .insert(live.key, live.entry, TTL)
            .await
            .expect("there is room");
        take(&store, taken.key).await.expect("it is there");
        backend.advance(short).await;
        assert_eq!(
            store
                .withdraw(alice())
                .await
                .expect("the store can be asked"),
            1
        );
        let epoch = store.epoch().await.expect("the store can be asked");
        for _ in 0..3 {
            let Sample { key, entry } = Sample::new().at(epoch);
            store
                .insert(key, entry, TTL)
                .await
                .expect("there is room again");
        }
    });
}

fn alice() -> Subject {
    Subject::new("alice").expect("a proper name")
}
