//! Laws of swapping.

use std::collections::HashSet;

use super::operations::{change, close, create, find, load, open, swap};
use super::{Sample, SessionBackend};
use crate::SessionLimits;
use crate::conformance::check::race;
use crate::session::{CloseReason, NodeId};
use crate::store::{SessionKey, SessionStore, StoredSession};

const ROUNDS: usize = 100;
const SWAPPERS: usize = 8;

/// Each swap gives the record another version, which it never had. A load changes none.
pub fn each_swap_changes_the_version<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let id = open(&store, "alice").await;
        let mut versions = HashSet::new();
        for n in 0..20 {
            let stored = find(&store, id).await;
            assert!(
                versions.insert(stored.version),
                "after {n} swaps the record has a version that it had before"
            );
            let key = SessionKey::Token(stored.record.binding().token);
            let again = store.load(key).await.expect("a store can be asked");
            let version = again.map(|again| again.version);
            assert_eq!(version, Some(stored.version), "a load changed the version");
            change(&store, id, |record, _| {
                record.serve_from(NodeId::from_bytes([n + 1; 8]));
            })
            .await;
        }
    });
}

/// A swap with a version that the record no longer has, or never had, changes nothing. I7
pub fn a_stale_version_changes_nothing<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default()).await;
        let id = open(&store, "alice").await;
        let old = find(&store, id).await;
        change(&store, id, |record, _| record.confirm(1)).await;
        let new = find(&store, id).await;
        let mut late = old.record.clone();
        late.close(CloseReason::Reuse);
        for version in [old.version, new.version.wrapping_add(1), u64::MAX] {
            let from = StoredSession {
                version,
                ..old.clone()
            };
            let counts = swap(&store, &from, late.clone()).await;
            assert!(!counts, "a swap with another version counted");
            let stored = find(&store, id).await;
            assert!(
                (stored.version, &stored.record) == (new.version, &new.record),
                "a swap that did not count has changed the record"
            );
        }
    });
}

/// Of many swaps on one version, one counts, and its record is there. I7
pub fn one_of_many_racing_swaps_counts<B: SessionBackend>(backend: &B) {
    let store = backend.block_on(backend.store(SessionLimits::default()));
    let id = backend.block_on(open(&store, "alice"));
    for round in 0..ROUNDS {
        let before = backend.block_on(find(&store, id));
        let names: Vec<_> = (1..=u8::try_from(SWAPPERS).unwrap_or(u8::MAX))
            .map(|n| NodeId::from_bytes([n; 8]))
            .collect();
        let counted = race(SWAPPERS, |racer| {
            let mut record = before.record.clone();
            record.serve_from(names[racer]);
            backend.block_on(swap(&store, &before, record))
        });
        let winners: Vec<_> = (0..SWAPPERS).filter(|racer| counted[*racer]).collect();
        assert_eq!(
            winners.len(),
            1,
            "in round {round}, {} of {SWAPPERS} swaps on one version counted",
            winners.len()
        );
        let stored = backend.block_on(find(&store, id));
        assert_eq!(
            stored.record.node(),
            names[winners[0]],
            "in round {round}, the record is not the winner's"
        );
    }
}

/// A swap of a session that never was, or was forgotten, does not count, and creates none.
pub fn a_session_that_is_gone_is_not_swapped<B: SessionBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(SessionLimits::default().with_max(1)).await;
        let unknown = Sample::of(&store, "alice").await;
        let forgotten = create(&store, &Sample::of(&store, "alice").await).await;
        close(&store, forgotten).await;
        let before = find(&store, forgotten).await;
        open(&store, "bob").await;
        for from in [unknown.stored(before.now), before] {
            let counts = swap(&store, &from, from.record.clone()).await;
            assert!(!counts, "a session that is not there was swapped");
            assert!(
                load(&store, from.id).await.is_none(),
                "a swap has created a session"
            );
        }
    });
}
