//! A store chosen at run time: [`SharedStore`].

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::{StoreError, TokenStore};
use crate::{Entry, Epoch, Subject, TokenKey};

/// Any [`TokenStore`], without its type. Clones share the store.
///
/// Use it if the program chooses the store at run time. Each operation costs one more allocation than
/// that of the store itself, as its future is boxed.
///
/// ```
/// use sse_gate_core::{MemoryStore, RefuseAllStore, SharedStore, TokenGate};
///
/// fn store(streams_are_on: bool) -> SharedStore {
///     if streams_are_on {
///         SharedStore::new(MemoryStore::default())
///     } else {
///         SharedStore::new(RefuseAllStore)
///     }
/// }
///
/// let gate: TokenGate = TokenGate::builder(store(true)).build_erased();
/// # let _ = gate;
/// ```
#[derive(Clone)]
pub struct SharedStore(Arc<dyn ErasedStore>);

impl SharedStore {
    /// Wraps a store. A `SharedStore` is not wrapped again.
    pub fn new(store: impl TokenStore) -> Self {
        let any: &dyn Any = &store;
        match any.downcast_ref::<Self>() {
            Some(shared) => shared.clone(),
            None => Self(Arc::new(store)),
        }
    }

    /// The same as [`TokenStore::take`], but the future has a name and borrows nothing. So a struct
    /// can keep it, and another task can finish it.
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

/// [`TokenStore`] in a form that trait objects can have. It is private, so that no call is ambiguous.
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
