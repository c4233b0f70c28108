//! A text that stands in the chunk, or is kept: [`Slot`].

use alloc::string::String;
use core::mem;
use core::ops::Range;

use super::buffer::Buffer;

/// From how many bytes on it takes longer to copy a text than to get new memory for the next one.
const LONG: usize = 4096;

/// One of the texts of an event.
///
/// As long as it stands in one piece in the chunk that is being read, only its place is known, and
/// nothing is copied. What must outlast the chunk, or is put together from pieces, is kept in a
/// buffer.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot {
    place: Place,
    /// Where it stands, in the chunk or in the buffer.
    range: Range<usize>,
    buffer: Buffer,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Nowhere,
    Chunk,
    Buffer,
}

impl Slot {
    /// The text, if there is one; `chunk` is the text that is being read.
    #[inline]
    pub(super) fn get<'a>(&'a self, chunk: &'a str) -> Option<&'a str> {
        match self.place {
            Place::Nowhere => None,
            Place::Chunk => chunk.get(self.range.clone()),
            Place::Buffer => self.buffer.get(self.range.clone()),
        }
    }

    /// Where in the chunk it stands, if it does.
    pub(super) fn in_chunk(&self) -> Option<Range<usize>> {
        (self.place == Place::Chunk).then(|| self.range.clone())
    }

    #[inline]
    pub(super) fn is_set(&self) -> bool {
        self.place != Place::Nowhere
    }

    /// Its length in bytes, none for no text.
    pub(super) fn len(&self) -> usize {
        if self.is_set() { self.range.len() } else { 0 }
    }

    /// Forgets the text, and keeps the buffer.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.place = Place::Nowhere;
    }

    /// Sets the text to a part of the chunk.
    #[inline]
    pub(super) fn set_in_chunk(&mut self, range: Range<usize>) {
        self.place = Place::Chunk;
        self.range = range;
    }

    /// Sets the text to a copy.
    pub(super) fn set(&mut self, text: &str) {
        self.buffer.clear();
        self.buffer.push_str(text);
        self.place = Place::Buffer;
        self.range = 0..text.len();
    }

    /// Sets the text to `buffer` from `start` on, and leaves the old buffer in exchange, empty.
    pub(super) fn exchange(&mut self, buffer: &mut Buffer, start: usize) {
        mem::swap(&mut self.buffer, buffer);
        buffer.clear();
        self.place = Place::Buffer;
        self.range = start..self.buffer.len();
    }

    /// Forgets the text, and exchanges the buffers back if the other one is empty: so the next text
    /// is put together in memory that was just in use.
    #[inline]
    pub(super) fn give_back(&mut self, buffer: &mut Buffer) {
        if self.place == Place::Buffer && buffer.is_empty() {
            mem::swap(&mut self.buffer, buffer);
            buffer.clear();
        }
        self.place = Place::Nowhere;
    }

    /// Hands out the buffer, to which `more` bytes will be added, and where in it the text stands, if
    /// the text is long and fills half of it: any other text is better copied.
    pub(super) fn hand_out(&mut self, more: usize) -> Option<(String, Range<usize>)> {
        if self.place != Place::Buffer || self.range.len() < LONG || !self.buffer.is_half_full() {
            return None;
        }
        self.place = Place::Nowhere;
        Some((self.buffer.hand_out(more), self.range.clone()))
    }

    /// Copies what stands in the chunk, so that the chunk can go.
    #[inline]
    pub(super) fn keep(&mut self, chunk: &str) {
        if self.place == Place::Chunk {
            self.set(&chunk[self.range.clone()]);
        }
    }

    /// Takes the text of another, which has none any more.
    #[inline]
    pub(super) fn take_from(&mut self, other: &mut Self) {
        if other.place == Place::Buffer {
            mem::swap(&mut self.buffer, &mut other.buffer);
        }
        self.place = mem::take(&mut other.place);
        self.range = other.range.clone();
    }

    /// Adds a line to a text that is set, behind a line feed.
    pub(super) fn add_line(&mut self, line: &str, chunk: &str) {
        self.keep(chunk);
        self.buffer.push_str("\n");
        self.buffer.push_str(line);
        self.range.end = self.buffer.len();
    }
}
