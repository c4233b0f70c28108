//! The log behind its handles: [`SharedLog`].

use std::sync::Arc;
use std::task::Waker;

use sse_gate_core::{Clock, SteadyTime};

use super::watched::Watch;
use crate::log::readers::Readers;
use crate::log::retained::Retained;
use crate::log::{AppendErrorKind, EncodedEvent, LogEnd, LogEpoch, Page, Read, StopReason};
use crate::sync::{Mutex, MutexGuard};

/// A log, behind every handle of it.
pub(super) struct SharedLog {
    pub(super) epoch: LogEpoch,
    pub(super) clock: Arc<dyn Clock>,
    state: Mutex<State>,
    pub(super) watch: Option<Watch>,
}

/// What of a log changes, under its lock.
pub(super) struct State {
    pub(super) retained: Retained,
    pub(super) end: Option<LogEnd>,
    pub(super) readers: Readers,
    /// When the last reader went, or the log was made.
    pub(super) deserted_since: SteadyTime,
    pub(super) stop: Option<StopReason>,
    /// The writer's task, if it waits for the last reader to go, or to be asked to stop.
    pub(super) writer: Option<Waker>,
}

impl SharedLog {
    pub(super) fn new(
        epoch: LogEpoch,
        clock: Arc<dyn Clock>,
        retained: Retained,
        watch: Option<Watch>,
    ) -> Self {
        let state = State {
            retained,
            end: None,
            readers: Readers::default(),
            deserted_since: clock.steady(),
            stop: None,
            writer: None,
        };
        Self {
            epoch,
            clock,
            state: Mutex::new(state),
            watch,
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Changes the log, then wakes those whom the change concerns, without the lock.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> (T, Vec<Waker>)) -> T {
        let (result, waiting) = change(&mut self.lock());
        waiting.into_iter().for_each(Waker::wake);
        result
    }
}

impl State {
    pub(super) fn append(
        &mut self,
        encoded: EncodedEvent,
        now: SteadyTime,
    ) -> Result<u64, AppendErrorKind> {
        if self.end.is_some() {
            return Err(AppendErrorKind::Ended);
        }
        if self.stop == Some(StopReason::Closed) {
            return Err(AppendErrorKind::Closed);
        }
        self.retained.push(encoded, now)
    }

    pub(super) fn read(&mut self, after: u64, page: &mut Page, now: SteadyTime) -> Option<Read> {
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
