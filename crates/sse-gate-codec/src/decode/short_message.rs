//! An event to keep that is short: [`ShortMessage`].

use alloc::boxed::Box;
use alloc::string::String;

use super::interpreter::Interpreter;

/// A message whose texts are copied, into one allocation: the data, the type and the id.
///
/// To copy a short text takes less time than to count one more reference to the chunk, and one less when
/// the message is dropped. The chunk can go as soon as it is read, too.
#[derive(Debug, Clone)]
pub(super) struct ShortMessage {
    text: Box<str>,
    places: Places,
}

/// Where the type and the id begin, and whether there is an id.
///
/// All in one word: a message is moved as soon as it is made, and a processor waits if it loads at once
/// what was stored in parts just before.
#[derive(Debug, Clone, Copy)]
struct Places(usize);

impl ShortMessage {
    /// How many bytes the texts may have together. From here on, sharing is as fast.
    const MAX: usize = 1024;

    /// The message of the event that has ended; `None` if it is too long.
    #[inline]
    pub(super) fn new(interpreter: &Interpreter, chunk: &str) -> Option<Self> {
        let data = interpreter.data.get(chunk).unwrap_or_default();
        let event = interpreter.event_type.get(chunk).unwrap_or_default();
        let id = interpreter.last_id.value().get(chunk);
        let len = data.len() + event.len() + id.map_or(0, str::len);
        if len > Self::MAX {
            return None;
        }
        let mut text = String::with_capacity(len);
        text.push_str(data);
        // Most streams have neither a type nor an id, and to copy nothing takes time, too.
        if len > data.len() {
            text.push_str(event);
            text.push_str(id.unwrap_or_default());
        }
        Some(Self {
            text: text.into(),
            places: Places::new(data.len(), data.len() + event.len(), id.is_some()),
        })
    }

    #[inline]
    pub(super) fn data(&self) -> &str {
        &self.text[..self.places.event()]
    }

    /// The type; empty if the stream names none.
    #[inline]
    pub(super) fn event(&self) -> &str {
        &self.text[self.places.event()..self.places.id()]
    }

    #[inline]
    pub(super) fn id(&self) -> Option<&str> {
        let is_set = self.places.has_id();
        is_set.then(|| &self.text[self.places.id()..])
    }
}

impl Places {
    /// No place has more bits, by far.
    const BITS: u32 = 15;

    #[inline]
    fn new(event: usize, id: usize, has_id: bool) -> Self {
        Self((event << Self::BITS | id) << 1 | usize::from(has_id))
    }

    #[inline]
    fn event(self) -> usize {
        self.0 >> (Self::BITS + 1)
    }

    #[inline]
    fn id(self) -> usize {
        self.0 >> 1 & !(usize::MAX << Self::BITS)
    }

    #[inline]
    fn has_id(self) -> bool {
        self.0 & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back_as_they_were() {
        let max = ShortMessage::MAX;
        for (event, id) in [(0, 0), (0, 1), (1, 1), (0, max), (max, max), (7, max)] {
            for has_id in [false, true] {
                let places = Places::new(event, id, has_id);
                let back = (places.event(), places.id(), places.has_id());
                assert_eq!(back, (event, id, has_id));
            }
        }
    }
}
