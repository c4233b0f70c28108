//! A store that can be made to wait: [`Slow`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sse_gate::core::{Entry, Epoch, StoreError, TokenKey};
use sse_gate::{MemoryStore, Subject, TokenStore};
use tokio::sync::Semaphore;

/// Where a take waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Nowhere.
    No,
    /// On its way to the store.
    Before,
    /// On its way back: the entry is gone already.
    After,
}

/// A memory store whose takes wait until they are let go.
#[derive(Clone, Debug)]
pub struct Slow {
    store: Arc<MemoryStore>,
    wait: Wait,
    gate: Arc<Semaphore>,
    asked: Arc<AtomicUsize>,
    answered: Arc<AtomicUsize>,
}

impl Slow {
    /// An empty store, whose takes wait there.
    pub fn new(wait: Wait) -> Self {
        Self {
            store: Arc::default(),
            wait,
            gate: Arc::new(Semaphore::new(0)),
            asked: Arc::default(),
            answered: Arc::default(),
        }
    }

    /// How many takes were asked for.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// How many came to their end.
    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::SeqCst)
    }

    /// Lets all takes go, those to come included.
    pub fn let_go(&self) {
        self.gate.close();
    }

    async fn waited(&self, wait: Wait) {
        if self.wait == wait {
            // It fails when it is closed, which is what was waited for.
            let _ = self.gate.acquire().await;
        }
    }
}

impl TokenStore for Slow {
    async fn insert(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        self.store.insert(key, entry, ttl).await
    }

    async fn take(&self, key: TokenKey) -> Result<Option<Entry>, StoreError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.waited(Wait::Before).await;
        let taken = self.store.take(key).await;
        self.waited(Wait::After).await;
        self.answered.fetch_add(1, Ordering::SeqCst);
        taken
    }

    async fn withdraw(&self, subject: Subject) -> Result<usize, StoreError> {
        self.store.withdraw(subject).await
    }

    async fn epoch(&self) -> Result<Epoch, StoreError> {
        self.store.epoch().await
    }
}
