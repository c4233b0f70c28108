//! An event as a log keeps it: [`EncodedEvent`].

use bytes::Bytes;
use sse_gate_codec::{Event, EventName};

use super::AppendErrorKind;

/// The bytes of an event without its id. They are the same for all readers, so they are made once.
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_resume::backend::EncodedEvent;
/// use sse_gate_resume::error::AppendErrorKind;
///
/// let event = EncodedEvent::new(&Event::new().data("hello")).unwrap();
/// assert_eq!(&event.as_bytes()[..], b"data: hello\n\n");
/// // A browser does not dispatch an event without data.
/// assert_eq!(EncodedEvent::new(&Event::new()).unwrap_err(), AppendErrorKind::NoData);
/// ```
#[derive(Clone, Debug)]
pub struct EncodedEvent(Bytes);

impl EncodedEvent {
    /// Encodes an event of the application's.
    ///
    /// # Errors
    ///
    /// The event has an id of its own, a reserved name, or no data. A log refuses such an event.
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

    /// The event of these bytes, as a log that keeps events elsewhere reads it back.
    pub const fn from_bytes(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// Its bytes, the empty line at the end included.
    pub fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
