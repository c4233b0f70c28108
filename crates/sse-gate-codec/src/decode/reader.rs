//! From a chunk to the steps that it brings: [`Reader`].

use core::mem;

use super::chunk::Chunk;
use super::state::State;
use super::step::Step;
use super::utf8::Piece;
use crate::ends::Ends;

/// A line that has this many bytes already is expected to have many more.
const LONG: usize = 256;

/// Reads one chunk.
///
/// A value that is one piece of the chunk is not copied: the interpreter notes its place in
/// [`text`](Self::text). At the end of a text, values and the start of a line are copied into the
/// interpreter's buffers. So the result does not depend on where the stream is cut.
#[derive(Debug)]
pub(super) struct Reader<C: Chunk> {
    /// The part of the chunk that is not decoded yet.
    rest: C,
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
    pub(super) fn new(chunk: C) -> Self {
        Self {
            rest: chunk,
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
            let piece = state.utf8.next(&mut self.rest)?;
            if let Some(step) = self.begin(piece, state) {
                return Some(step);
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
        let mut slow = interpreter.needs_slow_path();
        while let Some(end) = ends.next(bytes) {
            let line = at..end;
            at = end + 1;
            if line.is_empty() && bytes[..at].ends_with(b"\r\n") {
                // The LF of a CRLF ends no line of its own.
                continue;
            }
            let step = if slow {
                let line = &text[line];
                let step = interpreter.line_slow_path(line, text, state.comments, state.limit);
                reach = at.saturating_add(state.limit - interpreter.buffered_len());
                slow = interpreter.needs_slow_path();
                step
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
                self.ends = if interpreter.line.len() > LONG {
                    Ends::far_from(self.at, text.as_bytes())
                } else {
                    Ends::from(self.at)
                };
                // A limit that was set in the middle of an event may be exceeded already.
                let left = state.limit.saturating_sub(interpreter.buffered_len());
                self.reach = left.saturating_add(self.at);
                self.text = text;
                self.is_reading = true;
                None
            }
            Piece::Char(character) => {
                self.text = C::Text::default();
                let mut room = [0; 4];
                interpreter.add_to_line(character.encode_utf8(&mut room), state.limit)
            }
        }
    }
}
