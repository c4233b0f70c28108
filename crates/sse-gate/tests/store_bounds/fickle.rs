//! A store that works, errs or hangs, as it is told: [`Fickle`].

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sse_gate::core::{Entry, Epoch, StoreError, TokenKey, TokenStore};
use sse_gate::{Limits, MemoryStore, Subject};
use tokio::sync::watch;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Works,
    Errs,
    /// Waits until it is told something else, and then does what it was asked.
    Hangs,
    /// Takes this long for what it is asked in this mood, whatever comes later.
    Takes(Duration),
    /// Never answers what it is asked in this mood, whatever comes later.
    Loses,
    /// As that, and only when it is asked to keep something.
    LosesInsertions,
}

#[derive(Clone, Debug)]
pub(crate) struct Fickle {
    store: Arc<MemoryStore>,
    mood: watch::Sender<Mood>,
    asked: Arc<AtomicUsize>,
    done: Arc<AtomicUsize>,
}

impl Fickle {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            store: Arc::new(MemoryStore::new(limits)),
            mood: watch::Sender::new(Mood::Works),
            asked: Arc::default(),
            done: Arc::default(),
        }
    }

    pub(crate) fn becomes(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// How many operations it was asked for.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// How many of them it has answered.
    pub(crate) fn done(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }

    async fn once_in_the_mood(&self) -> Result<(), StoreError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mood = *self.mood.borrow();
        match mood {
            Mood::Works | Mood::LosesInsertions => {}
            Mood::Errs => return Err(StoreError::unavailable("it is down")),
            Mood::Loses => pending().await,
            Mood::Takes(span) => tokio::time::sleep(span).await,
            Mood::Hangs => {
                let mut mood = self.mood.subscribe();
                let _ = mood.wait_for(|mood| *mood == Mood::Works).await;
            }
        }
        self.done.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

impl TokenStore for Fickle {
    async fn insert(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        self.once_in_the_mood().await?;
        if *self.mood.borrow() == Mood::LosesInsertions {
            pending::<()>().await;
        }
        self.store.insert(key, entry, ttl).await
    }

    async fn take(&self, key: TokenKey) -> Result<Option<Entry>, StoreError> {
        self.once_in_the_mood().await?;
        self.store.take(key).await
    }

    async fn withdraw(&self, subject: Subject) -> Result<usize, StoreError> {
        self.once_in_the_mood().await?;
        self.store.withdraw(subject).await
    }

    async fn epoch(&self) -> Result<Epoch, StoreError> {
        self.once_in_the_mood().await?;
        self.store.epoch().await
    }
}
