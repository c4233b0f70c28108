//! A store of tokens that is asked within bounds: [`GuardedStore`].

use std::time::Duration;

use sse_gate_core::{Entry, Epoch, SharedStore, StoreError, Subject, TokenKey, TokenStore};

use super::StoreAccess;

/// A store of tokens that is asked within the bounds of a [`StorePolicy`](crate::StorePolicy). An operation
/// without an answer in time ends with an error. An operation that has begun runs to its end in a task.
#[derive(Clone, Debug)]
pub(crate) struct GuardedStore {
    store: SharedStore,
    access: StoreAccess,
}

impl GuardedStore {
    pub(crate) fn new(store: SharedStore, access: StoreAccess) -> Self {
        Self { store, access }
    }
}

impl TokenStore for GuardedStore {
    fn insert(
        &self,
        key: TokenKey,
        entry: Entry,
        ttl: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let store = self.store.clone();
        let question = async move { store.insert(key, entry, ttl).await };
        self.access.ask(Box::pin(question))
    }

    fn take(
        &self,
        key: TokenKey,
    ) -> impl Future<Output = Result<Option<Entry>, StoreError>> + Send {
        self.access.ask(self.store.take_owned(key))
    }

    fn withdraw(&self, subject: Subject) -> impl Future<Output = Result<usize, StoreError>> + Send {
        let store = self.store.clone();
        let question = async move { store.withdraw(subject).await };
        self.access.ask(Box::pin(question))
    }

    fn epoch(&self) -> impl Future<Output = Result<Epoch, StoreError>> + Send {
        let store = self.store.clone();
        self.access
            .read(Box::pin(async move { store.epoch().await }))
    }
}
