//! From a chunk to what it brings, step by step: [`Reader`].

use core::mem;
use core::ops::Range;

use super::block::Block;
use super::chunk::Chunk;
use super::decoder::Decoder;
use super::ends::LineEnds;
use super::line::{self, Line};
use super::too_large::TooLarge;
use super::utf8::Piece;

/// Reads one chunk.
///
/// Texts that stand in the chunk in one piece are not copied: the decoder's [`Block`] knows where
/// they stand in [`text`](Self::text). What is unfinished at the end of a text is kept in the
/// block's buffers. So each step leaves the same behind, however the stream is cut.
#[derive(Debug)]
pub(crate) struct Reader<C: Chunk> {
    /// What is not decoded yet.
    rest: C,
    /// The piece of the chunk whose lines are being read.
    pub(super) text: C::Text,
    ends: LineEnds,
    /// Where in the text the line begins that is read next.
    at: usize,
    /// Where in the text the block begins, or the text itself if that is later …
    block_at: usize,
    /// … and what earlier texts brought of the block, in bytes.
    carried: usize,
}

/// What a chunk brings.
#[derive(Debug)]
pub(crate) enum Step {
    /// An event, whose parts the block has.
    Event,
    /// A reconnection time, in milliseconds.
    Retry(u64),
    /// A comment, in the text …
    Comment(Range<usize>),
    /// … or in the block's line.
    KeptComment,
    TooLarge(TooLarge),
}

impl<C: Chunk> Reader<C> {
    pub(crate) fn new(chunk: C) -> Self {
        Self {
            rest: chunk,
            text: C::Text::default(),
            ends: LineEnds::default(),
            at: 0,
            block_at: 0,
            carried: 0,
        }
    }

    /// The next thing that the chunk brings; `None` when it is read to its end.
    #[inline]
    pub(crate) fn next(&mut self, decoder: &mut Decoder) -> Option<Step> {
        decoder.block.drop_returned();
        loop {
            if let Some(step) = self.next_in_text(decoder) {
                return Some(step);
            }
            let piece = decoder.utf8.next(&mut self.rest)?;
            if let Some(error) = self.begin(piece, decoder) {
                return Some(Step::TooLarge(error));
            }
        }
    }

    /// Reads on in the text, up to its end.
    #[inline]
    fn next_in_text(&mut self, decoder: &mut Decoder) -> Option<Step> {
        while let Some(end) = self.ends.next(self.text.as_bytes()) {
            // The LF of a CRLF whose CR has ended the line.
            if end < self.at {
                continue;
            }
            let line = self.at..end;
            self.at = end + 1;
            let bytes = self.text.as_bytes();
            if bytes[end] == b'\r' {
                match bytes.get(self.at) {
                    Some(b'\n') => self.at += 1,
                    Some(_) => {}
                    None => decoder.block.after_cr = true,
                }
            }
            if let Some(step) = self.line(decoder, line) {
                return Some(step);
            }
        }
        self.end_of_text(decoder).map(Step::TooLarge)
    }

    /// Reads a line that ends in this text.
    #[inline]
    fn line(&mut self, decoder: &mut Decoder, line: Range<usize>) -> Option<Step> {
        let block = &mut decoder.block;
        if block.skipped || !block.line.is_empty() {
            return self.late_line(decoder, line);
        }
        if line.is_empty() {
            return self.end_of_block(block);
        }
        // Without a look at the single parts, which are together no longer than that.
        if self.carried + (line.end - self.block_at) > decoder.limit
            && block.kept_len() + line.len() > decoder.limit
        {
            return Some(Step::TooLarge(block.give_up(false, decoder.limit)));
        }
        let (kind, value) = line::read(&self.text.as_bytes()[line.clone()]);
        let value = line.start + value..line.end;
        match kind {
            Line::Data if block.data.is_set() => {
                block.data.add_line(&self.text[value], &self.text);
            }
            Line::Data => block.data.set_in_chunk(value),
            Line::Event => block.name.set_in_chunk(value),
            Line::Id if self.text.as_bytes()[value.clone()].contains(&0) => {}
            Line::Id => block.id.set_in_chunk(value),
            Line::Retry => return line::milliseconds(&self.text[value]).map(Step::Retry),
            Line::Comment if decoder.comments => return Some(Step::Comment(value)),
            Line::Comment | Line::Other => {}
        }
        None
    }

    /// "If the line is empty, dispatch the event": with data there is one.
    #[inline]
    fn end_of_block(&mut self, block: &mut Block) -> Option<Step> {
        self.block_at = self.at;
        self.carried = 0;
        block.end().then_some(Step::Event)
    }

    /// Reads a line that began in an earlier text, or is passed over.
    fn late_line(&mut self, decoder: &mut Decoder, line: Range<usize>) -> Option<Step> {
        let block = &mut decoder.block;
        if block.skipped {
            let is_empty = line.is_empty() && !block.skipped_line;
            block.skipped_line = false;
            if is_empty {
                block.skipped = false;
                return self.end_of_block(block);
            }
            return None;
        }
        if block.kept_len() + block.line.len() + line.len() > decoder.limit {
            return Some(Step::TooLarge(block.give_up(false, decoder.limit)));
        }
        block.line.push_str(&self.text[line]);
        block.kept_line(&self.text, decoder.comments)
    }

    /// Keeps what is needed of a text that is read to its end.
    fn end_of_text(&mut self, decoder: &mut Decoder) -> Option<TooLarge> {
        let block = &mut decoder.block;
        let start = mem::replace(&mut self.at, self.text.len());
        let rest = &self.text[start..];
        block.keep(&self.text);
        block.add_to_line(rest, decoder.limit)
    }

    /// Goes on to the next piece. A character between two texts can make the event too large.
    fn begin(&mut self, piece: Piece<C::Text>, decoder: &mut Decoder) -> Option<TooLarge> {
        let block = &mut decoder.block;
        let after_cr = mem::take(&mut block.after_cr);
        self.ends = LineEnds::default();
        self.at = 0;
        self.block_at = 0;
        match piece {
            Piece::Text(text) => {
                self.at = usize::from(after_cr && text.starts_with('\n'));
                self.carried = block.kept_len() + block.line.len();
                self.text = text;
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
