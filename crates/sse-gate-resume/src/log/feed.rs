//! How events get from a log's store into its window.
//!
//! What this node appends goes into the window when the store has acknowledged it. What other nodes have
//! appended is fetched from the store, once for all readers.

use std::mem;
use std::sync::Arc;

use sse_gate_core::SteadyTime;

use super::backing::Backing;
use super::claim::WriterNode;
use super::shared::{SharedLog, State};
use super::{AppendErrorKind, Bounds, EncodedEvent, LogEnd};
use crate::store::StoredEvents;

/// So many events wait at most for one with a smaller number, before the store is asked for that.
const MAX_AHEAD: usize = 16;

/// So much is asked of a store at a time, in bytes.
pub(super) const BYTES_A_FETCH: usize = 64 * 1024;

impl SharedLog {
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

    /// Another node says that the store has events up to this number, and may have ended the log. That is
    /// a hint: only the store is believed.
    pub(super) fn hear(self: &Arc<Self>, last: u64, has_ended: bool) {
        let mut state = self.lock();
        state.heard.add(last, has_ended);
        if state.writer_node == WriterNode::Gone && last > state.stored_last {
            // Another node has taken it over.
            state.writer_node = WriterNode::Lives;
        }
        drop(state);
        self.look_again();
    }

    /// The store says how far it is.
    pub(super) fn learn(self: &Arc<Self>, stored: &Bounds) {
        self.change(|state| {
            state.learn(stored.last, stored.end);
        });
        self.look_again();
    }

    /// Fetches what the window lacks, if it lacks something, and if something reads it.
    pub(super) fn look_again(self: &Arc<Self>) {
        let is_hungry = self.lock().begin_feed();
        if is_hungry {
            self.feed();
        }
    }

    /// Asks the store how far it is. Returns whether it answered.
    pub(super) async fn refresh(self: &Arc<Self>) -> bool {
        let Some(Backing { store, id, .. }) = &self.backing else {
            return true;
        };
        match store.open(id.name.clone()).await {
            Ok(Some(found)) if found.epoch == id.epoch => {
                self.learn(&found.bounds);
                true
            }
            Ok(_) => {
                self.learn_closed();
                true
            }
            Err(_) => false,
        }
    }

    /// Notes what a reader that has had event `after` was told by the store. Returns whether the store has more than the
    /// window knew of. Readers that have not had that get it from the store.
    pub(super) fn learn_stored(&self, after: u64, stored: &Bounds) -> bool {
        let mut state = self.lock();
        state.stored_first = stored.first;
        if after <= state.retained.last() || after > stored.last {
            return false;
        }
        state.retained.skip_to(stored.last);
        state.learn(stored.last, stored.end);
        drop(state);
        self.wake_readers();
        true
    }

    /// Fetches what the window lacks, in the background.
    fn feed(self: &Arc<Self>) {
        let Some(Backing { store, id, chores }) = self.backing.clone() else {
            return;
        };
        let chores = self
            .windows
            .as_ref()
            .map_or(chores.clone(), |windows| windows.chores(chores));
        let log = Arc::clone(self);
        chores.run(async move {
            let mut is_hungry = true;
            while is_hungry {
                let (after, heard) = {
                    let mut state = log.lock();
                    (state.retained.last(), mem::take(&mut state.heard))
                };
                let read = store.read(id.clone(), after, BYTES_A_FETCH).await;
                let now = log.clock.steady();
                is_hungry = log.change(|state| {
                    match read {
                        Ok(Some(stored)) => state.take_fetched(stored, now),
                        // What is known to be there is asked for by each reader, which is told.
                        Ok(None) => state.skip_to_stored(now),
                        Err(_) => {
                            state.skip_to_stored(now);
                            state.is_fed = false;
                            // What was only heard of is asked for later.
                            state.heard.add(heard.last, heard.has_ended);
                            return false;
                        }
                    }
                    state.is_fed = false;
                    state.begin_feed()
                });
            }
        });
    }
}

impl State {
    /// The store has answered, or is not asked any more. If it has given an event this number, the event
    /// goes into the window.
    fn answered(&mut self, arrived: Option<(u64, EncodedEvent)>, now: SteadyTime) {
        self.in_flight -= 1;
        if let Some((seq, event)) = arrived {
            self.stored_last = self.stored_last.max(seq);
            self.ahead.insert(seq, event);
        }
        self.take_ahead(now);
    }

    fn learn(&mut self, last: u64, end: Option<LogEnd>) {
        self.stored_last = self.stored_last.max(last);
        if let Some(how) = end {
            self.end.get_or_insert(how);
        }
    }

    /// Whether the store is to be asked for what the window lacks. If so, it is noted as being asked.
    ///
    /// If nothing reads the log, the window leaves out what it lacks.
    fn begin_feed(&mut self) -> bool {
        let may_come = self.in_flight > 0 && self.ahead.len() <= MAX_AHEAD;
        let lacks_some = self.stored_last > self.retained.last();
        if self.is_fed || may_come || !(lacks_some || self.has_news()) {
            return false;
        }
        if self.readers == 0 {
            if lacks_some {
                self.ahead.clear();
                self.retained.skip_to(self.stored_last);
            }
            return false;
        }
        self.is_fed = true;
        true
    }

    /// Whether another node has said something that the store has not said yet.
    fn has_news(&self) -> bool {
        let has_ended = self.heard.has_ended && self.end.is_none();
        has_ended || self.heard.last > self.retained.last()
    }

    /// The store has given these events.
    fn take_fetched(&mut self, stored: StoredEvents, now: SteadyTime) {
        let StoredEvents {
            bounds,
            first,
            events,
        } = stored;
        let before = self.retained.last();
        self.stored_first = bounds.first;
        self.learn(bounds.last, bounds.end);
        if first > self.retained.last() + 1 {
            self.retained.skip_to(first - 1);
        }
        for (seq, event) in (first..).zip(events) {
            if seq == self.retained.last() + 1 {
                self.put(seq, EncodedEvent::from_bytes(event), now);
            }
        }
        self.take_ahead(now);
        if self.retained.last() == before {
            // The store does not give what it says that it has. It is not asked again and again.
            self.skip_to_stored(now);
        }
    }

    /// Leaves out what the window lacks.
    fn skip_to_stored(&mut self, now: SteadyTime) {
        if self.stored_last > self.retained.last() {
            self.retained.skip_to(self.stored_last);
        }
        self.take_ahead(now);
    }

    /// Moves what the store has acknowledged into the window, in the order of its numbers.
    fn take_ahead(&mut self, now: SteadyTime) {
        while let Some(entry) = self.ahead.first_entry()
            && *entry.key() <= self.retained.last() + 1
        {
            let (seq, event) = entry.remove_entry();
            if seq > self.retained.last() {
                self.put(seq, event, now);
            }
        }
    }

    /// Puts the next event into the window.
    fn put(&mut self, seq: u64, event: EncodedEvent, now: SteadyTime) {
        if self.retained.push(event, now).is_err() {
            // There is no room in memory. Readers get it from the store.
            self.retained.skip_to(seq);
        }
    }
}

/// What other nodes say of a log, and the store has not said yet.
#[derive(Default)]
pub(super) struct Heard {
    last: u64,
    has_ended: bool,
}

impl Heard {
    fn add(&mut self, last: u64, has_ended: bool) {
        self.last = self.last.max(last);
        self.has_ended |= has_ended;
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
        });
        self.log.look_again();
    }
}
