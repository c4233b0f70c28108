//! A store of logs that a test makes slow or breaks: [`HeldLogs`].

use std::future::poll_fn;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Poll, Waker};

use bytes::Bytes;
use sse_gate_resume::backend::{
    LogEnd, LogId, LogName, LogStore, LogWindows, MemoryLogStore, NewLog, StoredEvents, StoredLog,
};
use sse_gate_resume::error::{AppendError, LogError};

/// A handle of a store in memory, whose answers can be held back, lost or refused. Clones are of the
/// same store, and of the same node.
#[derive(Clone, Debug)]
pub(crate) struct HeldLogs {
    pub(crate) inner: MemoryLogStore,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    gate: Option<Arc<Mutex<Gate>>>,
    read_gate: Option<Arc<Mutex<Gate>>>,
    fails: bool,
    fails_reads: bool,
    loses_answers: bool,
    spoils: Option<fn(&mut StoredEvents)>,
    reads: usize,
    released: Vec<LogName>,
}

#[derive(Debug, Default)]
struct Gate {
    is_open: bool,
    waiting: Vec<Waker>,
}

impl HeldLogs {
    pub(crate) fn new(inner: MemoryLogStore) -> Self {
        Self {
            inner,
            state: Arc::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// From now on, the store does what it is asked, and answers creates, claims, appends and ends later.
    pub(crate) fn hold(&self) -> Held {
        let gate = Arc::default();
        self.state().gate = Some(Arc::clone(&gate));
        Held(gate)
    }

    /// Answers at once again. What was held is still held.
    pub(crate) fn answer(&self) {
        self.state().gate = None;
    }

    /// Whether the store can be asked.
    pub(crate) fn fail(&self, fails: bool) {
        self.state().fails = fails;
    }

    /// Whether it can be read.
    pub(crate) fn fail_reads(&self, fails: bool) {
        self.state().fails_reads = fails;
    }

    /// Changes what is read from now on.
    pub(crate) fn spoil_reads(&self, spoil: fn(&mut StoredEvents)) {
        self.state().spoils = Some(spoil);
    }

    /// Whether appends and claims are done, and their answers lost.
    pub(crate) fn lose_answers(&self, loses: bool) {
        self.state().loses_answers = loses;
    }

    /// How often it was read.
    pub(crate) fn reads(&self) -> usize {
        self.state().reads
    }

    /// The logs that it was told to let go of.
    pub(crate) fn released(&self) -> Vec<LogName> {
        self.state().released.clone()
    }

    /// The next read is answered later.
    pub(crate) fn hold_read(&self) -> Held {
        let gate = Arc::default();
        self.state().read_gate = Some(Arc::clone(&gate));
        Held(gate)
    }

    async fn pass(&self) {
        let gate = self.state().gate.clone();
        Self::wait(gate).await;
    }

    async fn wait(gate: Option<Arc<Mutex<Gate>>>) {
        if let Some(gate) = gate {
            poll_fn(|cx| {
                let mut gate = gate.lock().unwrap();
                if gate.is_open {
                    return Poll::Ready(());
                }
                gate.waiting.push(cx.waker().clone());
                Poll::Pending
            })
            .await;
        }
    }

    fn check(&self) -> Result<(), LogError> {
        if self.state().fails {
            return Err(LogError::unavailable("the test breaks it"));
        }
        Ok(())
    }
}

/// Answers that are held back.
pub(crate) struct Held(Arc<Mutex<Gate>>);

impl Held {
    pub(crate) fn release(self) {
        let mut gate = self.0.lock().unwrap();
        gate.is_open = true;
        let waiting = mem::take(&mut gate.waiting);
        drop(gate);
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl LogStore for HeldLogs {
    fn windows(&self) -> &LogWindows {
        self.inner.windows()
    }

    async fn create(&self, log: NewLog) -> Result<(), LogError> {
        self.check()?;
        let created = self.inner.create(log).await;
        self.pass().await;
        created
    }

    async fn open(&self, name: LogName) -> Result<Option<StoredLog>, LogError> {
        self.check()?;
        self.inner.open(name).await
    }

    async fn claim(&self, log: LogId) -> Result<bool, LogError> {
        self.check()?;
        let claimed = self.inner.claim(log).await;
        let loses = self.state().loses_answers;
        self.pass().await;
        if loses {
            return Err(LogError::unavailable("the answer is lost"));
        }
        claimed
    }

    async fn append(&self, log: LogId, event: Bytes) -> Result<u64, AppendError> {
        self.check().map_err(AppendError::unavailable)?;
        let appended = self.inner.append(log, event).await;
        let loses = self.state().loses_answers;
        self.pass().await;
        if loses {
            return Err(AppendError::unavailable("the answer is lost"));
        }
        appended
    }

    async fn read(
        &self,
        log: LogId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Option<StoredEvents>, LogError> {
        self.state().reads += 1;
        self.check()?;
        if self.state().fails_reads {
            return Err(LogError::unavailable("the test breaks it"));
        }
        let mut read = self.inner.read(log, after, max_bytes).await;
        if let (Ok(Some(events)), Some(spoil)) = (&mut read, self.state().spoils) {
            spoil(events);
        }
        let gate = self.state().read_gate.take();
        Self::wait(gate).await;
        read
    }

    async fn end(&self, log: LogId, how: LogEnd) -> Result<(), AppendError> {
        self.check().map_err(AppendError::unavailable)?;
        self.pass().await;
        self.inner.end(log, how).await
    }

    async fn remove(&self, log: LogId) -> Result<(), LogError> {
        self.check()?;
        self.inner.remove(log).await
    }

    async fn release(&self, log: LogId) -> Result<(), LogError> {
        self.state().released.push(log.name.clone());
        self.inner.release(log).await
    }
}
