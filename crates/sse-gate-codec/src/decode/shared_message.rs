//! An event to keep: [`SharedMessage`].

use alloc::string::String;
use core::ops::Range;

use bytes::Bytes;
use bytestring::ByteString;

use super::interpreter::Interpreter;
use super::message::{DEFAULT_TYPE, Message};

/// An id of at most this many bytes is copied together with its event. A longer one is shared by all
/// events that have it.
const SHORT: usize = 64;

/// A decoded event to keep or to send to another task. A clone is cheap.
///
/// Texts that were one piece of the chunk stay there: the message shares the chunk's memory and
/// keeps it alive. Other texts are in memory of the message's own, which is at most twice as large
/// as they are.
///
/// ```
/// use bytes::Bytes;
/// use sse_gate_codec::{Decoder, Frame, SharedMessage};
///
/// let mut decoder = Decoder::new();
/// let frames = decoder.feed_shared(Bytes::from("data: one\n\ndata: two\n\n"));
/// let messages: Vec<SharedMessage> = frames
///     .filter_map(|frame| match frame {
///         Ok(Frame::Event(message)) => Some(message),
///         _ => None,
///     })
///     .collect();
/// assert_eq!(messages[1].event(), "message");
/// assert_eq!(messages[1].data(), "two");
/// ```
#[derive(Debug, Clone)]
pub struct SharedMessage {
    /// The memory that type and data are in.
    text: ByteString,
    event: Range<usize>,
    data: Range<usize>,
    id: Id,
}

/// Where the last event id is.
#[derive(Debug, Clone)]
enum Id {
    /// There is none.
    None,
    /// In the text of the message.
    Inside(Range<usize>),
    /// In memory that other messages share.
    Outside(ByteString),
}

impl SharedMessage {
    #[inline]
    pub(super) fn new(interpreter: &mut Interpreter, chunk: &ByteString) -> Self {
        let event = if interpreter.event_type.is_set() {
            interpreter.event_type.in_chunk()
        } else {
            Some(0..0)
        };
        let Some((event, data)) = event.zip(interpreter.data.in_chunk()) else {
            return Self::copy(interpreter, chunk);
        };
        let id = match interpreter.last_id.value().in_chunk() {
            Some(range) => Id::Inside(range),
            None => Id::outside(interpreter, chunk),
        };
        Self {
            text: chunk.clone(),
            event,
            data,
            id,
        }
    }

    /// A message with memory of its own: the data, then the type, then the id if it is short.
    fn copy(interpreter: &mut Interpreter, chunk: &str) -> Self {
        let event = interpreter.event_type.get(chunk).unwrap_or_default();
        let id = interpreter.last_id.value().get(chunk);
        let short_id = id.filter(|id| id.len() <= SHORT);
        let more = event.len() + short_id.map_or(0, str::len);
        let data = &mut interpreter.data;
        let (mut text, data) = data.take_buffer(more).unwrap_or_else(|| {
            let data = data.get(chunk).unwrap_or_default();
            let mut text = String::with_capacity(data.len() + more);
            text.push_str(data);
            (text, 0..data.len())
        });
        let mut push = |part: &str| {
            text.push_str(part);
            text.len() - part.len()..text.len()
        };
        let event = push(event);
        let id = match short_id {
            Some(id) => Id::Inside(push(id)),
            None => Id::outside(interpreter, chunk),
        };
        Self {
            text: text.into(),
            event,
            data,
            id,
        }
    }

    /// The type, which a page listens for. It is `message` if the stream names none.
    pub fn event(&self) -> &str {
        match &self.text[self.event.clone()] {
            "" => DEFAULT_TYPE,
            event => event,
        }
    }

    /// The data. Its lines are joined with LF.
    pub fn data(&self) -> &str {
        &self.text[self.data.clone()]
    }

    /// The data as bytes, which are UTF-8. They share the message's memory, without a copy.
    pub fn data_bytes(&self) -> Bytes {
        self.text.as_bytes().slice(self.data.clone())
    }

    /// The last event id: the one of this event or of an earlier one; empty if there was none.
    pub fn id(&self) -> &str {
        self.as_message().id()
    }

    /// The same message, borrowed: for code that takes a [`Message`].
    pub fn as_message(&self) -> Message<'_> {
        let id = match &self.id {
            Id::None => None,
            Id::Inside(range) => Some(&self.text[range.clone()]),
            Id::Outside(id) => Some(&**id),
        };
        Message::from_parts(self.event(), self.data(), id)
    }
}

impl Id {
    /// The last event id in its shared copy, if there is an id.
    fn outside(interpreter: &mut Interpreter, chunk: &str) -> Self {
        let shared = interpreter.last_id.share(chunk);
        shared.map_or(Self::None, Self::Outside)
    }
}

/// Messages are equal if type, data and last event id are, wherever the texts are.
impl PartialEq for SharedMessage {
    fn eq(&self, other: &Self) -> bool {
        self.as_message() == other.as_message()
    }
}

impl Eq for SharedMessage {}
