//! Memory for a text that is put together: [`Buffer`].

use alloc::string::String;
use core::mem;
use core::ops::Deref;

/// A text that grows. Its memory is used again for the next text, until it is handed out.
#[derive(Debug, Clone, Default)]
pub(super) struct Buffer {
    text: String,
    /// How many bytes to allocate first. It is the length of the text that was handed out last,
    /// because the next text is often as long.
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

    /// Removes the text and keeps the memory.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.text.clear();
    }

    /// Whether at least half of the memory is in use.
    pub(super) fn is_half_full(&self) -> bool {
        self.text.len() >= self.text.capacity() / 2
    }

    /// Takes the text out with its memory. The caller will add `more` bytes to it.
    pub(super) fn take(&mut self, more: usize) -> String {
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
    fn the_memory_after_a_text_that_was_taken_is_as_large() {
        let mut buffer = Buffer::default();
        buffer.push_str(&"x".repeat(1000));
        assert_eq!(buffer.take(24).len(), 1000);
        assert!(buffer.is_empty());
        buffer.push_str("y");
        let room = buffer.text.capacity();
        assert!((1024..2048).contains(&room), "{room}");
        // The memory stays when the text is removed.
        buffer.clear();
        buffer.push_str("z");
        assert_eq!(buffer.text.capacity(), room);
        assert_eq!(&*buffer, "z");
    }
}
