//! The sessions of each subject that are not over: [`BySubject`].

use std::collections::{BTreeMap, HashMap};

use sse_gate_core::Subject;

use crate::id::SessionId;
use crate::room::shrink;

/// Lists sessions by subject, in no order, and those without a connection in the order in which they
/// were opened. No step takes longer because a subject has many sessions.
#[derive(Default)]
pub(super) struct BySubject {
    subjects: HashMap<Subject, OpenSessions>,
    /// The sessions that wait for their clients, by subject and by age.
    waiting: BTreeMap<Age, SessionId>,
    /// How many subjects and sessions were ever listed.
    listed: u64,
}

/// The sessions of one subject.
struct OpenSessions {
    /// Stands for the subject in [`Age`].
    number: u64,
    ids: Vec<SessionId>,
}

/// Where a session is listed.
pub(super) struct Listing {
    age: Age,
    /// Its place among the sessions of its subject.
    at: usize,
    is_waiting: bool,
}

/// The number of a subject, and the number of one of its sessions. Later ones have higher numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Age {
    subject: u64,
    session: u64,
}

/// A session that has another place in its subject's list now.
pub(super) struct Moved {
    pub(super) id: SessionId,
    at: usize,
}

impl BySubject {
    /// The sessions of a subject.
    pub(super) fn of(&self, subject: &Subject) -> &[SessionId] {
        let own = self.subjects.get(subject);
        own.map_or(&[], |own| &own.ids)
    }

    /// The subject's sessions without a connection, the oldest first.
    pub(super) fn waiting(&self, subject: &Subject) -> impl Iterator<Item = SessionId> {
        let own = self.subjects.get(subject);
        let ages = own.map(|own| {
            let age = |session| Age {
                subject: own.number,
                session,
            };
            age(0)..=age(u64::MAX)
        });
        let waiting = ages.map(|ages| self.waiting.range(ages));
        waiting.into_iter().flatten().map(|(_, id)| *id)
    }

    /// Lists a session that has a connection.
    pub(super) fn add(&mut self, subject: &Subject, id: SessionId) -> Listing {
        self.listed += 1;
        let listed = self.listed;
        let own = self
            .subjects
            .entry(subject.clone())
            .or_insert_with(|| OpenSessions {
                number: listed,
                ids: Vec::new(),
            });
        own.ids.push(id);
        Listing {
            age: Age {
                subject: own.number,
                session: listed,
            },
            at: own.ids.len() - 1,
            is_waiting: false,
        }
    }

    /// Notes whether a session waits for its client.
    pub(super) fn set_waiting(&mut self, listing: &mut Listing, id: SessionId, is_waiting: bool) {
        match (listing.is_waiting, is_waiting) {
            (false, true) => {
                self.waiting.insert(listing.age, id);
            }
            (true, false) => {
                self.waiting.remove(&listing.age);
            }
            (true, true) | (false, false) => {}
        }
        listing.is_waiting = is_waiting;
    }

    /// Removes a session that is over. Another one may have moved to its place.
    pub(super) fn remove(&mut self, subject: &Subject, listing: &Listing) -> Option<Moved> {
        if listing.is_waiting {
            self.waiting.remove(&listing.age);
        }
        let own = self.subjects.get_mut(subject)?;
        own.ids.swap_remove(listing.at);
        if own.ids.is_empty() {
            self.subjects.remove(subject);
            shrink(&mut self.subjects);
            return None;
        }
        let id = *own.ids.get(listing.at)?;
        Some(Moved { id, at: listing.at })
    }
}

impl Listing {
    pub(super) fn follow(&mut self, moved: &Moved) {
        self.at = moved.at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_back_when_subjects_have_gone() {
        let mut sessions = BySubject::default();
        let add = |number| {
            let subject = Subject::new(format!("user {number}")).expect("a good name");
            let listing = sessions.add(&subject, SessionId::from_bytes([0; 16]));
            (subject, listing)
        };
        let listed: Vec<_> = (0..10_000).map(add).collect();
        assert!(sessions.subjects.capacity() >= 10_000);
        for (subject, listing) in &listed {
            assert!(sessions.remove(subject, listing).is_none());
        }
        assert!(sessions.subjects.capacity() <= 128);
    }
}
