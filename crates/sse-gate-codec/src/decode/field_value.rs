//! The value of a field, in the chunk or in a buffer: [`FieldValue`].

use alloc::string::String;
use core::mem;
use core::ops::Range;

use super::buffer::Buffer;

/// A text of this many bytes or more costs more to copy than to replace by new memory.
const LONG: usize = 4096;

/// The value of one kind of field, put together from all the lines that have it.
///
/// While the value is one piece of the chunk, only its place is noted and nothing is copied. A value
/// that outlives the chunk, or that comes in several pieces, is copied into a buffer.
#[derive(Debug, Clone, Default)]
pub(super) struct FieldValue {
    place: Place,
    /// Where the value is, in the chunk or in the buffer.
    range: Range<usize>,
    buffer: Buffer,
}

/// Where a value is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// There is no value.
    #[default]
    None,
    /// In the chunk that is being read.
    Chunk,
    /// In the buffer.
    Buffer,
}

impl FieldValue {
    /// The value, if there is one. `chunk` is the text that is being read.
    #[inline]
    pub(super) fn get<'a>(&'a self, chunk: &'a str) -> Option<&'a str> {
        match self.place {
            Place::None => None,
            Place::Chunk => chunk.get(self.range.clone()),
            Place::Buffer => self.buffer.get(self.range.clone()),
        }
    }

    /// Where in the chunk the value is, if it is there.
    pub(super) fn in_chunk(&self) -> Option<Range<usize>> {
        (self.place == Place::Chunk).then(|| self.range.clone())
    }

    #[inline]
    pub(super) fn is_set(&self) -> bool {
        self.place != Place::None
    }

    /// The length in bytes; 0 without a value.
    pub(super) fn len(&self) -> usize {
        if self.is_set() { self.range.len() } else { 0 }
    }

    /// Removes the value and keeps the buffer's memory.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.place = Place::None;
    }

    /// Sets the value to a part of the chunk.
    #[inline]
    pub(super) fn set_in_chunk(&mut self, range: Range<usize>) {
        self.place = Place::Chunk;
        self.range = range;
    }

    /// Sets the value to a copy of `text`.
    pub(super) fn set(&mut self, text: &str) {
        self.buffer.clear();
        self.buffer.push_str(text);
        self.place = Place::Buffer;
        self.range = 0..text.len();
    }

    /// Sets the value to the text of `buffer` from `start` on, without a copy. `buffer` gets the old
    /// memory, without text.
    pub(super) fn swap_in(&mut self, buffer: &mut Buffer, start: usize) {
        mem::swap(&mut self.buffer, buffer);
        buffer.clear();
        self.place = Place::Buffer;
        self.range = start..self.buffer.len();
    }

    /// Removes the value. Gives its memory back to `buffer` if that is empty, so that the next line
    /// is put together in memory that was in use a moment ago.
    #[inline]
    pub(super) fn swap_out(&mut self, buffer: &mut Buffer) {
        if self.place == Place::Buffer && buffer.is_empty() {
            mem::swap(&mut self.buffer, buffer);
            buffer.clear();
        }
        self.place = Place::None;
    }

    /// Takes the buffer out with the place of the value in it. The caller will add `more` bytes.
    ///
    /// `None` if a copy is better: for a value that is short, or that fills less than half of the
    /// buffer.
    pub(super) fn take_buffer(&mut self, more: usize) -> Option<(String, Range<usize>)> {
        if self.place != Place::Buffer || self.range.len() < LONG || !self.buffer.is_half_full() {
            return None;
        }
        self.place = Place::None;
        Some((self.buffer.take(more), self.range.clone()))
    }

    /// Copies the value if it is in the chunk, so that the chunk can be dropped.
    #[inline]
    pub(super) fn copy_from(&mut self, chunk: &str) {
        if self.place == Place::Chunk {
            self.set(&chunk[self.range.clone()]);
        }
    }

    /// Moves the value of `other` into this one.
    #[inline]
    pub(super) fn move_from(&mut self, other: &mut Self) {
        if other.place == Place::Buffer {
            mem::swap(&mut self.buffer, &mut other.buffer);
        }
        self.place = mem::take(&mut other.place);
        self.range = other.range.clone();
    }

    /// Adds a line feed and a line to a value that is set.
    pub(super) fn add_line(&mut self, line: &str, chunk: &str) {
        self.copy_from(chunk);
        self.buffer.push_str("\n");
        self.buffer.push_str(line);
        self.range.end = self.buffer.len();
    }
}
