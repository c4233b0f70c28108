//! A store of sessions that the test keeps a hand on: [`Hand`].

use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sse_gate::Subject;
use sse_gate::core::TokenKey;
use sse_gate::sessions::backend::{
    Binding, Delivered, Fence, ReadLog, Record, Reopened, SessionEpoch, SessionId, SessionStore,
};
use sse_gate::sessions::backend::{SessionFilter, ShownId, StepOutcome};
use sse_gate::sessions::error::SessionError;
use sse_gate::sessions::{CloseReason, MemorySessions};
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
    async fn open(
        &self,
        id: SessionId,
        record: Record,
        log: Arc<dyn ReadLog>,
        owns_log: bool,
    ) -> Result<Fence, SessionError> {
        self.change(self.0.store.open(id, record, log, owns_log))
            .await
    }

    async fn epoch(&self) -> Result<SessionEpoch, SessionError> {
        let waits = *self.0.way.lock().unwrap() == Way::HangsAtArriving;
        if waits {
            self.0.gate.acquire().await.unwrap().forget();
        }
        self.0.store.epoch().await
    }

    async fn find(&self, id: SessionId) -> Result<Option<Arc<Binding>>, SessionError> {
        self.0.store.find(id).await
    }

    async fn redeem(&self, id: SessionId, shown: ShownId) -> Result<StepOutcome, SessionError> {
        self.change(self.0.store.redeem(id, shown)).await
    }

    async fn reopen(
        &self,
        token: TokenKey,
        window: Duration,
    ) -> Result<Option<Reopened>, SessionError> {
        self.change(self.0.store.reopen(token, window)).await
    }

    fn release(&self, id: SessionId, generation: u64, delivered: Delivered) {
        self.0.store.release(id, generation, delivered);
    }

    fn confirm(&self, id: SessionId, generation: u64) {
        self.0.store.confirm(id, generation);
    }

    async fn close(
        &self,
        whose: SessionFilter,
        reason: CloseReason,
    ) -> Result<usize, SessionError> {
        let waits = *self.0.way.lock().unwrap() == Way::HangsAtClosing;
        if waits {
            self.0.gate.acquire().await.unwrap().forget();
        }
        self.0.store.close(whose, reason).await
    }

    async fn stop(&self, token: TokenKey, subject: Subject) -> Result<bool, SessionError> {
        self.0.store.stop(token, subject).await
    }

    fn sweep(&self) {
        self.0.store.sweep();
    }
}
