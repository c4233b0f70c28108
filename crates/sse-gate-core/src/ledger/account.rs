//! One subject's outstanding tokens: [`Account`].

use std::time::Duration;

use super::{Cap, Full, Limits};
use crate::Timestamp;

/// What the ledger remembers of one entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stub<Id> {
    pub(super) id: Id,
    pub(super) ends_at: Timestamp,
    pub(super) payload: usize,
}

/// The entries of one subject. It may hold some whose time is up: they count for nothing.
#[derive(Debug)]
pub(super) struct Account<Id> {
    subject_hash: u64,
    stubs: Vec<Stub<Id>>,
}

impl<Id: Copy + PartialEq> Account<Id> {
    pub(super) fn with(subject_hash: u64, stub: Stub<Id>) -> Self {
        Self {
            subject_hash,
            stubs: vec![stub],
        }
    }

    pub(super) fn subject_hash(&self) -> u64 {
        self.subject_hash
    }

    pub(super) fn is_of(&self, subject_hash: u64) -> bool {
        self.subject_hash == subject_hash
    }

    pub(super) fn is_empty(&self) -> bool {
        self.stubs.is_empty()
    }

    pub(super) fn ids(&self) -> Vec<Id> {
        self.stubs.iter().map(|stub| stub.id).collect()
    }

    /// Whether there is room for one more, with a payload of this many bytes.
    pub(super) fn check(
        &self,
        limits: &Limits,
        payload: usize,
        now: Timestamp,
    ) -> Result<(), Full> {
        let live = || {
            self.stubs
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
        // Room comes when the first of them ends.
        let first = live().map(|stub| stub.ends_at).min();
        Err(Full::new(
            cap,
            first.map_or(Duration::ZERO, |first| first.saturating_since(now)),
        ))
    }

    pub(super) fn open(&mut self, stub: Stub<Id>, now: Timestamp) {
        self.stubs.retain(|stub| !stub.ends_at.has_passed(now));
        self.stubs.push(stub);
    }

    pub(super) fn close(&mut self, id: Id, ends_at: Timestamp) {
        let is_it = |stub: &Stub<Id>| stub.id == id && stub.ends_at == ends_at;
        if let Some(at) = self.stubs.iter().position(is_it) {
            self.stubs.swap_remove(at);
        }
    }
}
