//! Memory for a text that is put together: [`Buffer`].

use alloc::string::String;
use core::mem;
use core::ops::Deref;

/// A text that grows, in memory that is used again and again, until it is handed out.
#[derive(Debug, Clone, Default)]
pub(super) struct Buffer {
    text: String,
    /// How much memory to begin with: as much as was needed of what
    /// was handed out, as the next text is often as long.
    room: usize,
}

impl Buffer {
    #[inline]
    pub(super) fn push_str(&mut self, text: &str) {
        if self.text.capacity() == 0 {
            self.text.reserve(self.room);
        }
        self.text.push_str(text);
    }

    /// Empties it, and keeps the memory.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.text.clear();
    }

    /// Whether at least half of the memory is in use.
    pub(super) fn is_half_full(&self) -> bool {
        self.text.len() >= self.text.capacity() / 2
    }

    /// Hands the text out with its memory, to which `more` bytes will be added, and is empty then.
    pub(super) fn hand_out(&mut self, more: usize) -> String {
        self.room = self.text.len() + more;
        mem::take(&mut self.text)
    }
}

impl Deref for Buffer {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_what_was_handed_out_there_is_room_for_as_much() {
        let mut buffer = Buffer::default();
        buffer.push_str(&"x".repeat(1000));
        assert_eq!(buffer.hand_out(24).len(), 1000);
        assert!(buffer.is_empty());
        buffer.push_str("y");
        let room = buffer.text.capacity();
        assert!((1024..2048).contains(&room), "{room}");
        // And it stays.
        buffer.clear();
        buffer.push_str("z");
        assert_eq!(buffer.text.capacity(), room);
        assert_eq!(&*buffer, "z");
    }
}
