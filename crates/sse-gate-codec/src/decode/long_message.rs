//! An event to keep that is long: [`LongMessage`].

use alloc::string::String;
use alloc::sync::Arc;
use core::ops::Range;

use bytes::Bytes;
use bytestring::ByteString;

use super::interpreter::Interpreter;

/// An id of at most this many bytes is copied together with its event. A longer one is shared by all
/// events that have it.
const SHORT: usize = 64;

/// A message that shares the chunk, or that has the memory in which it was put together.
#[derive(Debug)]
pub(super) struct LongMessage {
    /// The memory that type and data are in.
    text: ByteString,
    event: Range<usize>,
    data: Range<usize>,
    id: Id,
}

/// Where the last event id is.
#[derive(Debug)]
enum Id {
    /// There is none.
    None,
    /// In the text of the message.
    Inside(Range<usize>),
    /// In memory that other messages share.
    Outside(Arc<str>),
}

impl LongMessage {
    /// The message of the event that has ended.
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

    pub(super) fn data(&self) -> &str {
        &self.text[self.data.clone()]
    }

    /// The data, which shares the message's memory.
    pub(super) fn data_bytes(&self) -> Bytes {
        self.text.as_bytes().slice(self.data.clone())
    }

    /// The type; empty if the stream names none.
    pub(super) fn event(&self) -> &str {
        &self.text[self.event.clone()]
    }

    pub(super) fn id(&self) -> Option<&str> {
        match &self.id {
            Id::None => None,
            Id::Inside(range) => Some(&self.text[range.clone()]),
            Id::Outside(id) => Some(id),
        }
    }
}

impl Id {
    /// The last event id in its shared copy, if there is an id.
    fn outside(interpreter: &mut Interpreter, chunk: &str) -> Self {
        let shared = interpreter.last_id.share(chunk);
        shared.map_or(Self::None, Self::Outside)
    }
}
