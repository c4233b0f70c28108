//! The events that a log holds: [`Retained`].

use std::collections::VecDeque;

use sse_gate_core::SteadyTime;

use super::budget::Account;
use super::{AppendErrorKind, EncodedEvent, Events, LogLimits};

/// What an event costs beside its bytes: its place in the queue, and the head of its allocation.
const OVERHEAD: usize = 64;

/// The last events of a log, within its limits.
#[derive(Debug)]
pub(super) struct Retained {
    limits: LogLimits,
    account: Account,
    events: VecDeque<RetainedEvent>,
    bytes: usize,
    last: u64,
}

#[derive(Debug)]
pub(super) struct RetainedEvent {
    pub(super) event: EncodedEvent,
    at: SteadyTime,
}

impl Retained {
    pub(super) fn new(limits: LogLimits, account: Account) -> Self {
        Self {
            limits,
            account,
            events: VecDeque::new(),
            bytes: 0,
            last: 0,
        }
    }

    pub(super) fn last(&self) -> u64 {
        self.last
    }

    pub(super) fn first(&self) -> u64 {
        self.last - self.events.len() as u64 + 1
    }

    /// When the last event is too old, if there is one.
    pub(super) fn empty_at(&self) -> Option<SteadyTime> {
        let newest = self.events.back()?;
        Some(newest.at.saturating_add(self.limits.age))
    }

    /// Appends an event and returns its number. If there is no room, the oldest events are dropped.
    pub(super) fn push(
        &mut self,
        event: EncodedEvent,
        now: SteadyTime,
    ) -> Result<u64, AppendErrorKind> {
        let cost = event.len() + OVERHEAD;
        if event.len() > self.limits.bytes {
            return Err(AppendErrorKind::TooLarge);
        }
        self.trim(now);
        while self.events.len() >= self.limits.events
            || self.bytes + event.len() > self.limits.bytes
        {
            self.drop_oldest();
        }
        while !self.account.take(cost) {
            if self.events.is_empty() {
                return Err(AppendErrorKind::NoRoom);
            }
            self.drop_oldest();
        }
        self.bytes += event.len();
        self.events.push_back(RetainedEvent { event, at: now });
        self.last += 1;
        Ok(self.last)
    }

    /// Leaves out all events up to this one: they are elsewhere.
    pub(super) fn skip_to(&mut self, seq: u64) {
        self.clear();
        self.last = seq;
    }

    /// Drops all events.
    pub(super) fn clear(&mut self) {
        while !self.events.is_empty() {
            self.drop_oldest();
        }
        self.events = VecDeque::new();
    }

    /// Drops the events that are too old.
    pub(super) fn trim(&mut self, now: SteadyTime) {
        while !self.is_trimmed(now) {
            self.drop_oldest();
        }
    }

    /// Whether no event is too old.
    pub(super) fn is_trimmed(&self, now: SteadyTime) -> bool {
        let max_age = self.limits.age;
        let oldest = self.events.front();
        !oldest.is_some_and(|oldest| oldest.at.saturating_add(max_age).has_passed(now))
    }

    /// A page of the events after `after`.
    pub(super) fn after(&self, after: u64) -> Events<'_> {
        let first = self.first().max(after + 1);
        let skipped = usize::try_from(first - self.first()).unwrap_or(usize::MAX);
        let events = self.events.range(skipped.min(self.events.len())..);
        Events::retained(first, events, self.last)
    }

    fn drop_oldest(&mut self) {
        if let Some(retained) = self.events.pop_front() {
            self.bytes -= retained.event.len();
            self.account.give_back(retained.event.len() + OVERHEAD);
        }
    }
}

impl Drop for Retained {
    fn drop(&mut self) {
        self.clear();
    }
}
