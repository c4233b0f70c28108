//! From the lines of an event to its values: [`Interpreter`].

use core::ops::Range;

use super::buffer::Buffer;
use super::field_value::FieldValue;
use super::incomplete::Incomplete;
use super::last_id::LastId;
use super::line::{self, LineKind};
use super::step::Step;

/// Interprets the lines of an event stream (HTML standard, §9.2.6): it has the buffers that the
/// standard names, and what is needed beside them because a stream comes in chunks.
#[derive(Debug, Clone, Default)]
pub(super) struct Interpreter {
    /// The data buffer.
    pub(super) data: FieldValue,
    /// The event type buffer.
    pub(super) event_type: FieldValue,
    /// The id of the event that is being read, if it has one.
    pub(super) id: FieldValue,
    /// The last event id, of the events before.
    pub(super) last_id: LastId,
    /// The start of a line that has not ended yet.
    pub(super) line: Buffer,
    /// Whether the last character was a CR. If an LF follows, it belongs to the same line end.
    pub(super) after_cr: bool,
    stage: Stage,
    /// The reconnection time that was read last, in milliseconds.
    pub(super) retry: u64,
    /// The comment that was read last.
    pub(super) comment: FieldValue,
    /// What was returned last. The caller may use its text until the next step.
    pub(super) returned: Option<Step>,
}

/// How much of an event has been read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    /// No field yet. Comments don't count.
    #[default]
    Empty,
    /// At least one field, of any name.
    Begun,
    /// The event is too large. Its lines are skipped, up to the empty line.
    Skipped,
    /// The event is too large, and the line that is being skipped has no end yet.
    SkippedInLine,
}

impl Interpreter {
    /// Removes the text of what was returned last.
    #[inline]
    pub(super) fn clear_returned(&mut self) {
        match self.returned.take() {
            Some(Step::Event) => {
                self.data.swap_out(&mut self.line);
                self.event_type.clear();
            }
            Some(Step::Comment) => self.comment.swap_out(&mut self.line),
            Some(Step::Retry | Step::TooLarge) | None => {}
        }
    }

    /// Whether lines are skipped, because the event is too large.
    #[inline]
    pub(super) fn is_skipping(&self) -> bool {
        matches!(self.stage, Stage::Skipped | Stage::SkippedInLine)
    }

    /// What would be discarded if the stream ended here; `None` between two events.
    pub(super) fn incomplete(&self) -> Option<Incomplete> {
        match self.stage {
            Stage::SkippedInLine => Some(Incomplete::Line),
            _ if !self.line.is_empty() => Some(Incomplete::Line),
            Stage::Begun | Stage::Skipped => Some(Incomplete::Event),
            Stage::Empty => None,
        }
    }

    /// Reads the empty line at the end of an event. An event with data is dispatched.
    ///
    /// "Set the last event ID string of the event source to the value of the last event ID
    /// buffer": with or without data. "If the data buffer is an empty string, set the data
    /// buffer and the event type buffer to the empty string and return."
    #[inline]
    pub(super) fn end_event(&mut self) -> Option<Step> {
        self.stage = Stage::Empty;
        self.last_id.move_from(&mut self.id);
        if self.data.is_set() {
            return Some(Step::Event);
        }
        self.event_type.clear();
        None
    }

