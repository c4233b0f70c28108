//! A store chosen at run time: [`SharedStore`].

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::{Epoch, StoreError, TokenStore};
use crate::{Entry, Subject, TokenKey};

/// Any [`TokenStore`], its type forgotten. Clones share the store.
///
/// Each operation costs one allocation more than the store's own: its future is boxed.
#[derive(Clone)]
pub struct SharedStore(Arc<dyn ErasedStore>);

impl SharedStore {
    /// Forgets the type of `store`. One whose type is forgotten already stays as it is.
    pub fn new(store: impl TokenStore) -> Self {
        let any: &dyn Any = &store;
        match any.downcast_ref::<Self>() {
            Some(shared) => shared.clone(),
            None => Self(Arc::new(store)),
        }
    }

    /// As [`TokenStore::take`], with a future that has a name and borrows nothing: it can be
    /// kept in a struct, and finished elsewhere if whoever asked is gone.
    pub fn take_owned(&self, key: TokenKey) -> TakeFuture {
        TakeFuture(Arc::clone(&self.0).take(key))
    }
}

impl fmt::Debug for SharedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedStore").field(&self.0).finish()
    }
}

impl TokenStore for SharedStore {
    fn insert(
        &self,
        key: TokenKey,
        entry: Entry,
        ttl: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        Arc::clone(&self.0).insert(key, entry, ttl)
    }

    fn take(
        &self,
        key: TokenKey,
    ) -> impl Future<Output = Result<Option<Entry>, StoreError>> + Send {
        self.take_owned(key)
    }

    fn withdraw(&self, subject: Subject) -> impl Future<Output = Result<usize, StoreError>> + Send {
        Arc::clone(&self.0).withdraw(subject)
    }

    fn epoch(&self) -> impl Future<Output = Result<Epoch, StoreError>> + Send {
        Arc::clone(&self.0).epoch()
    }
}

/// The future of [`SharedStore::take_owned`].
#[must_use = "futures do nothing unless polled"]
pub struct TakeFuture(BoxFuture<Result<Option<Entry>, StoreError>>);

impl Future for TakeFuture {
    type Output = Result<Option<Entry>, StoreError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl fmt::Debug for TakeFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TakeFuture").finish_non_exhaustive()
    }
}

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The twin of [`TokenStore`] that a trait object can have. Private, so that no call is ambiguous.
trait ErasedStore: fmt::Debug + Send + Sync {
    fn insert(
        self: Arc<Self>,
        key: TokenKey,
        entry: Entry,
        ttl: Duration,
    ) -> BoxFuture<Result<(), StoreError>>;
    fn take(self: Arc<Self>, key: TokenKey) -> BoxFuture<Result<Option<Entry>, StoreError>>;
    fn withdraw(self: Arc<Self>, subject: Subject) -> BoxFuture<Result<usize, StoreError>>;
    fn epoch(self: Arc<Self>) -> BoxFuture<Result<Epoch, StoreError>>;
}

impl<S: TokenStore> ErasedStore for S {
    fn insert(
        self: Arc<Self>,
        key: TokenKey,
        entry: Entry,
        ttl: Duration,
    ) -> BoxFuture<Result<(), StoreError>> {
        Box::pin(async move { TokenStore::insert(&*self, key, entry, ttl).await })
    }

    fn take(self: Arc<Self>, key: TokenKey) -> BoxFuture<Result<Option<Entry>, StoreError>> {
        Box::pin(async move { TokenStore::take(&*self, key).await })
    }

    fn withdraw(self: Arc<Self>, subject: Subject) -> BoxFuture<Result<usize, StoreError>> {
        Box::pin(async move { TokenStore::withdraw(&*self, subject).await })
    }

    fn epoch(self: Arc<Self>) -> BoxFuture<Result<Epoch, StoreError>> {
        Box::pin(async move { TokenStore::epoch(&*self).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;

    #[test]
    fn a_store_is_boxed_once() {
        let once = SharedStore::new(MemoryStore::default());
        let twice = SharedStore::new(once.clone());
        assert!(Arc::ptr_eq(&once.0, &twice.0));
    }
}
