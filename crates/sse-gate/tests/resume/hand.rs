//! A store of sessions that the test keeps a hand on: [`Hand`].

use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sse_gate::Subject;
use sse_gate::sessions::MemorySessions;
use sse_gate::sessions::backend::{
    Due, Moment, Record, SessionId, SessionKey, SessionStore, StoredSession,
};
use sse_gate::sessions::error::SessionError;
use tokio::sync::Semaphore;

/// How the store does what it is asked to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// At once.
    Works,
    /// Not at all.
    Fails,
    /// When it is let go; until then nothing has happened.
    HangsBefore,
    /// At once, but it says so when it is let go.
    HangsAfter,
    /// At once, but for closing sessions, which it does when it is let go.
    HangsAtClosing,
    /// At once, but for its epoch, which it reads when it is let go.
    HangsAtArriving,
}

/// The store in memory, which works as it is told. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Hand(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) store: MemorySessions,
    way: Mutex<Way>,
    gate: Semaphore,
    pub(crate) asked: AtomicUsize,
    pub(crate) done: AtomicUsize,
}

impl Hand {
    pub(crate) fn new(store: MemorySessions) -> Self {
        Self(Arc::new(Inner {
            store,
            way: Mutex::new(Way::Works),
            gate: Semaphore::new(0),
            asked: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
        }))
    }

    pub(crate) fn is_to(&self, way: Way) {
        *self.0.way.lock().unwrap() = way;
    }

    /// Lets one question go.
    pub(crate) fn let_go(&self) {
        self.0.gate.add_permits(1);
    }

    /// How many changes it was asked for.
    pub(crate) fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// How many it has answered.
    pub(crate) fn done(&self) -> usize {
        self.0.done.load(Ordering::SeqCst)
    }

    /// Waits to be let go, if it is to hang there.
    async fn waits_at(&self, place: Way) {
        let waits = *self.0.way.lock().unwrap() == place;
        if waits {
            self.0.gate.acquire().await.unwrap().forget();
        }
    }

    async fn change<T>(
        &self,
        change: impl Future<Output = Result<T, SessionError>>,
    ) -> Result<T, SessionError> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        let way = *self.0.way.lock().unwrap();
        let pass = async || self.0.gate.acquire().await.unwrap().forget();
        let answer = match way {
            Way::Works | Way::HangsAtClosing | Way::HangsAtArriving => change.await,
            Way::Fails => Err(SessionError::unavailable("it fails")),
            Way::HangsBefore => {
                pass().await;
                change.await
            }
            Way::HangsAfter => {
                let answer = change.await;
                pass().await;
                answer
            }
        };
        self.0.done.fetch_add(1, Ordering::SeqCst);
        answer
    }
}

impl Deref for Hand {
    type Target = MemorySessions;

    fn deref(&self) -> &MemorySessions {
        &self.0.store
    }
}

impl SessionStore for Hand {
    async fn moment(&self) -> Result<Moment, SessionError> {
        self.waits_at(Way::HangsAtArriving).await;
        self.0.store.moment().await
    }

    async fn create(&self, id: SessionId, record: Record) -> Result<(), SessionError> {
        self.change(self.0.store.create(id, record)).await
    }

    async fn load(&self, key: SessionKey) -> Result<Option<StoredSession>, SessionError> {
        self.0.store.load(key).await
    }

    async fn swap(&self, from: &StoredSession, record: Record) -> Result<bool, SessionError> {
        let before = self.0.store.load(SessionKey::Id(from.id)).await?;
        let generation = before.map(|stored| stored.record.generation());
        let lets_in = generation != Some(record.generation());
        if record.closed().is_some() {
            self.waits_at(Way::HangsAtClosing).await;
        }
        let swap = self.0.store.swap(from, record);
        if lets_in {
            self.change(swap).await
        } else {
            swap.await
        }
    }

    async fn waiting(
        &self,
        subject: Subject,
        limit: usize,
    ) -> Result<Vec<SessionId>, SessionError> {
        self.0.store.waiting(subject, limit).await
    }

    async fn due(&self, limit: usize) -> Result<Due, SessionError> {
        self.0.store.due(limit).await
    }

    async fn revoke(&self, subject: Subject) -> Result<Vec<SessionId>, SessionError> {
        self.0.store.revoke(subject).await
    }
}
