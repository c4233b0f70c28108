//! The events that a reader gets at a time: [`Page`].

use std::num::NonZeroU64;
use std::vec;

use super::EncodedEvent;

/// So many events are a page.
const MAX_EVENTS: usize = 64;

/// With so many bytes, a page is full, too.
const MAX_BYTES: usize = 64 * 1024;

/// Some events of a log, in their order. A log fills it, a reader empties it.
///
/// It is full with 64 events, or as soon as they have 64 KiB together.
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_resume::backend::{EncodedEvent, Page};
///
/// let mut page = Page::default();
/// let event = EncodedEvent::new(&Event::new().data("hello")).unwrap();
/// let mut seq = 1;
/// while page.push(seq, event.clone()) {
///     seq += 1;
/// }
/// assert_eq!((page.len(), page.is_full()), (64, true));
/// ```
#[derive(Debug, Default)]
pub struct Page {
    events: Vec<(u64, EncodedEvent)>,
    bytes: usize,
}

impl Page {
    /// Adds the event of this number. Returns whether there is room for another.
    pub fn push(&mut self, seq: u64, event: EncodedEvent) -> bool {
        self.bytes += event.len();
        self.events.push((seq, event));
        !self.is_full()
    }

    /// Makes room for so many events at once, as far as it may have them.
    pub(super) fn expect(&mut self, events: usize) {
        self.events.reserve_exact(events.min(MAX_EVENTS));
    }

    /// Whether there is no room for another event.
    pub fn is_full(&self) -> bool {
        self.events.len() >= MAX_EVENTS || self.bytes >= MAX_BYTES
    }

    /// Whether it has no events.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// How many events it has.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// The numbers of its events.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.events.iter().map(|(seq, _)| *seq)
    }

    /// The number of its last event. The first of a log is 1.
    pub(super) fn last(&self) -> Option<NonZeroU64> {
        self.events
            .last()
            .and_then(|(seq, _)| NonZeroU64::new(*seq))
    }

    /// How many bytes its events have together.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl IntoIterator for Page {
    type Item = (u64, EncodedEvent);
    type IntoIter = vec::IntoIter<(u64, EncodedEvent)>;

    fn into_iter(self) -> Self::IntoIter {
        self.events.into_iter()
    }
}
