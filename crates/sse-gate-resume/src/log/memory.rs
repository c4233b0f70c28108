//! A log in this process's memory: [`MemoryLog`].

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use sse_gate_codec::Event;
use sse_gate_core::{
    Clock, Entropy, EntropyError, SteadyTime, Subject, SystemClock, SystemEntropy,
};

use super::budget::Account;
use super::readers::{Readers, keep_waker};
use super::retained::Retained;
use super::{
    AppendError, AppendErrorKind, Bounds, EncodedEvent, EventLog, LogBudget, LogEnd, LogEpoch,
    LogLimits, Page, Read, ReadLog, ReaderId, StopReason,
};
use crate::sync::{Mutex, MutexGuard};

/// Makes logs that share their limits, their clock and one budget.
#[derive(Clone, Debug)]
pub struct MemoryLogs {
    limits: LogLimits,
    budget: LogBudget,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl MemoryLogs {
    /// Makes logs of these limits, within this budget.
    pub fn new(limits: LogLimits, budget: LogBudget) -> Self {
        Self {
            limits,
            budget,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        }
    }

    /// The clock that events age by, the system's by default.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Where epochs come from, the system's randomness by default.
    pub fn with_entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// An empty log that belongs to no subject: one that many follow, say. It fails only without
    /// randomness.
    pub fn create(&self) -> Result<MemoryLog, EntropyError> {
        self.create_in(self.budget.account())
    }

    /// An empty log whose events count against this subject's
    /// [share](LogBudget::with_share) of the budget, too. It fails only without randomness.
    pub fn create_for(&self, subject: &Subject) -> Result<MemoryLog, EntropyError> {
        self.create_in(self.budget.account_of(subject))
    }

    fn create_in(&self, account: Account) -> Result<MemoryLog, EntropyError> {
        let state = State {
            retained: Retained::new(self.limits, account),
            end: None,
            readers: Readers::default(),
            deserted_since: self.clock.steady(),
            stop: None,
            writer: None,
        };
        Ok(MemoryLog(Arc::new(Inner {
            epoch: LogEpoch::generate(&*self.entropy)?,
            clock: Arc::clone(&self.clock),
            state: Mutex::new(state),
        })))
    }
}

impl Default for MemoryLogs {
    fn default() -> Self {
        Self::new(LogLimits::default(), LogBudget::default())
    }
}

/// A log in memory. Clones are the same log.
///
/// What it holds is gone with the last of them.
#[derive(Clone)]
pub struct MemoryLog(Arc<Inner>);

struct Inner {
    epoch: LogEpoch,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    retained: Retained,
    end: Option<LogEnd>,
    readers: Readers,
    /// When the last reader went, or the log was made.
    deserted_since: SteadyTime,
    stop: Option<StopReason>,
    /// Waits for the last reader to go, or to be asked to stop.
    writer: Option<Waker>,
}

impl MemoryLog {
    /// How many readers it has.
    pub fn readers(&self) -> usize {
        self.lock().readers.len()
    }

    /// How many handles there are of this log, this one included: each clone is one, and so are
    /// those that sessions, publishers and subscriptions hold.
    ///
    /// A session that waits for its client to come back still holds its log. So a registry of
    /// shared logs knows by this number which of them it may drop: those with its own handle only.
    pub fn handles(&self) -> usize {
        Arc::strong_count(&self.0)
    }

    /// Why its writer is to stop, if it is. Asking takes nothing from who waits for it.
    pub fn stop_reason(&self) -> Option<StopReason> {
        self.lock().stop
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock()
    }

    /// Changes the log, then wakes whom the change concerns: nobody is woken under the lock.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> (T, Vec<Waker>)) -> T {
        let (result, waiting) = change(&mut self.lock());
        waiting.into_iter().for_each(Waker::wake);
        result
    }
}

