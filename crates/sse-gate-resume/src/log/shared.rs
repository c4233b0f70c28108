//! The log behind its handles: [`SharedLog`].

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Waker;

use sse_gate_core::{Clock, SteadyTime};

use super::backing::Backing;
use super::readers::Readers;
use super::retained::Retained;
use super::{
    AppendErrorKind, Bounds, EncodedEvent, LogEnd, LogEpoch, LogWindows, Page, Read, StopReason,
};
use crate::sync::{Mutex, MutexGuard};

/// So many events wait at most for one with a smaller number.
const MAX_AHEAD: usize = 64;

/// A log, behind every handle of it.
pub(super) struct SharedLog {
    pub(super) epoch: LogEpoch,
    pub(super) clock: Arc<dyn Clock>,
    state: Mutex<State>,
    handles: AtomicUsize,
    /// Called when the last handle is dropped.
    pub(super) released: OnceLock<Box<dyn Fn() + Send + Sync>>,
    /// The store that has the events, unless the window is all there is.
    pub(super) backing: Option<Backing>,
    windows: Option<LogWindows>,
}

/// What of a log changes, under its lock.
pub(super) struct State {
    pub(super) retained: Retained,
    /// Events that the store has acknowledged before one with a smaller number.
    ahead: BTreeMap<u64, EncodedEvent>,
    /// How many appends of this node wait for the store's answer.
    in_flight: usize,
    /// The first event that the store holds, as far as it is known. Without a store, it is 0.
    pub(super) stored_first: u64,
    pub(super) end: Option<LogEnd>,
    pub(super) readers: Readers,
    /// When the last reader went, or the log was made.
    pub(super) deserted_since: SteadyTime,
    pub(super) stop: Option<StopReason>,
    /// The writer's task, if it waits for the last reader to go, or to be asked to stop.
    pub(super) writer: Option<Waker>,
    /// Whether its one writer is gone with its node.
    pub(super) is_orphaned: bool,
}

/// What a reader finds in the window.
pub(super) enum Found {
    /// This is all there is for it.
    Read(Read),
    /// It has to wait.
    Nothing,
    /// It is behind the window: the store may have what it misses.
    Behind,
}

impl SharedLog {
    pub(super) fn new(epoch: LogEpoch, clock: Arc<dyn Clock>, retained: Retained) -> Self {
        let state = State {
            retained,
            ahead: BTreeMap::new(),
            in_flight: 0,
            stored_first: 0,
            end: None,
            readers: Readers::default(),
            deserted_since: clock.steady(),
            stop: None,
            writer: None,
            is_orphaned: false,
        };
        Self {
            epoch,
            clock,
            state: Mutex::new(state),
            handles: AtomicUsize::new(0),
            released: OnceLock::new(),
            backing: None,
            windows: None,
        }
    }

    /// Puts a store behind the log, which has these events already.
    pub(super) fn with_backing(
        mut self,
        backing: Backing,
        windows: LogWindows,
        stored: &Bounds,
        is_orphaned: bool,
    ) -> Self {
        let mut state = self.lock();
        state.retained.skip_to(stored.last);
        state.stored_first = stored.first;
        state.end = stored.end;
        state.is_orphaned = is_orphaned;
        drop(state);
        self.backing = Some(backing);
        self.windows = Some(windows);
        self
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    pub(super) fn bounds(&self) -> Bounds {
        let now = self.clock.steady();
        let mut state = self.lock();
        state.retained.trim(now);
        let first = state.retained.first();
        Bounds {
            first: match &self.backing {
                Some(_) => first.min(state.stored_first),
                None => first,
            },
            last: state.retained.last(),
            end: state.told_end(),
        }
    }

    /// Changes the log, then wakes those whom the change concerns, without the lock.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> (T, Vec<Waker>)) -> T {
        let (result, waiting) = change(&mut self.lock());
        waiting.into_iter().for_each(Waker::wake);
        result
    }

    /// An append begins to wait for the store's answer.
    pub(super) fn begin_append(self: &Arc<Self>) -> Result<InFlight, AppendErrorKind> {
        let mut state = self.lock();
        state.check_open()?;
        state.in_flight += 1;
        drop(state);
        Ok(InFlight {
            log: Arc::clone(self),
            arrived: None,
        })
    }

    pub(super) fn ended(&self, how: LogEnd) {
        self.change(|state| {
            state.end.get_or_insert(how);
            ((), state.readers.take_waiting())
        });
    }