    /// Reads a line that is whole in the chunk and not empty.
    #[expect(
        clippy::inline_always,
        reason = "in the loop over the lines of a chunk"
    )]
    #[inline(always)]
    pub(super) fn line(&mut self, line: Range<usize>, chunk: &str, comments: bool) -> Option<Step> {
        let (kind, start) = line::parse(chunk.as_bytes(), line.clone());
        if kind != LineKind::Comment {
            self.stage = Stage::Begun;
        }
        let value = line.start + start..line.end;
        match kind {
            LineKind::Data if self.data.is_set() => self.data.add_line(&chunk[value], chunk),
            LineKind::Data => self.data.set_in_chunk(value),
            LineKind::Event => self.event_type.set_in_chunk(value),
            LineKind::Id if chunk.as_bytes()[value.clone()].contains(&0) => {}
            LineKind::Id => self.id.set_in_chunk(value),
            LineKind::Retry => return self.set_retry(line::milliseconds(&chunk[value])),
            LineKind::Comment if comments => {
                self.comment.set_in_chunk(value);
                return Some(Step::Comment);
            }
            LineKind::Comment | LineKind::Other => {}
        }
        None
    }

    /// Skips a line of an event that is too large. Returns whether there are more: an empty line is the
    /// last one, unless it is the end of one that began in an earlier text.
    pub(super) fn skip_line(&mut self, is_empty: bool) -> bool {
        let is_end = self.stage == Stage::Skipped && is_empty;
        self.stage = if is_end { Stage::Empty } else { Stage::Skipped };
        !is_end
    }

    /// Reads the line in the `line` buffer, which is complete now.
    pub(super) fn buffered_line(&mut self, comments: bool) -> Option<Step> {
        let (kind, start) = line::parse(self.line.as_bytes(), 0..self.line.len());
        if kind != LineKind::Comment {
            self.stage = Stage::Begun;
        }
        let value = &self.line[start..];
        let mut step = None;
        match kind {
            LineKind::Data if self.data.is_set() => self.data.add_line(value, ""),
            LineKind::Data => self.data.swap_in(&mut self.line, start),
            LineKind::Event => self.event_type.set(value),
            LineKind::Id if value.contains('\0') => {}
            LineKind::Id => self.id.set(value),
            LineKind::Retry => step = self.set_retry(line::milliseconds(value)),
            LineKind::Comment if comments => {
                self.comment.swap_in(&mut self.line, start);
                step = Some(Step::Comment);
            }
            LineKind::Comment | LineKind::Other => {}
        }
        self.line.clear();
        step
    }

    fn set_retry(&mut self, milliseconds: Option<u64>) -> Option<Step> {
        self.retry = milliseconds?;
        Some(Step::Retry)
    }

    /// Adds text to a line that has not ended yet.
    pub(super) fn add_to_line(&mut self, text: &str, limit: usize) -> Option<Step> {
        if self.is_skipping() {
            if !text.is_empty() {
                self.stage = Stage::SkippedInLine;
            }
        } else if self.buffered_len() + self.line.len() + text.len() > limit {
            return Some(self.skip_event(true));
        } else {
            self.line.push_str(text);
        }
        None
    }

    /// Copies all values that are in the chunk, so that the chunk can be dropped.
    pub(super) fn copy_from(&mut self, chunk: &str) {
        self.data.copy_from(chunk);
        self.event_type.copy_from(chunk);
        self.id.copy_from(chunk);
        self.last_id.copy_from(chunk);
    }

    /// Removes values that are in a chunk that no longer exists. There are some only if a feed was
    /// leaked.
    pub(super) fn forget_chunk(&mut self) {
        for value in [&mut self.data, &mut self.event_type, &mut self.id] {
            if value.in_chunk().is_some() {
                value.clear();
            }
        }
        self.last_id.forget_chunk();
    }

    /// How many bytes of the limit the event takes, without the line that is being read.
    pub(super) fn buffered_len(&self) -> usize {
        self.data.len() + self.event_type.len() + self.id.len()
    }

    /// Removes the event, which is too large, and skips the rest of it. `in_line` says whether
    /// its last line has no end yet.
    pub(super) fn skip_event(&mut self, in_line: bool) -> Step {
        self.event_type.clear();
        self.id.clear();
        // The memory of one large event is not kept for the rest of the stream.
        self.data = FieldValue::default();
        self.line = Buffer::default();
        self.stage = if in_line {
            Stage::SkippedInLine
        } else {
            Stage::Skipped
        };
        Step::TooLarge
    }
}
