//! Sessions whose store has not said whether it has them.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use pollster::block_on;
use sse_gate_core::Subject;
use sse_gate_resume::backend::{
    Due, Moment, Record, SessionId, SessionKey, SessionStore, StoredSession,
};
use sse_gate_resume::error::{OpenError, ResumeError, SessionError, SessionErrorKind};
use sse_gate_resume::{InvalidIdReason, MemorySessions, Opening, ResumeKey, ResumeKeys, Sessions};

use crate::support::{Fate, Stage, token};

fn alice() -> Subject {
    Subject::new("alice").unwrap()
}

/// Sessions that a writer makes, whatever becomes of those who have asked for them. Looks see only what it
/// has made. Clones are of the same store.
#[derive(Clone, Debug)]
struct Written {
    inner: MemorySessions,
    jobs: Arc<Mutex<VecDeque<Job>>>,
    /// Whether those who ask are told at once that there is no answer.
    is_silent: bool,
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
    fn on(stage: &Stage, is_silent: bool) -> (Self, Sessions) {
        let store = Self {
            is_silent,
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
        if self.is_silent {
            return Err(SessionError::unavailable("the answer is lost"));
        }
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
    let (store, sessions) = Written::on(&stage, false);
    open_and_leave(&stage, &sessions);
    assert_eq!(store.inner.len(), 0);
    store.write();
    sessions.sweep();
    assert_eq!((store.inner.len(), store.waiting()), (1, 1));
    stage.wait(stage.policy.idle());
    sessions.sweep();
    assert!(store.inner.is_empty());
}

/// The answer is lost: whether there is a session is not known. If there is one, it waits for its client, and
/// ends when its time is up. A store that can't be asked then is asked later.
#[test]
fn a_session_that_may_have_been_made_does_not_stay_attached() {
    for lost in [&["create"][..], &["create", "load"], &["create", "swap"]] {
        let stage = Stage::default();
        let log = stage.log();
        stage.store.fates.set(move |operation| {
            let fate = match operation {
                "create" => Fate::Unanswered,
                _ if lost.contains(&operation) => Fate::Lost,
                _ => Fate::Done,
            };
            std::future::ready(fate)
        });
        assert!(stage.open(&stage.grant("alice"), token(1), &log).is_err());
        stage.store.fates.clear();
        stage.sessions.sweep();
        let waiting = block_on(SessionStore::waiting(&stage.store, alice(), 8)).unwrap();
        assert_eq!(waiting.len(), 1, "{lost:?}");
        stage.wait(stage.policy.idle());
        stage.sessions.sweep();
        assert!(MemorySessions::is_empty(&stage.store), "{lost:?}");
        assert_eq!(log.handles(), 1, "{lost:?}");
    }
}

/// The same if the store makes it later.
#[test]
fn a_session_that_is_made_too_late_does_not_stay_attached() {
    let stage = Stage::default();
    let (store, sessions) = Written::on(&stage, true);
    let (log, grant) = (stage.log(), stage.grant("alice"));
    let arrival = block_on(sessions.arrival()).unwrap();
    let opening = Opening::new(arrival, &grant, token(1), log.clone());
    assert!(block_on(sessions.open(opening)).is_err());
    assert_eq!(log.handles(), 1, "what is not there holds no log");
    store.write();
    sessions.sweep();
    assert_eq!((store.inner.len(), store.waiting()), (1, 1));
}

/// A session that is not made is looked for twice.
#[test]
fn a_session_that_was_not_made_is_forgotten() {
    let stage = Stage::default();
    let log = stage.log();
    stage.store.fates.doom("create", Fate::Lost);
    assert!(stage.open(&stage.grant("alice"), token(1), &log).is_err());
    let looks = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&looks);
    stage.store.fates.set(move |operation| {
        if operation == "load" {
            counted.fetch_add(1, Ordering::Relaxed);
        }
        std::future::ready(Fate::Done)
    });
    for _ in 0..3 {
        stage.sessions.sweep();
    }
    assert_eq!(looks.load(Ordering::Relaxed), 1);
}

/// A store that refuses a session does not have it, and is not asked about it.
#[test]
fn a_session_that_is_refused_is_not_looked_for() {
    let stage = Stage::default();
    let log = stage.log();
    let first = stage.alice(&log);
    stage.store.fates.doom("load", Fate::Hangs);
    let refused = stage.open(&stage.grant("alice"), token(1), &log);
    assert!(matches!(refused, Err(OpenError::Store(error))
        if error.kind() == SessionErrorKind::Exists));
    drop(first);
    // Only what `first` leaves behind waits for the store.
    let chores = format!("{:?}", stage.sessions);
    assert!(chores.contains("kept: 1,"), "{chores}");
}

/// The log of a session that was not opened is gone. Its token opens nothing a second time, and the session still
/// waits.
#[test]
fn a_session_whose_log_is_gone_is_not_reopened() {
    let stage = Stage::default();
    stage.store.fates.doom("create", Fate::Unanswered);
    assert!(
        stage
            .open(&stage.grant("alice"), token(1), &stage.log())
            .is_err()
    );
    stage.store.fates.clear();
    let reopened = block_on(stage.sessions.reopen(token(1), Duration::from_secs(5)));
    assert!(matches!(
        reopened,
        Err(ResumeError::Refused(InvalidIdReason::Unknown))
    ));
    let waiting = block_on(SessionStore::waiting(&stage.store, alice(), 8)).unwrap();
    assert_eq!(waiting.len(), 1);
}
