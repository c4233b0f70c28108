//! Sessions whose store has not said whether it has them.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use pollster::block_on;
use sse_gate_core::Subject;
use sse_gate_resume::backend::{
    Due, Moment, Record, SessionId, SessionKey, SessionStore, StoredSession,
};
use sse_gate_resume::error::SessionError;
use sse_gate_resume::{MemorySessions, Opening, ResumeKey, ResumeKeys, Sessions};

use crate::support::{Stage, token};

fn alice() -> Subject {
    Subject::new("alice").unwrap()
}

/// Sessions that a writer makes, whatever becomes of those who have asked for them. Looks see only what it
/// has made. Clones are of the same store.
#[derive(Clone, Debug)]
struct Written {
    inner: MemorySessions,
    jobs: Arc<Mutex<VecDeque<Job>>>,
}

#[derive(Debug)]
struct Job {
    id: SessionId,
    record: Record,
    /// Set when the job is done.
    done: Arc<Mutex<bool>>,
}

impl Written {
    /// A store like a stage's, and sessions in it.
    fn on(stage: &Stage) -> (Self, Sessions) {
        let store = Self {
            inner: MemorySessions::default().with_clock(stage.clock.clone()),
            jobs: Arc::default(),
        };
        let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap());
        let sessions = Sessions::new(store.clone(), keys).with_clock(stage.clock.clone());
        (store, sessions)
    }

    /// The writer does what it was asked to.
    fn write(&self) {
        for job in self.jobs.lock().unwrap().drain(..) {
            block_on(self.inner.create(job.id, job.record)).unwrap();
            *job.done.lock().unwrap() = true;
        }
    }

    /// How many sessions of alice's wait for their clients.
    fn waiting(&self) -> usize {
        block_on(self.inner.waiting(alice(), 8)).unwrap().len()
    }
}

impl SessionStore for Written {
    async fn moment(&self) -> Result<Moment, SessionError> {
        self.inner.moment().await
    }

    async fn create(&self, id: SessionId, record: Record) -> Result<(), SessionError> {
        let done = Arc::<Mutex<bool>>::default();
        let job = Job {
            id,
            record,
            done: Arc::clone(&done),
        };
        self.jobs.lock().unwrap().push_back(job);
        poll_fn(|_| {
            if *done.lock().unwrap() {
                return Poll::Ready(Ok(()));
            }
            Poll::Pending
        })
        .await
    }

    async fn load(&self, key: SessionKey) -> Result<Option<StoredSession>, SessionError> {
        self.inner.load(key).await
    }

    async fn swap(&self, from: &StoredSession, record: Record) -> Result<bool, SessionError> {
        self.inner.swap(from, record).await
    }

    async fn waiting(
        &self,
        subject: Subject,
        limit: usize,
    ) -> Result<Vec<SessionId>, SessionError> {
        self.inner.waiting(subject, limit).await
    }

    async fn due(&self, limit: usize) -> Result<Due, SessionError> {
        self.inner.due(limit).await
    }

    async fn revoke(&self, subject: Subject) -> Result<Vec<SessionId>, SessionError> {
        self.inner.revoke(subject).await
    }
}

/// Begins to open a session of alice's, and is dropped before the store has answered.
fn open_and_leave(stage: &Stage, sessions: &Sessions) {
    let (log, grant) = (stage.log(), stage.grant("alice"));
    let arrival = block_on(sessions.arrival()).unwrap();
    let mut opened = Box::pin(sessions.open(Opening::new(arrival, &grant, token(1), log)));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(opened.as_mut().poll(&mut cx).is_pending());
}

/// A user closes the page before the server has answered. The session is made all the same.
#[test]
fn an_opening_is_finished_once_it_has_begun() {
    let stage = Stage::default();
    let (store, sessions) = Written::on(&stage);
    open_and_leave(&stage, &sessions);
    assert_eq!(store.inner.len(), 0);
    store.write();
    sessions.sweep();
    assert_eq!((store.inner.len(), store.waiting()), (1, 1));
    stage.wait(stage.policy.idle());
    sessions.sweep();
    assert!(store.inner.is_empty());
}
