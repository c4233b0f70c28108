//! When sessions end: [`Ends`].

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use sse_gate_core::SteadyTime;

use crate::id::SessionId;
use crate::room::shrink;

/// The open sessions in the order in which they end, and the closed ones in the order in which they
/// were closed, and in that in which they are forgotten.
#[derive(Default)]
pub(super) struct Ends {
    open: BTreeSet<(SteadyTime, SessionId)>,
    closed: FxHashMap<SessionId, Closing>,
    /// By the number of their closing.
    by_number: BTreeMap<u64, SessionId>,
    forgettable: BTreeSet<(SteadyTime, SessionId)>,
    /// How many sessions were ever closed.
    closings: u64,
}

/// When a session was closed, and when it is forgotten.
#[derive(Clone, Copy)]
struct Closing {
    number: u64,
    forget_at: SteadyTime,
}

impl Ends {
    /// Notes a session that is open.
    pub(super) fn add(&mut self, id: SessionId, ends_at: SteadyTime) {
        self.open.insert((ends_at, id));
    }

    /// Notes that an open session ends at another time.
    pub(super) fn refile(&mut self, id: SessionId, before: SteadyTime, ends_at: SteadyTime) {
        if before != ends_at {
            self.open.remove(&(before, id));
            self.open.insert((ends_at, id));
        }
    }

    /// Notes that an open session was closed, and is forgotten later.
    pub(super) fn close(&mut self, id: SessionId, before: SteadyTime, forget_at: SteadyTime) {
        self.open.remove(&(before, id));
        self.closings += 1;
        let number = self.closings;
        self.by_number.insert(number, id);
        self.forgettable.insert((forget_at, id));
        self.closed.insert(id, Closing { number, forget_at });
    }

    /// Removes a session that is closed.
    pub(super) fn forget(&mut self, id: SessionId) {
        if let Some(Closing { number, forget_at }) = self.closed.remove(&id) {
            self.by_number.remove(&number);
            self.forgettable.remove(&(forget_at, id));
            shrink(&mut self.closed);
        }
    }

    /// The session that was closed first.
    pub(super) fn first_closed(&self) -> Option<SessionId> {
        self.by_number.values().next().copied()
    }

    /// A closed session that may be forgotten.
    pub(super) fn first_forgettable(&self, now: SteadyTime) -> Option<SessionId> {
        let (forget_at, id) = self.forgettable.first()?;
        forget_at.has_passed(now).then_some(*id)
    }

    /// The open sessions whose time is up, the first that ended first.
    pub(super) fn due(&self, now: SteadyTime) -> impl Iterator<Item = SessionId> {
        let ended = self
            .open
            .iter()
            .take_while(move |(ends_at, _)| ends_at.has_passed(now));
        ended.map(|(_, id)| *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_back_when_closed_sessions_are_forgotten() {
        let (mut ends, end) = (Ends::default(), SteadyTime::from_millis(1));
        let ids = (0..10_000_u128).map(|number| SessionId::from_bytes(number.to_be_bytes()));
        for id in ids.clone() {
            ends.add(id, end);
            ends.close(id, end, end);
        }
        assert!(ends.closed.capacity() >= 10_000);
        ids.for_each(|id| ends.forget(id));
        assert!(ends.closed.capacity() <= 128);
    }
}
