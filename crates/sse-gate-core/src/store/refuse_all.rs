//! The store that has nothing and takes nothing: [`RefuseAllStore`].

use std::future::ready;
use std::time::Duration;

use super::{Epoch, StoreError, TokenStore};
use crate::{Entry, Subject, TokenKey};

/// Refuses every operation as a store does that can't be reached.
///
/// For tests of what a service does without its store, and for turning streams off: a gate over
/// it issues nothing and admits nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct RefuseAllStore;

const REASON: &str = "this store refuses all";

impl TokenStore for RefuseAllStore {
    fn insert(
        &self,
        _: TokenKey,
        _: Entry,
        _: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        ready(Err(StoreError::unavailable(REASON)))
    }

    fn take(&self, _: TokenKey) -> impl Future<Output = Result<Option<Entry>, StoreError>> + Send {
        ready(Err(StoreError::unavailable(REASON)))
    }

    fn withdraw(&self, _: Subject) -> impl Future<Output = Result<usize, StoreError>> + Send {
        ready(Err(StoreError::unavailable(REASON)))
    }

    fn epoch(&self) -> impl Future<Output = Result<Epoch, StoreError>> + Send {
        ready(Err(StoreError::unavailable(REASON)))
    }
}
