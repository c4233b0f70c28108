//! The connections of each session: [`BySession`].

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sse_gate_resume::backend::SessionId;

use crate::room::shrink;

/// Counts the streams that have a slot by their sessions, each with the number of its subject.
#[derive(Debug, Default)]
pub(super) struct BySession(HashMap<(u64, SessionId), Connections>);

/// How many connections a session has.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Connections {
    /// How many were not cut.
    pub(super) uncut: usize,
    /// How many were cut, and are still there.
    cut: usize,
}

impl BySession {
    /// The connections of a session, if it has any.
    pub(super) fn of(&self, subject: u64, session: SessionId) -> Option<Connections> {
        self.0.get(&(subject, session)).copied()
    }

    /// Counts a stream, if it has a session.
    pub(super) fn add(&mut self, subject: u64, session: Option<SessionId>, is_cut: bool) {
        if let Some(session) = session {
            let connections = self.0.entry((subject, session)).or_default();
            *connections.count(is_cut) += 1;
        }
    }

    /// No longer counts a stream, if it has a session.
    pub(super) fn remove(&mut self, subject: u64, session: Option<SessionId>, is_cut: bool) {
        let Some(session) = session else { return };
        if let Entry::Occupied(mut connections) = self.0.entry((subject, session)) {
            *connections.get_mut().count(is_cut) -= 1;
            if connections.get().are_gone() {
                connections.remove();
                shrink(&mut self.0);
            }
        }
    }

    /// Notes that a stream was cut, if it has a session.
    pub(super) fn cut(&mut self, subject: u64, session: Option<SessionId>) {
        let connections = session.and_then(|session| self.0.get_mut(&(subject, session)));
        if let Some(connections) = connections {
            connections.uncut -= 1;
            connections.cut += 1;
        }
    }
}

impl Connections {
    fn count(&mut self, is_cut: bool) -> &mut usize {
        if is_cut {
            &mut self.cut
        } else {
            &mut self.uncut
        }
    }

    fn are_gone(self) -> bool {
        self.uncut == 0 && self.cut == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_back_when_streams_have_gone() {
        let session = |n: u16| {
            let [high, low] = n.to_be_bytes();
            Some(SessionId::from_bytes([
                high, low, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            ]))
        };
        let mut streams = BySession::default();
        (0..10_000).for_each(|n| streams.add(1, session(n), false));
        assert!(streams.0.capacity() >= 10_000);
        (0..10_000).for_each(|n| streams.remove(1, session(n), false));
        assert!(streams.0.capacity() <= 128);
    }
}
