//! The unused tokens of one subject: [`Account`].

use std::slice;
use std::time::Duration;

use super::{Cap, FullError, Limits};
use crate::SteadyTime;

/// What the ledger remembers of one entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stub<Id> {
    pub(super) id: Id,
    pub(super) ends_at: SteadyTime,
    pub(super) payload: usize,
}

/// The entries of one subject. Some of them may have ended: those don't count.
#[derive(Debug)]
pub(super) struct Account<Id> {
    subject_hash: u64,
    stubs: Stubs<Id>,
}

/// Most subjects have one unused token. It needs no allocation.
#[derive(Debug)]
enum Stubs<Id> {
    One(Stub<Id>),
    Many(Vec<Stub<Id>>),
}

impl<Id: Copy + PartialEq> Account<Id> {
    pub(super) fn with(subject_hash: u64, stub: Stub<Id>) -> Self {
        Self {
            subject_hash,
            stubs: Stubs::One(stub),
        }
    }

    pub(super) fn subject_hash(&self) -> u64 {
        self.subject_hash
    }

    pub(super) fn is_of(&self, subject_hash: u64) -> bool {
        self.subject_hash == subject_hash
    }

    pub(super) fn ids(&self) -> Vec<Id> {
        self.stubs().iter().map(|stub| stub.id).collect()
    }

    fn stubs(&self) -> &[Stub<Id>] {
        match &self.stubs {
            Stubs::One(stub) => slice::from_ref(stub),
            Stubs::Many(stubs) => stubs,
        }
    }

    /// Checks that there is room for one more entry, with a payload of this many bytes.
    pub(super) fn check(
        &self,
        limits: &Limits,
        payload: usize,
        now: SteadyTime,
    ) -> Result<(), FullError> {
        let live = || {
            self.stubs()
                .iter()
                .filter(|stub| !stub.ends_at.has_passed(now))
        };
        let cap = if live().count() >= limits.max_tokens_per_subject() {
            Cap::TokensPerSubject
        } else if live()
            .map(|stub| stub.payload)
            .sum::<usize>()
            .saturating_add(payload)
            > limits.max_payload_bytes_per_subject()
        {
            Cap::PayloadPerSubject
        } else {
            return Ok(());
        };
        // There is room again when the first entry ends.
        let first = live().map(|stub| stub.ends_at).min();
        Err(FullError::new(
            cap,
            first.map_or(Duration::ZERO, |first| first.saturating_since(now)),
        ))
    }

    /// Adds a stub, and removes those that have ended.
    pub(super) fn open(&mut self, stub: Stub<Id>, now: SteadyTime) {
        match &mut self.stubs {
            Stubs::One(old) if old.ends_at.has_passed(now) => *old = stub,
            Stubs::One(old) => self.stubs = Stubs::Many(vec![*old, stub]),
            Stubs::Many(stubs) => {
                stubs.retain(|stub| !stub.ends_at.has_passed(now));
                stubs.push(stub);
            }
        }
    }

    /// Removes a stub. Returns whether it was the last.
    pub(super) fn close(&mut self, id: Id, ends_at: SteadyTime) -> bool {
        let is_it = |stub: &Stub<Id>| stub.id == id && stub.ends_at == ends_at;
        match &mut self.stubs {
            Stubs::One(stub) => is_it(stub),
            Stubs::Many(stubs) => {
                if let Some(at) = stubs.iter().position(is_it) {
                    stubs.swap_remove(at);
                }
                stubs.is_empty()
            }
        }
    }
}
