//! The log behind its handles: [`SharedLog`].

use std::collections::BTreeMap;
use std::fmt;
use std::mem;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, OnceLock};
use std::task::Waker;

use sse_gate_core::{Clock, SteadyTime};

use super::backing::Backing;
use super::claim::WriterNode;
use super::feed::Heard;
use super::readers::Readers;
use super::retained::Retained;
use super::{
    AppendErrorKind, Bounds, EncodedEvent, Events, LogEnd, LogEpoch, LogWindows, Read, StopReason,
};
use crate::sync::{AtomicU64, Ordering, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A log, behind every handle of it.
pub(super) struct SharedLog {
    pub(super) epoch: LogEpoch,
    pub(super) clock: Arc<dyn Clock>,
    state: RwLock<State>,
    pub(super) readers: Readers,
    /// How often it was changed, for readers.
    changes: AtomicU64,
    handles: AtomicUsize,
    /// Whether no session has it yet. Then nothing finds it any more when its last handle is dropped.
    is_unclaimed: AtomicBool,
    /// Called when the last handle is dropped.
    pub(super) released: OnceLock<Box<dyn Fn() + Send + Sync>>,
    /// The store that has the events, unless the window is all there is.
    pub(super) backing: Option<Backing>,
    pub(super) windows: Option<LogWindows>,
}

/// What of a log changes, under its lock. Readers look at it at the same time.
pub(super) struct State {
    pub(super) retained: Retained,
    /// Events that the store has acknowledged before one with a smaller number.
    pub(super) ahead: BTreeMap<u64, EncodedEvent>,
    /// How many appends of this node wait for the store's answer.
    pub(super) in_flight: usize,
    /// The first event that the store holds, as far as it is known. Without a store, it is 0.
    pub(super) stored_first: u64,
    /// The last event that the store holds, as far as it is known. Without a store, it is 0.
    pub(super) stored_last: u64,
    /// What other nodes say that the store has.
    pub(super) heard: Heard,
    /// Whether the store is being asked for what the window lacks.
    pub(super) is_fed: bool,
    pub(super) end: Option<LogEnd>,
    /// Whether its writer's process goes down, and leaves it to another one.
    pub(super) is_left: bool,
    /// How many readers there are.
    pub(super) readers: usize,
    /// When the last reader went, or the log was made.
    pub(super) deserted_since: SteadyTime,
    pub(super) stop: Option<StopReason>,
    /// The writer's task, if it waits for the last reader to go, or to be asked to stop.
    pub(super) writer: Option<Waker>,
    /// What is known of its one writer.
    pub(super) writer_node: WriterNode,
    /// How many publishers of it are on this node.
    pub(super) publishers: usize,
    /// How many events there were when the window was tended last.
    pub(super) tended_last: u64,
}

/// What a reader finds in the window.
pub(super) enum Found<T> {
    /// It has taken events.
    Events {
        /// What it has made of them.
        taken: T,
        /// The number of the last of them, if there is nothing more for it: no event, and no end.
        all_up_to: Option<NonZeroU64>,
    },
    /// This is all there is for it.
    Read(Read),
    /// It has to wait.
    Nothing,
    /// It is behind the window, which has this event first: the store may have what it misses.
    Behind { first: u64 },
}

impl SharedLog {
    pub(super) fn new(epoch: LogEpoch, clock: Arc<dyn Clock>, retained: Retained) -> Self {
        let state = State {
            retained,
            ahead: BTreeMap::new(),
            in_flight: 0,
            stored_first: 0,
            stored_last: 0,
            heard: Heard::default(),
            is_fed: false,
            end: None,
            is_left: false,
            readers: 0,
            deserted_since: clock.steady(),
            stop: None,
            writer: None,
            writer_node: WriterNode::Lives,
            publishers: 0,
            tended_last: 0,
        };
        Self {
            epoch,
            clock,
            state: RwLock::new(state),
            readers: Readers::default(),
            changes: AtomicU64::new(0),
            handles: AtomicUsize::new(0),
            is_unclaimed: AtomicBool::new(false),
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
        state.stored_last = stored.last;
        state.end = stored.end;
        if is_orphaned {
            state.writer_node = WriterNode::Gone;
        }
        drop(state);
        self.backing = Some(backing);
        self.windows = Some(windows);
        self
    }

    /// To look at it, beside others.
    pub(super) fn look(&self) -> RwLockReadGuard<'_, State> {
        self.state.read()
    }

    /// To change it, alone.
    pub(super) fn lock(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write()
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

    /// Changes what readers find, then wakes those that wait.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.lock());
        self.wake_readers();
        result
    }

    /// The log was changed for readers, and is not locked any more.
    pub(super) fn wake_readers(&self) {
        self.changes.fetch_add(1, Ordering::Release);
        self.readers.wake();
    }

    /// How often it was changed. If that is the same while the place of a reader is locked as before it looked, then it
    /// has seen everything, or is woken as soon as its place is free.
    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Changes what the writer waits for, then wakes its task if that is returned.
    pub(super) fn tell_writer(&self, change: impl FnOnce(&mut State) -> Option<Waker>) {
        let writer = change(&mut self.lock());
        if let Some(writer) = writer {
            writer.wake();
        }
    }

    /// Looks for what comes after event `after`, and takes it. Events that are too old are dropped before.
    pub(super) fn find<T>(&self, after: u64, take: impl FnOnce(Events<'_>) -> T) -> Found<T> {
        let now = self.clock.steady();
        let state = self.look();
        if state.retained.is_trimmed(now) {
            return state.find(after, take);
        }
        drop(state);
        let mut state = self.lock();
        state.retained.trim(now);
        state.find(after, take)
    }

    pub(super) fn ended(&self, how: LogEnd) {
        self.change(|state| {
            state.end.get_or_insert(how);
        });
    }

    /// Asks the writer to stop.
    pub(super) fn stop(&self, reason: StopReason) {
        self.tell_writer(|state| {
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
            state.writer.take()
        });
        if reason == StopReason::Closed {
            self.remove_later();
        }
    }

    /// The log was closed by another node, or by an earlier process: its writer is told.
    pub(super) fn learn_closed(&self) {
        self.tell_writer(|state| {
            state.stop = Some(StopReason::Closed);
            state.writer.take()
        });
    }

    /// A client reads the log on another node.
    pub(super) fn note_reader(&self) {
        let now = self.clock.steady();
        self.lock().deserted_since = now;
    }

    /// Whether clients read the log here, and its one writer is on another node.
    pub(super) fn is_read_from_afar(&self) -> bool {
        let is_own = self
            .backing
            .as_ref()
            .is_some_and(|backing| backing.id.name.is_own());
        let state = self.look();
        is_own && state.readers > 0 && state.publishers == 0
    }

    /// Whether no event has come since it was tended last.
    pub(super) fn is_quiet(&self) -> bool {
        let mut state = self.lock();
        let last = state.retained.last();
        mem::replace(&mut state.tended_last, last) == last
    }

    pub(super) fn remove_later(&self) {
        if let Some(backing) = &self.backing {
            backing.remove_later();
        }
    }

    pub(super) fn add_handle(&self) {
        self.handles.fetch_add(1, Ordering::Relaxed);
    }

    /// A handle is dropped. The last one calls the registry, or frees what nothing finds any more.
    pub(super) fn remove_handle(&self) {
        if self.handles.fetch_sub(1, Ordering::AcqRel) > 1 {
            return;
        }
        if let Some(released) = self.released.get() {
            released();
        }
        if self.is_unclaimed.load(Ordering::Acquire) {
            self.remove_later();
        }
    }

    /// Notes whether a session has it.
    pub(super) fn set_claimed(&self, is_claimed: bool) {
        self.is_unclaimed.store(!is_claimed, Ordering::Release);
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

    /// How the log ended, if it has, and all that was appended to it is in the window.
    pub(super) fn told_end(&self) -> Option<LogEnd> {
        let has_all = self.in_flight == 0 && self.stored_last <= self.retained.last();
        self.end.filter(|_| has_all)
    }

    /// Whether the window says what comes after this event, or that nothing has come yet.
    pub(super) fn covers(&self, after: u64) -> bool {
        after <= self.retained.last() && after + 1 >= self.retained.first()
    }

    /// Takes what is in the window after event `after`.
    fn find<T>(&self, after: u64, take: impl FnOnce(Events<'_>) -> T) -> Found<T> {
        let (first, last) = (self.retained.first(), self.retained.last());
        if after > last {
            let was_told = after - 1 == last && self.told_end() == Some(LogEnd::Failed);
            return Found::Read(if was_told {
                Read::Told
            } else {
                Read::Ahead { last }
            });
        }
        if after + 1 < first {
            return Found::Behind { first };
        }
        let events = self.retained.after(after);
        match self.told_end() {
            end if !events.is_empty() => Found::Events {
                all_up_to: events.last().filter(|_| !events.is_full() && end.is_none()),
                taken: take(events),
            },
            Some(end) => Found::Read(Read::Ended(end)),
            None => Found::Nothing,
        }
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
