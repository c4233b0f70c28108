//! The unused tokens of one subject: [`Account`].

use std::time::Duration;

use super::stubs::{Stub, Stubs, Total};
use super::{Cap, FullError, Limits};
use crate::SteadyTime;

/// The entries of one subject. Some of them may have ended: those don't count.
///
/// A step takes O(log n), however many entries the subject has.
#[derive(Debug)]
pub(super) struct Account<Id> {
    subject_hash: u64,
    stubs: Stubs<Id>,
}

impl<Id: Copy + Ord> Account<Id> {
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
        self.stubs.ids()
    }

    /// Checks that there is room for one more entry, with a payload of this many bytes. Entries that have
    /// ended make room.
    ///
    /// It removes only as many of them as are in the way. The others leave when their store removes them.
    pub(super) fn check(
        &mut self,
        limits: &Limits,
        payload: usize,
        now: SteadyTime,
    ) -> Result<(), FullError> {
        while let Some(cap) = cap_passed(self.stubs.total(), payload, limits) {
            if !self.stubs.remove_ended(now) {
                // There is room again when the first entry ends.
                let wait = self.stubs.first_end().map(|it| it.saturating_since(now));
                return Err(FullError::new(cap, wait.unwrap_or(Duration::ZERO)));
            }
        }
        Ok(())
    }

    /// Adds a stub.
    pub(super) fn open(&mut self, stub: Stub<Id>, now: SteadyTime) {
        self.stubs.add(stub, now);
    }

    /// Removes a stub. Returns whether it was the last.
    pub(super) fn close(&mut self, stub: &Stub<Id>) -> bool {
        self.stubs.remove(stub);
        self.stubs.is_empty()
    }
}

/// The cap of a subject that one more entry would pass.
fn cap_passed(total: Total, payload: usize, limits: &Limits) -> Option<Cap> {
    if total.tokens >= limits.max_tokens_per_subject() {
        Some(Cap::TokensPerSubject)
    } else if total.payload.saturating_add(payload) > limits.max_payload_bytes_per_subject() {
        Some(Cap::PayloadPerSubject)
    } else {
        None
    }
}
