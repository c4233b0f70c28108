//! The operations of a store, as the checks use them: a store that can't be asked fails the check.

use std::time::Duration;

use super::Sample;
use super::sample::TTL;
use crate::{Cap, Entry, Epoch, FullError, StoreErrorKind, Subject, TokenKey, TokenStore};

/// Inserts an entry that the store has room for.
pub(super) async fn insert<S: TokenStore>(store: &S, sample: Sample, ttl: Duration) -> TokenKey {
    let Sample { key, entry } = sample;
    match store
        .insert(key, entry, ttl)
        .await
        .map_err(|error| error.kind())
    {
        Ok(()) => key,
        Err(StoreErrorKind::Full(full)) => {
            panic!(
                "an entry was refused at the cap {:?}, although there is room",
                full.cap()
            )
        }
        Err(kind) => panic!("a new entry was refused: {kind:?}"),
    }
}

/// Inserts an entry that would pass these caps. The store names one of them.
pub(super) async fn refuse_at<S: TokenStore, const N: usize>(
    store: &S,
    sample: Sample,
    caps: [Cap; N],
) -> FullError {
    let refused = store.insert(sample.key, sample.entry, TTL).await;
    match refused.map_err(|error| error.kind()) {
        Err(StoreErrorKind::Full(full)) if caps.contains(&full.cap()) => full,
        Err(kind) => panic!("an entry over the cap {caps:?} was refused with {kind:?}"),
        Ok(()) => panic!("an entry was let in over the cap {caps:?}"),
    }
}

pub(super) async fn take<S: TokenStore>(store: &S, key: TokenKey) -> Option<Entry> {
    let taken = store.take(key).await;
    taken.expect("a store under test can be asked")
}

pub(super) async fn withdraw<S: TokenStore>(store: &S, name: &str) -> usize {
    let subject = Subject::new(name).expect("the checks use good names");
    let withdrawn = store.withdraw(subject).await;
    withdrawn.expect("a store under test can be asked")
}

pub(super) async fn epoch<S: TokenStore>(store: &S) -> Epoch {
    let epoch = store.epoch().await;
    epoch.expect("a store under test can be asked")
}
