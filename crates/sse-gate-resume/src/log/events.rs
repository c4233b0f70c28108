//! The events that a reader finds: [`Events`].

use std::collections::vec_deque;
use std::iter::Take;
use std::num::NonZeroU64;
use std::slice;

use bytes::Bytes;

use super::Page;
use super::retained::RetainedEvent;

/// A page of events, in the place where they are found. To take them costs one copy of their bytes, or a count of
/// references for each.
pub(crate) struct Events<'a> {
    /// The number of the first.
    first: u64,
    found: Take<Source<'a>>,
    len: usize,
    bytes: usize,
    /// The number of the last event of the log.
    log_last: u64,
}

/// Where events are found.
#[derive(Clone)]
enum Source<'a> {
    Retained(vec_deque::Iter<'a, RetainedEvent>),
    Stored(slice::Iter<'a, Bytes>),
}

impl<'a> Events<'a> {
    pub(super) fn retained(
        first: u64,
        events: vec_deque::Iter<'a, RetainedEvent>,
        log_last: u64,
    ) -> Self {
        Self::new(first, Source::Retained(events), log_last)
    }

    /// Those that a store has given.
    pub(super) fn stored(first: u64, events: &'a [Bytes], log_last: u64) -> Self {
        Self::new(first, Source::Stored(events.iter()), log_last)
    }

    fn new(first: u64, found: Source<'a>, log_last: u64) -> Self {
        let (mut len, mut bytes) = (0, 0);
        for event in found.clone() {
            len += 1;
            bytes += event.len();
            if Page::is_full_with(len, bytes) {
                break;
            }
        }
        Self {
            first,
            found: found.take(len),
            len,
            bytes,
            log_last,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether a page has no room for more.
    pub(super) fn is_full(&self) -> bool {
        Page::is_full_with(self.len, self.bytes)
    }

    /// The number of the last of them, if there is one.
    pub(super) fn last(&self) -> Option<NonZeroU64> {
        NonZeroU64::new(self.first + self.len as u64 - 1).filter(|_| !self.is_empty())
    }

    /// How far a reader is behind that has not had them.
    pub(crate) fn behind(&self) -> u64 {
        (self.log_last + 1).saturating_sub(self.first)
    }

    /// Their numbers.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> + use<> {
        (self.first..).take(self.len)
    }

    /// How many bytes they have together.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Each with its number.
    pub(crate) fn numbered(self) -> impl Iterator<Item = (u64, &'a Bytes)> {
        (self.first..).zip(self.found)
    }
}

impl<'a> Iterator for Source<'a> {
    type Item = &'a Bytes;

    fn next(&mut self) -> Option<&'a Bytes> {
        match self {
            Self::Retained(events) => Some(events.next()?.event.as_bytes()),
            Self::Stored(events) => events.next(),
        }
    }
}
