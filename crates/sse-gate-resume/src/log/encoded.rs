//! An event as a log keeps it: [`EncodedEvent`].

use bytes::Bytes;
use sse_gate_codec::{Event, EventName};

use super::AppendErrorKind;

/// The bytes of an event, but for its id: they are the same for all who read it, and made once.
#[derive(Clone, Debug)]
pub struct EncodedEvent(Bytes);

impl EncodedEvent {
    /// Encodes an event of the application's, or says why a log can't have it: it has an id of its
    /// own, a reserved name, or no data.
    pub fn new(event: &Event<'_>) -> Result<Self, AppendErrorKind> {
        if event.get_id().is_some() {
            return Err(AppendErrorKind::Id);
        }
        if event.get_event().is_some_and(EventName::is_reserved) {
            return Err(AppendErrorKind::ReservedName);
        }
        if event.get_data().is_none() {
            return Err(AppendErrorKind::NoData);
        }
        Ok(Self(event.to_bytes()))
    }

    /// The event of these bytes, as a log reads it back that keeps blocks elsewhere.
    pub const fn from_bytes(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
