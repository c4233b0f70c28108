//! What a decoder keeps from chunk to chunk: [`State`].

use core::mem;

use super::incomplete::Incomplete;
use super::interpreter::Interpreter;
use super::utf8::Utf8;

/// The settings of a decoder, and how far it has read its stream.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// How large an event may be, in bytes.
    pub(super) limit: usize,
    /// Whether comments are returned.
    pub(super) comments: bool,
    pub(super) utf8: Utf8,
    pub(super) interpreter: Interpreter,
}

impl State {
    /// The state before the first byte of a stream.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            comments: false,
            utf8: Utf8::default(),
            interpreter: Interpreter::default(),
        }
    }

    /// Whether a line has begun, and no character that is not complete yet.
    #[inline]
    pub(super) fn is_in_line(&self) -> bool {
        !self.interpreter.line.is_empty() && !self.utf8.is_in_character()
    }

    /// What would be discarded if the stream ended here.
    pub(super) fn incomplete(&self) -> Option<Incomplete> {
        if self.utf8.is_in_character() {
            return Some(Incomplete::Line);
        }
        self.interpreter.incomplete()
    }

    /// Goes back to the start of a stream. The settings and the last event id stay.
    pub(super) fn restart(&mut self) {
        let last_id = mem::take(&mut self.interpreter.last_id);
        self.utf8 = Utf8::default();
        self.interpreter = Interpreter::default();
        self.interpreter.last_id = last_id;
    }
}
