//! An event as a client gets it: [`Message`].

use super::block::Block;
use crate::{Event, EventId, EventName, InvalidField};

/// The type of an event that names none.
pub(super) const DEFAULT_TYPE: &str = "message";

/// An event of a stream that is decoded, borrowed from the chunk or from the decoder.
///
/// It has the three things that a page gets to see of it (HTML standard, §9.2.6): type, data and
/// last event id. [`SharedMessage`](crate::SharedMessage) is the one to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    event: &'a str,
    data: &'a str,
    id: Option<&'a str>,
}

impl<'a> Message<'a> {
    #[inline]
    pub(super) fn new(block: &'a Block, chunk: &'a str) -> Self {
        let name = block.name.get(chunk).filter(|name| !name.is_empty());
        Self {
            event: name.unwrap_or(DEFAULT_TYPE),
            data: block.data.get(chunk).unwrap_or_default(),
            id: block.last_id.text().get(chunk),
        }
    }

    pub(super) fn from_parts(event: &'a str, data: &'a str, id: Option<&'a str>) -> Self {
        Self { event, data, id }
    }

    /// The type: what a page listens for. `message` if the stream says none.
    pub fn event(&self) -> &'a str {
        self.event
    }

    /// The data, its lines joined with LF.
    pub fn data(&self) -> &'a str {
        self.data
    }

    /// The last event id: the one of this event, or of one before it; empty if there was none.
    pub fn id(&self) -> &'a str {
        self.id.unwrap_or_default()
    }
}

/// An event to pass on: it means to the next client what this one means to this.
///
/// It names the last event id if there is one, even the empty one that resets it; where neither the
/// stream nor [`Decoder::with_last_event_id`](crate::Decoder::with_last_event_id) set any, it
/// names none.
///
/// # Errors
/// If the type has a NUL, which is legal in a stream and not in an [`EventName`].
///
/// ```
/// use sse_gate_codec::{Decoder, Event, Frame};
///
/// let mut decoder = Decoder::new();
/// let mut feed = decoder.feed(b"data:a\r\ndata:b\r\nignored: c\r\nid:1\r\n\r\n");
/// let Some(Ok(Frame::Event(message))) = feed.next_frame() else { panic!("no event") };
/// assert_eq!(Event::try_from(message)?.to_bytes(), "id: 1\ndata: a\ndata: b\n\n");
/// # Ok::<(), sse_gate_codec::InvalidField>(())
/// ```
impl<'a> TryFrom<Message<'a>> for Event<'a> {
    type Error = InvalidField;

    fn try_from(message: Message<'a>) -> Result<Self, InvalidField> {
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
