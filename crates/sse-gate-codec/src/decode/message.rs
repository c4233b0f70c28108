//! An event as a client gets it: [`Message`].

use super::interpreter::Interpreter;
use crate::{Event, EventId, EventName, InvalidFieldError};

/// The type of an event that names none.
pub(super) const DEFAULT_TYPE: &str = "message";

/// A decoded event that borrows from the chunk or from the decoder.
///
/// It has the three things that a web page gets (HTML standard, §9.2.6): type, data and last event
/// id. To keep an event, decode with [`Decoder::feed_shared`](crate::Decoder::feed_shared), which
/// makes a [`SharedMessage`](crate::SharedMessage).
///
/// ```
/// use sse_gate_codec::{Decoder, Frame};
///
/// let mut decoder = Decoder::new();
/// let mut feed = decoder.feed(b"event: sum\nid: 7\ndata: 1 +\ndata: 1\n\n");
/// let Some(Ok(Frame::Event(message))) = feed.next_frame() else { panic!("no event") };
/// assert_eq!(message.event(), "sum");
/// assert_eq!(message.data(), "1 +\n1");
/// assert_eq!(message.id(), "7");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    event: &'a str,
    data: &'a str,
    id: Option<&'a str>,
}

impl<'a> Message<'a> {
    #[inline]
    pub(super) fn new(interpreter: &'a Interpreter, chunk: &'a str) -> Self {
        let event_type = interpreter.event_type.get(chunk);
        Self {
            event: event_type
                .filter(|it| !it.is_empty())
                .unwrap_or(DEFAULT_TYPE),
            data: interpreter.data.get(chunk).unwrap_or_default(),
            id: interpreter.last_id.value().get(chunk),
        }
    }

    pub(super) fn from_parts(event: &'a str, data: &'a str, id: Option<&'a str>) -> Self {
        Self { event, data, id }
    }

    /// The type, which a page listens for. It is `message` if the stream names none.
    pub fn event(&self) -> &'a str {
        self.event
    }

    /// The data. Its lines are joined with LF.
    pub fn data(&self) -> &'a str {
        self.data
    }

    /// The last event id: the one of this event or of an earlier one; empty if there was none.
    pub fn id(&self) -> &'a str {
        self.id.unwrap_or_default()
    }
}

/// Makes an event to pass on: to the next client it means what this message means.
///
/// The event has an id if there is a last event id, even the empty one that resets it. It has none
/// if neither the stream nor [`Decoder::with_last_event_id`](crate::Decoder::with_last_event_id)
/// has set one.
///
/// # Errors
/// If the type holds a NUL, which a stream may have and an [`EventName`] may not.
///
/// ```
/// use sse_gate_codec::{Decoder, Event, Frame};
///
/// let mut decoder = Decoder::new();
/// let mut feed = decoder.feed(b"data:a\r\ndata:b\r\nignored: c\r\nid:1\r\n\r\n");
/// let Some(Ok(Frame::Event(message))) = feed.next_frame() else { panic!("no event") };
/// assert_eq!(Event::try_from(message)?.to_bytes(), "id: 1\ndata: a\ndata: b\n\n");
/// # Ok::<(), sse_gate_codec::InvalidFieldError>(())
/// ```
impl<'a> TryFrom<Message<'a>> for Event<'a> {
    type Error = InvalidFieldError;

    fn try_from(message: Message<'a>) -> Result<Self, InvalidFieldError> {
        let mut event = Event::new().data(message.data);
        if message.event != DEFAULT_TYPE {
            event = event.event(EventName::try_from(message.event)?);
        }
        if let Some(id) = message.id {
            event = event.id(EventId::try_from(id)?);
        }
        Ok(event)
    }
}
