//! The last event id: [`LastId`].

use core::mem;

use bytestring::ByteString;

use super::slot::Slot;

/// The id of the last block that had one, which events have until another one comes.
///
/// It can be long, and so many events can have it. So it is copied once to be shared, and not once
/// for each of them.
#[derive(Debug, Clone, Default)]
pub(super) struct LastId {
    text: Slot,
    /// The same, or what the id was when it was last asked for.
    shared: ByteString,
    /// Whether it is the same.
    is_shared: bool,
}

impl LastId {
    pub(super) fn text(&self) -> &Slot {
        &self.text
    }

    /// A copy that is shared by all who ask for one; `None` if no block had an id.
    pub(super) fn share(&mut self, chunk: &str) -> Option<ByteString> {
        let text = self.text.get(chunk)?;
        if !mem::replace(&mut self.is_shared, true) {
            self.shared = text.into();
        }
        Some(self.shared.clone())
    }

    pub(super) fn set(&mut self, id: &str) {
        self.text.set(id);
        self.is_shared = false;
    }

    /// Takes the id of a block that is ended, if it has one.
    #[inline]
    pub(super) fn take_from(&mut self, id: &mut Slot) {
        if id.is_set() {
            self.text.take_from(id);
            self.is_shared = false;
        }
    }

    pub(super) fn keep(&mut self, chunk: &str) {
        self.text.keep(chunk);
    }

    pub(super) fn forget_chunk(&mut self) {
        if self.text.in_chunk().is_some() {
            *self = Self::default();
        }
    }
}
