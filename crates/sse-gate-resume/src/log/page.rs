//! The events that a reader gets at a time: [`Page`].

use std::vec;

use super::{EncodedEvent, Events};

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

    /// Takes these events.
    pub(super) fn take(&mut self, events: Events<'_>) {
        self.events.reserve_exact(events.numbers().count());
        for (seq, event) in events.numbered() {
            self.push(seq, EncodedEvent::from_bytes(event.clone()));
        }
    }

    /// Whether there is no room for another event.
    pub fn is_full(&self) -> bool {
        Self::is_full_with(self.events.len(), self.bytes)
    }

    /// Whether it has no events.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// How many events it has.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether a page is full with so many events, which have so many bytes together.
    pub(super) fn is_full_with(events: usize, bytes: usize) -> bool {
        events >= MAX_EVENTS || bytes >= MAX_BYTES
    }
}

impl IntoIterator for Page {
    type Item = (u64, EncodedEvent);
    type IntoIter = vec::IntoIter<(u64, EncodedEvent)>;

    fn into_iter(self) -> Self::IntoIter {
        self.events.into_iter()
    }
}
