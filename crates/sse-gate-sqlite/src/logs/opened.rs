//! Events that were found, as their readers get them: [`OpenedEvents`].

use bytes::Bytes;
use sse_gate_resume::backend::StoredEvents;

use super::read::FoundEvents;
use super::row::{LogKey, number};
use sse_gate_seal::Sealer;

/// Events of a log, in order and without holes.
pub(crate) struct OpenedEvents {
    pub(crate) stored: StoredEvents,
    /// The number of the last event before them that can't be opened.
    pub(crate) lost: Option<i64>,
}

impl FoundEvents {
    /// Opens the events, up to one that can't be opened. Those at the beginning that can't are left out.
    pub(crate) fn open(self, key: LogKey, sealer: &Sealer) -> OpenedEvents {
        let mut stored = StoredEvents {
            bounds: self.bounds,
            first: 0,
            events: Vec::new(),
        };
        let mut lost = None;
        for (seq, value) in self.events {
            match sealer.open(&key.event_place(seq), &value) {
                Ok(event) => {
                    if stored.events.is_empty() {
                        stored.first = number(seq);
                    }
                    stored.events.push(Bytes::from(event));
                }
                Err(_) if stored.events.is_empty() => lost = Some(seq),
                Err(_) => break,
            }
        }
        OpenedEvents { stored, lost }
    }
}

impl OpenedEvents {
    /// Events that are lost are gone: for this reader, the log begins behind event `lost`.
    pub(crate) fn behind(self, lost: Option<i64>) -> StoredEvents {
        let mut stored = self.stored;
        if let Some(lost) = self.lost.or(lost) {
            stored.bounds.first = stored.bounds.first.max(number(lost) + 1);
        }
        stored
    }
}
