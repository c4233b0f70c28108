//! From a chunk to the steps that it brings: [`Reader`].

use core::mem;

use memchr::{memchr2, memrchr2};

use super::chunk::Chunk;
use super::state::State;
use super::step::Step;
use super::utf8::Piece;
use crate::ends::Ends;

/// In a chunk of this many bytes, the last line end is looked for first. In a smaller one that takes longer
/// than it saves.
const LARGE: usize = 4096;

/// Reads one chunk.
///
/// A value that is one piece of the chunk is not copied: the interpreter notes its place in
/// [`text`](Self::text). At the end of a text, values and the start of a line are copied into the
/// interpreter's buffers. So the result does not depend on where the stream is cut.
#[derive(Debug)]
pub(super) struct Reader<C: Chunk> {
    /// The part of the chunk that is not decoded yet.
    rest: C,
    /// How many bytes come after the last line end of a large chunk. They are the start of a line that can't
    /// be read where it is.
    tail: usize,
    /// The piece of the chunk whose lines are being read.
    pub(super) text: C::Text,
    /// Where in the text the next line begins.
    at: usize,
    /// The event can't be too large before this place in the text, whatever its lines are.
    reach: usize,
    /// The ends of the next lines.
    ends: Ends,
    /// Whether the text may have more lines.
    is_reading: bool,
}

impl<C: Chunk> Reader<C> {
    #[expect(
        clippy::inline_always,
        reason = "made for each chunk, where it is used: to move it takes longer"
    )]
    #[inline(always)]
    pub(super) fn new(chunk: C) -> Self {
        let is_large = chunk.len() >= LARGE;
        let tail = if is_large { unfinished(&chunk) } else { 0 };
        Self {
            rest: chunk,
            tail,
            text: C::Text::default(),
            at: 0,
            reach: 0,
            ends: Ends::from(0),
            is_reading: false,
        }
    }

    /// Reads the rest of the chunk and returns none of its steps.
    #[inline]
    pub(super) fn finish(&mut self, state: &mut State) {
        while self.next(state).is_some() {}
    }

    /// The next step; `None` at the end of the chunk.
    #[inline]
    pub(super) fn next(&mut self, state: &mut State) -> Option<Step> {
        state.interpreter.clear_returned();
        if !self.is_reading && self.rest.is_empty() {
            return None;
        }
        state.interpreter.returned = self.next_step(state);
        state.interpreter.returned
    }

    /// Not inlined, while all that it calls is: so there is one copy of the loop.
    #[inline(never)]
    fn next_step(&mut self, state: &mut State) -> Option<Step> {
        loop {
            if self.is_reading
                && let Some(step) = self.next_in_text(state)
            {
                return Some(step);
            }
            if self.rest.is_empty() {
                return None;
            }
            let step = if self.rest.len() <= self.tail || state.is_in_line() {
                self.line_part(state)
            } else {
                let piece = state.utf8.next(&mut self.rest, self.tail)?;
                self.begin(piece, state)
            };
            if step.is_some() {
                return step;
            }
        }
    }

    /// The next step in the text; `None` at its end.
    #[inline]
    fn next_in_text(&mut self, state: &mut State) -> Option<Step> {
        let interpreter = &mut state.interpreter;
        let (text, bytes) = (&*self.text, self.text.as_bytes());
        // Local variables and not fields, because this loop takes most of the time.
        let (mut at, mut reach, mut ends) = (self.at, self.reach, self.ends.clone());
        let mut skipping = interpreter.is_skipping();
        while let Some(end) = ends.next(bytes) {
            let line = at..end;
            at = end + 1;
            if line.is_empty() && bytes[..at].ends_with(b"\r\n") {
                // The LF of a CRLF ends no line of its own.
                continue;
            }
            let step = if skipping {
                skipping = interpreter.skip_line(line.is_empty());
                reach = at.saturating_add(state.limit);
                None
            } else if line.is_empty() {
                reach = at.saturating_add(state.limit);
                interpreter.end_event()
            } else if line.end > reach && interpreter.buffered_len() + line.len() > state.limit {
                Some(interpreter.skip_event(false))
            } else {
                interpreter.line(line, text, state.comments)
            };
            if step.is_some() {
                (self.at, self.reach, self.ends) = (at, reach, ends);
                return step;
            }
        }
        self.at = at;
        self.end_text(state)
    }

    /// Reads a part of a line, to its end or to that of the chunk, that can't be read where it is. It goes
    /// into the interpreter's buffer, so no text of the chunk is made for it.
    fn line_part(&mut self, state: &mut State) -> Option<Step> {
        let interpreter = &mut state.interpreter;
        interpreter.after_cr = false;
        let len = match self.rest.len().checked_sub(self.tail) {
            Some(lines @ 1..) => memchr2(b'\r', b'\n', &self.rest[..lines]),
            _ => None,
        };
        let len = len.unwrap_or(self.rest.len());
        let (mut part, mut step) = (&self.rest[..len], None);
        while !part.is_empty()
            && step.is_none()
            && let Some(piece) = state.utf8.next(&mut part, 0)
        {
            step = interpreter.add_to_line(piece.as_str(&mut [0; 4]), state.limit);
        }
        let read = len - part.len();
        self.rest.skip(read);
        if step.is_some() || state.utf8.is_in_character() {
            return step;
        }
        let end = *self.rest.first()?;
        self.rest.skip(1);
        interpreter.after_cr = end == b'\r';
        interpreter.buffered_line(state.comments)
    }

    /// Copies what is needed of a text that has been read to its end.
    fn end_text(&mut self, state: &mut State) -> Option<Step> {
        let interpreter = &mut state.interpreter;
        self.is_reading = false;
        interpreter.after_cr = self.text.ends_with('\r');
        interpreter.copy_from(&self.text);
        interpreter.add_to_line(&self.text[self.at..], state.limit)
    }

    /// Begins the next piece. A single character can make the event too large.
    fn begin(&mut self, piece: Piece<C::Text>, state: &mut State) -> Option<Step> {
        let interpreter = &mut state.interpreter;
        let after_cr = mem::take(&mut interpreter.after_cr);
        self.at = 0;
        match piece {
            Piece::Text(text) => {
                self.at = usize::from(after_cr && text.starts_with('\n'));
                self.ends = Ends::from(self.at);
                // A limit that was set in the middle of an event may be exceeded already.
                let left = state.limit.saturating_sub(interpreter.buffered_len());
                self.reach = left.saturating_add(self.at);
                self.text = text;
                self.is_reading = true;
                None
            }
            Piece::Char(_) => {
                self.text = C::Text::default();
                interpreter.add_to_line(piece.as_str(&mut [0; 4]), state.limit)
            }
        }
    }
}

/// How many bytes come after the last line end of a chunk.
fn unfinished(chunk: &[u8]) -> usize {
    let lines = memrchr2(b'\r', b'\n', chunk).map_or(0, |end| end + 1);
    chunk.len() - lines
}