    /// The store has more events than the window knows of, if a reader has had `after`. Returns whether
    /// that was so. Readers that have not had them get them from the store.
    pub(super) fn catch_up(&self, after: u64, stored: &Bounds) -> bool {
        self.change(|state| {
            if after <= state.retained.last() {
                return (false, Vec::new());
            }
            state.retained.skip_to(stored.last);
            if let Some(how) = stored.end {
                state.end.get_or_insert(how);
            }
            (true, state.readers.take_waiting())
        })
    }

    pub(super) fn remove_later(&self) {
        if let Some(backing) = &self.backing {
            backing.remove_later();
        }
    }

    pub(super) fn add_handle(&self) {
        self.handles.fetch_add(1, Ordering::Relaxed);
    }

    /// A handle is dropped. The last one calls the registry.
    pub(super) fn remove_handle(&self) {
        if self.handles.fetch_sub(1, Ordering::AcqRel) == 1
            && let Some(released) = self.released.get()
        {
            released();
        }
    }

    pub(super) fn is_held(&self) -> bool {
        self.handles.load(Ordering::Acquire) > 0
    }
}

impl State {
    /// Why nothing is appended, if nothing is.
    pub(super) fn check_open(&self) -> Result<(), AppendErrorKind> {
        if self.end.is_some() {
            return Err(AppendErrorKind::Ended);
        }
        if self.stop == Some(StopReason::Closed) {
            return Err(AppendErrorKind::Closed);
        }
        Ok(())
    }

    pub(super) fn append(
        &mut self,
        encoded: EncodedEvent,
        now: SteadyTime,
    ) -> Result<u64, AppendErrorKind> {
        self.check_open()?;
        self.retained.push(encoded, now)
    }

    /// How the log ended, if it has, and all that this node appended is in the window.
    fn told_end(&self) -> Option<LogEnd> {
        self.end.filter(|_| self.in_flight == 0)
    }

    /// The store has answered, or is not asked any more. If it has given an event this number, the event
    /// goes into the window.
    fn answered(&mut self, arrived: Option<(u64, EncodedEvent)>, now: SteadyTime) {
        self.in_flight -= 1;
        self.ahead.extend(arrived);
        self.take_ahead(now);
        // Another node has appended what is missing, or the answer was lost. The store has it, and gives
        // it to readers that are behind the window.
        while (self.in_flight == 0 || self.ahead.len() > MAX_AHEAD)
            && let Some((seq, _)) = self.ahead.first_key_value()
        {
            self.retained.skip_to(seq.saturating_sub(1));
            self.take_ahead(now);
        }
    }

    /// Moves what the store has acknowledged into the window, in the order of its numbers.
    fn take_ahead(&mut self, now: SteadyTime) {
        while let Some(entry) = self.ahead.first_entry()
            && *entry.key() <= self.retained.last() + 1
        {
            let (seq, event) = entry.remove_entry();
            let is_next = seq > self.retained.last();
            if is_next && self.retained.push(event, now).is_err() {
                // There is no room in memory. Readers get it from the store.
                self.retained.skip_to(seq);
            }
        }
    }

    /// Whether the window says what comes after this event, or that nothing has come yet.
    pub(super) fn covers(&self, after: u64) -> bool {
        after + 1 >= self.retained.first() && after <= self.retained.last()
    }

    pub(super) fn read(&mut self, after: u64, page: &mut Page, now: SteadyTime) -> Found {
        self.retained.trim(now);
        let (first, last) = (self.retained.first(), self.retained.last());
        if after > last {
            return Found::Read(Read::Ahead { last });
        }
        if after + 1 < first {
            return Found::Behind;
        }
        self.retained.read(after, page);
        match self.told_end() {
            _ if !page.is_empty() => Found::Read(Read::Events),
            Some(end) => Found::Read(Read::Ended(end)),
            None => Found::Nothing,
        }
    }
}

/// An append that waits for the store's answer. When it is dropped, it waits no longer.
pub(super) struct InFlight {
    log: Arc<SharedLog>,
    arrived: Option<(u64, EncodedEvent)>,
}

impl InFlight {
    /// The store has given the event this number.
    pub(super) fn arrived(mut self, seq: u64, event: EncodedEvent) {
        self.arrived = Some((seq, event));
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let now = self.log.clock.steady();
        let arrived = self.arrived.take();
        self.log.change(|state| {
            state.answered(arrived, now);
            ((), state.readers.take_waiting())
        });
    }
}

impl Drop for SharedLog {
    fn drop(&mut self) {
        if let Some(windows) = &self.windows {
            windows.forget(self.epoch);
        }
    }
}

impl fmt::Debug for SharedLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedLog")
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}
