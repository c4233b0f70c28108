//! An event to keep: [`SharedMessage`].

use alloc::sync::Arc;

use bytes::Bytes;
use bytestring::ByteString;

use super::interpreter::Interpreter;
use super::long_message::LongMessage;
use super::message::{DEFAULT_TYPE, Message};
use super::short_message::ShortMessage;

/// A decoded event to keep or to send to another task. A clone is cheap.
///
/// A message whose texts have at most 1 KiB together is a copy. In a longer one, texts that were one piece
/// of the chunk stay there: the message shares the chunk's memory and keeps it alive. Other texts are in
/// memory of the message's own, which is at most twice as large as they are.
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
pub struct SharedMessage(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Short(ShortMessage),
    Long(Arc<LongMessage>),
}

impl SharedMessage {
    #[inline]
    pub(super) fn new(interpreter: &mut Interpreter, chunk: &ByteString) -> Self {
        Self(match ShortMessage::new(interpreter, chunk) {
            Some(short) => Kind::Short(short),
            None => Kind::Long(LongMessage::new(interpreter, chunk).into()),
        })
    }

    /// The type, which a page listens for. It is `message` if the stream names none.
    #[inline]
    pub fn event(&self) -> &str {
        let event = match &self.0 {
            Kind::Short(short) => short.event(),
            Kind::Long(long) => long.event(),
        };
        if event.is_empty() {
            DEFAULT_TYPE
        } else {
            event
        }
    }

    /// The data. Its lines are joined with LF.
    #[inline]
    pub fn data(&self) -> &str {
        match &self.0 {
            Kind::Short(short) => short.data(),
            Kind::Long(long) => long.data(),
        }
    }

    /// The data as bytes, which are UTF-8. Those of a long message share its memory, without a copy.
    pub fn data_bytes(&self) -> Bytes {
        match &self.0 {
            Kind::Short(short) => Bytes::copy_from_slice(short.data().as_bytes()),
            Kind::Long(long) => long.data_bytes(),
        }
    }

    /// The last event id: the one of this event or of an earlier one; empty if there was none.
    #[inline]
    pub fn id(&self) -> &str {
        self.last_id().unwrap_or_default()
    }

    /// The same message, borrowed: for code that takes a [`Message`].
    pub fn as_message(&self) -> Message<'_> {
        Message::from_parts(self.event(), self.data(), self.last_id())
    }

    #[inline]
    fn last_id(&self) -> Option<&str> {
        match &self.0 {
            Kind::Short(short) => short.id(),
            Kind::Long(long) => long.id(),
        }
    }
}

/// Messages are equal if type, data and last event id are, wherever the texts are.
impl PartialEq for SharedMessage {
    fn eq(&self, other: &Self) -> bool {
        self.as_message() == other.as_message()
    }
}

impl Eq for SharedMessage {}
