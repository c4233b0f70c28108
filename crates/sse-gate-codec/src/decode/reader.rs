//! From a chunk to what it brings, step by step: [`Reader`].

use core::mem;

use super::chunk::Chunk;
use super::decoder::Decoder;
use super::utf8::Piece;
use crate::ends::Ends;

/// A line of which so much was there before will not end soon, in bytes.
const LONG: usize = 256;

/// Reads one chunk.
///
/// Texts that stand in the chunk in one piece are not copied: the decoder's block knows where they
/// stand in [`text`](Self::text). What is unfinished at the end of a text is kept in the block's
/// buffers. So each step leaves the same behind, however the stream is cut.
#[derive(Debug)]
pub(crate) struct Reader<C: Chunk> {
    /// What is not decoded yet.
    rest: C,
    /// The piece of the chunk whose lines are being read.
    pub(super) text: C::Text,
    /// Where in the text the line begins that is read next.
    at: usize,
    /// Up to where in the text the block can't be too large, whatever its lines are.
    reach: usize,
    /// The ends of the lines from there on.
    ends: Ends,
    /// Whether there may be more in the text.
    is_reading: bool,
}

/// What a chunk brings. The block has it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Event,
    Retry,
    Comment,
    /// A block that is passed over from here on.
    TooLarge,
}

impl<C: Chunk> Reader<C> {
    pub(crate) fn new(chunk: C) -> Self {
        Self {
            rest: chunk,
            text: C::Text::default(),
            at: 0,
            reach: 0,
            ends: Ends::from(0),
            is_reading: false,
        }
    }

    /// Reads on to the end, whatever comes.
    #[inline]
    pub(crate) fn finish(&mut self, decoder: &mut Decoder) {
        while self.next(decoder).is_some() {}
    }

    /// The next thing that the chunk brings; `None` when it is read to its end.
    #[inline]
    pub(crate) fn next(&mut self, decoder: &mut Decoder) -> Option<Step> {
        decoder.block.drop_returned();
        decoder.block.returned = self.next_step(decoder);
        decoder.block.returned
    }

    /// Not inlined, and all it calls is: one loop in one place, whoever calls it.
    #[inline(never)]
    fn next_step(&mut self, decoder: &mut Decoder) -> Option<Step> {
        loop {
            if self.is_reading
                && let Some(step) = self.next_in_text(decoder)
            {
                return Some(step);
            }
            if self.rest.is_empty() {
                return None;
            }
            let piece = decoder.utf8.next(&mut self.rest)?;
            if let Some(step) = self.begin(piece, decoder) {
                return Some(step);
            }
        }
    }

    /// Reads on in the text, up to its end.
    #[inline]
    fn next_in_text(&mut self, decoder: &mut Decoder) -> Option<Step> {
        let block = &mut decoder.block;
        let (text, bytes) = (&*self.text, self.text.as_bytes());
        // In variables, not behind references: this loop is where the time goes.
        let (mut at, mut reach, mut ends) = (self.at, self.reach, self.ends.clone());
        let mut is_late = block.is_late();
        while let Some(end) = ends.next(bytes) {
            let line = at..end;
            at = end + 1;
            if line.is_empty() && bytes[..at].ends_with(b"\r\n") {
                // The LF of a CRLF ends no line of its own.
                continue;
            }
            let step = if is_late {
                let step = block.late_line(&text[line], text, decoder.comments, decoder.limit);
                reach = at.saturating_add(decoder.limit - block.kept_len());
                is_late = block.is_late();
                step
            } else if line.is_empty() {
                reach = at.saturating_add(decoder.limit);
                block.end()
            } else if line.end > reach && block.kept_len() + line.len() > decoder.limit {
                Some(block.give_up(false))
            } else {
                block.line(line, text, decoder.comments)
            };
            if step.is_some() {
                (self.at, self.reach, self.ends) = (at, reach, ends);
                return step;
            }
        }
        self.at = at;
        self.end_of_text(decoder)
    }

    /// Keeps what is needed of a text that is read to its end.
    fn end_of_text(&mut self, decoder: &mut Decoder) -> Option<Step> {
        let block = &mut decoder.block;
        self.is_reading = false;
        block.after_cr = self.text.ends_with('\r');
        block.keep(&self.text);
        block.add_to_line(&self.text[self.at..], decoder.limit)
    }

    /// Goes on to the next piece. A character between two texts can make the event too large.
    fn begin(&mut self, piece: Piece<C::Text>, decoder: &mut Decoder) -> Option<Step> {
        let block = &mut decoder.block;
        let after_cr = mem::take(&mut block.after_cr);
        self.at = 0;
        match piece {
            Piece::Text(text) => {
                self.at = usize::from(after_cr && text.starts_with('\n'));
                self.ends = if block.line.len() > LONG {
                    Ends::far_from(self.at, text.as_bytes())
                } else {
                    Ends::from(self.at)
                };
                // A limit that was set in the midst of a block may be met already.
                let left = decoder.limit.saturating_sub(block.kept_len());
                self.reach = left.saturating_add(self.at);
                self.text = text;
                self.is_reading = true;
                None
            }
            Piece::Char(character) => {
                self.text = C::Text::default();
                let mut room = [0; 4];
                block.add_to_line(character.encode_utf8(&mut room), decoder.limit)
            }
        }
    }
}
