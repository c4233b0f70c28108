//! What is known of the block of lines that is being read: [`Block`].

use core::ops::Range;

use super::buffer::Buffer;
use super::incomplete::Incomplete;
use super::last_id::LastId;
use super::line::{self, Line};
use super::reader::Step;
use super::slot::Slot;

/// The buffers of the standard (HTML standard, §9.2.6), and what outlasts a chunk.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub(super) data: Slot,
    /// The event type.
    pub(super) name: Slot,
    /// The id that this block brought, if any.
    pub(super) id: Slot,
    /// The id of the blocks before.
    pub(super) last_id: LastId,
    /// The start of a line whose end was not there yet.
    pub(super) line: Buffer,
    /// Whether the last character was a CR. It ended a line, and an LF behind it ends none.
    pub(super) after_cr: bool,
    stage: Stage,
    /// The reconnection time that was read last, in milliseconds.
    pub(super) retry: u64,
    /// The comment that was read last.
    pub(super) comment: Slot,
    /// What was returned last and may be in use until the next step.
    pub(super) returned: Option<Step>,
}

/// How far the block has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    /// It has no fields yet. A comment begins no block.
    #[default]
    Empty,
    /// It has had a field, of whatever name.
    Begun,
    /// It is too large, and is passed over up to its end.
    Skipped,
    /// The same, and a line of it has begun.
    SkippedInLine,
}

impl Block {
    /// Makes room after the last step.
    #[inline]
    pub(super) fn drop_returned(&mut self) {
        match self.returned.take() {
            Some(Step::Event) => {
                self.data.give_back(&mut self.line);
                self.name.clear();
            }
            Some(Step::Comment) => self.comment.give_back(&mut self.line),
            Some(Step::Retry | Step::TooLarge) | None => {}
        }
    }

    /// Whether the next line began earlier than the text that it ends in, or is passed over.
    #[inline]
    pub(super) fn is_late(&self) -> bool {
        self.is_skipped() | !self.line.is_empty()
    }

    #[inline]
    fn is_skipped(&self) -> bool {
        matches!(self.stage, Stage::Skipped | Stage::SkippedInLine)
    }

    /// Where in the block the stream would end if it ended here; `None` between two blocks.
    pub(super) fn incomplete(&self) -> Option<Incomplete> {
        match self.stage {
            Stage::SkippedInLine => Some(Incomplete::Line),
            _ if !self.line.is_empty() => Some(Incomplete::Line),
            Stage::Begun | Stage::Skipped => Some(Incomplete::Block),
            Stage::Empty => None,
        }
    }

    /// Ends the block, at an empty line. With data there is an event.
    ///
    /// "Set the last event ID string of the event source to the value of the last event ID
    /// buffer": with or without an event. "If the data buffer is an empty string, set the data
    /// buffer and the event type buffer to the empty string and return."
    #[inline]
    pub(super) fn end(&mut self) -> Option<Step> {
        self.stage = Stage::Empty;
        self.last_id.take_from(&mut self.id);
        if self.data.is_set() {
            return Some(Step::Event);
        }
        self.name.clear();
        None
    }

    /// Reads a line that stands in the chunk, and is not empty.
    #[expect(
        clippy::inline_always,
        reason = "in the loop over the lines of a chunk"
    )]
    #[inline(always)]
    pub(super) fn line(&mut self, line: Range<usize>, chunk: &str, comments: bool) -> Option<Step> {
        let (kind, start) = line::read(chunk.as_bytes(), line.clone());
        if kind != Line::Comment {
            self.stage = Stage::Begun;
        }
        let value = line.start + start..line.end;
        match kind {
            Line::Data if self.data.is_set() => self.data.add_line(&chunk[value], chunk),
            Line::Data => self.data.set_in_chunk(value),
            Line::Event => self.name.set_in_chunk(value),
            Line::Id if chunk.as_bytes()[value.clone()].contains(&0) => {}
            Line::Id => self.id.set_in_chunk(value),
            Line::Retry => return self.set_retry(line::milliseconds(&chunk[value])),
            Line::Comment if comments => {
                self.comment.set_in_chunk(value);
                return Some(Step::Comment);
            }
            Line::Comment | Line::Other => {}
        }
        None
    }

    /// Reads the end of a line that began in an earlier text, or a line that is passed over.
    pub(super) fn late_line(
        &mut self,
        end: &str,
        chunk: &str,
        comments: bool,
        limit: usize,
    ) -> Option<Step> {
        if self.is_skipped() {
            let is_end = self.stage == Stage::Skipped && end.is_empty();
            self.stage = if is_end { Stage::Empty } else { Stage::Skipped };
            return None;
        }
        if self.kept_len() + self.line.len() + end.len() > limit {
            return Some(self.give_up(false));
        }
        self.line.push_str(end);
        self.kept_line(chunk, comments)
    }

    /// Reads the line that was kept, now that it is complete.
    fn kept_line(&mut self, chunk: &str, comments: bool) -> Option<Step> {
        let (kind, start) = line::read(self.line.as_bytes(), 0..self.line.len());
        if kind != Line::Comment {
            self.stage = Stage::Begun;
        }
        let value = &self.line[start..];
        let mut step = None;
        match kind {
            Line::Data if self.data.is_set() => self.data.add_line(value, chunk),
            Line::Data => self.data.exchange(&mut self.line, start),
            Line::Event => self.name.set(value),
            Line::Id if value.contains('\0') => {}
            Line::Id => self.id.set(value),
            Line::Retry => step = self.set_retry(line::milliseconds(value)),
            Line::Comment if comments => {
                self.comment.exchange(&mut self.line, start);
                step = Some(Step::Comment);
            }
            Line::Comment | Line::Other => {}
        }
        self.line.clear();
        step
    }

    fn set_retry(&mut self, milliseconds: Option<u64>) -> Option<Step> {
        self.retry = milliseconds?;
        Some(Step::Retry)
    }

    /// Adds to a line that has no end yet.
    pub(super) fn add_to_line(&mut self, text: &str, limit: usize) -> Option<Step> {
        if self.is_skipped() {
            if !text.is_empty() {
                self.stage = Stage::SkippedInLine;
            }
        } else if self.kept_len() + self.line.len() + text.len() > limit {
            return Some(self.give_up(true));
        } else {
            self.line.push_str(text);
        }
        None
    }

    /// Copies all that stands in the chunk, so that the chunk can go.
    pub(super) fn keep(&mut self, chunk: &str) {
        self.data.keep(chunk);
        self.name.keep(chunk);
        self.id.keep(chunk);
        self.last_id.keep(chunk);
    }

    /// Drops what stands in a chunk that is gone: there is such if a [`Feed`](super::Feed) was
    /// leaked.
    pub(super) fn forget_chunk(&mut self) {
        for slot in [&mut self.data, &mut self.name, &mut self.id] {
            if slot.in_chunk().is_some() {
                slot.clear();
            }
        }
        self.last_id.forget_chunk();
    }

    /// How much of the limit is taken, without the line that is being read.
    pub(super) fn kept_len(&self) -> usize {
        self.data.len() + self.name.len() + self.id.len()
    }

    /// Gives the block up, in the midst of a line or at its end.
    pub(super) fn give_up(&mut self, in_line: bool) -> Step {
        self.name.clear();
        self.id.clear();
        // The room that one event took need not be kept for ever.
        self.data = Slot::default();
        self.line = Buffer::default();
        self.stage = if in_line {
            Stage::SkippedInLine
        } else {
            Stage::Skipped
        };
        Step::TooLarge
    }
}