impl State {
    fn append(&mut self, encoded: EncodedEvent, now: SteadyTime) -> Result<u64, AppendErrorKind> {
        if self.end.is_some() {
            return Err(AppendErrorKind::Ended);
        }
        if self.stop == Some(StopReason::Closed) {
            return Err(AppendErrorKind::Closed);
        }
        self.retained.push(encoded, now)
    }

    fn read(&mut self, after: u64, page: &mut Page, now: SteadyTime) -> Option<Read> {
        self.retained.trim(now);
        let (first, last) = (self.retained.first(), self.retained.last());
        if after > last {
            return Some(Read::Ahead { last });
        }
        if after + 1 < first {
            return Some(Read::Trimmed { first });
        }
        self.retained.read(after, page);
        match self.end {
            _ if !page.is_empty() => Some(Read::Events),
            end => end.map(Read::Ended),
        }
    }
}

impl ReadLog for MemoryLog {
    fn epoch(&self) -> LogEpoch {
        self.0.epoch
    }

    fn bounds(&self) -> Bounds {
        let now = self.0.clock.steady();
        let mut state = self.lock();
        state.retained.trim(now);
        Bounds {
            first: state.retained.first(),
            last: state.retained.last(),
            end: state.end,
        }
    }

    fn enroll(&self) -> ReaderId {
        self.lock().readers.enroll()
    }

    fn dismiss(&self, reader: ReaderId) {
        let now = self.0.clock.steady();
        self.change(|state| {
            state.readers.dismiss(reader);
            if !state.readers.is_empty() {
                return ((), Vec::new());
            }
            state.deserted_since = now;
            ((), state.writer.take().into_iter().collect())
        });
    }

    fn poll_read(
        &self,
        reader: ReaderId,
        after: u64,
        page: &mut Page,
        cx: &mut Context<'_>,
    ) -> Poll<Read> {
        let now = self.0.clock.steady();
        let mut state = self.lock();
        if let Some(read) = state.read(after, page, now) {
            return Poll::Ready(read);
        }
        state.readers.wait(reader, cx);
        Poll::Pending
    }

    fn stop(&self, reason: StopReason) {
        self.change(|state| {
            match reason {
                StopReason::Requested => {
                    state.stop.get_or_insert(reason);
                }
                // It stands above a request, and there is nothing to keep the events for.
                StopReason::Closed => {
                    state.stop = Some(reason);
                    state.retained.clear();
                }
            }
            ((), state.writer.take().into_iter().collect())
        });
    }
}

impl EventLog for MemoryLog {
    async fn append(&self, event: &Event<'_>) -> Result<u64, AppendError> {
        let encoded = EncodedEvent::new(event)?;
        let now = self.0.clock.steady();
        let seq = self.change(|state| match state.append(encoded, now) {
            Ok(seq) => (Ok(seq), state.readers.take_waiting()),
            Err(kind) => (Err(kind), Vec::new()),
        })?;
        Ok(seq)
    }

    async fn end(&self, how: LogEnd) -> Result<(), AppendError> {
        self.change(|state| {
            state.end.get_or_insert(how);
            ((), state.readers.take_waiting())
        });
        Ok(())
    }

    fn poll_stopped(&self, cx: &mut Context<'_>) -> Poll<StopReason> {
        let mut state = self.lock();
        if let Some(reason) = state.stop {
            return Poll::Ready(reason);
        }
        keep_waker(&mut state.writer, cx);
        Poll::Pending
    }

    fn poll_deserted(&self, cx: &mut Context<'_>) -> Poll<Duration> {
        let now = self.0.clock.steady();
        let mut state = self.lock();
        if state.readers.is_empty() {
            return Poll::Ready(now.saturating_since(state.deserted_since));
        }
        keep_waker(&mut state.writer, cx);
        Poll::Pending
    }
}

impl fmt::Debug for MemoryLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLog")
            .field("epoch", &self.0.epoch)
            .field("bounds", &self.bounds())
            .finish_non_exhaustive()
    }
}
