//! The last event id: [`LastId`].

use alloc::sync::Arc;
use core::mem;

use super::field_value::FieldValue;

/// The last event id. Events have it until another event brings a new one.
///
/// The id can be long and many events can have it. So all of them share one copy.
#[derive(Debug, Clone, Default)]
pub(super) struct LastId {
    value: FieldValue,
    /// The copy that was shared last. It may be the one of an earlier id.
    shared: Arc<str>,
    /// Whether `shared` is a copy of `value`.
    is_shared: bool,
}

impl LastId {
    pub(super) fn value(&self) -> &FieldValue {
        &self.value
    }

    /// The copy that events share; `None` if no event has had an id.
    pub(super) fn share(&mut self, chunk: &str) -> Option<Arc<str>> {
        let text = self.value.get(chunk)?;
        if !mem::replace(&mut self.is_shared, true) {
            self.shared = text.into();
        }
        Some(self.shared.clone())
    }

    pub(super) fn set(&mut self, id: &str) {
        self.value.set(id);
        self.is_shared = false;
    }

    /// Takes the id of an event that has ended, if it has one.
    #[inline]
    pub(super) fn move_from(&mut self, id: &mut FieldValue) {
        if id.is_set() {
            self.value.move_from(id);
            self.is_shared = false;
        }
    }

    pub(super) fn copy_from(&mut self, chunk: &str) {
        self.value.copy_from(chunk);
    }

    /// Removes an id that is in a chunk that no longer exists.
    pub(super) fn forget_chunk(&mut self) {
        if self.value.in_chunk().is_some() {
            *self = Self::default();
        }
    }
}
