//! The frames of a chunk, sharing it: [`SharedFeed`], [`SharedMessage`].

use alloc::string::String;
use core::ops::Range;
use core::time::Duration;

use bytes::Bytes;
use bytestring::ByteString;

use super::block::Block;
use super::decoder::Decoder;
use super::frame::Frame;
use super::message::{DEFAULT_TYPE, Message};
use super::reader::{Reader, Step};
use super::too_large::TooLarge;

/// An event of a stream that is decoded, to keep: its texts share the chunk, and a clone is cheap.
///
/// What stood in one piece in the chunk still stands there, so that an event keeps its chunk alive.
/// What did not stands in memory of the event's own, at most twice as much as it needs.
#[derive(Debug, Clone)]
pub struct SharedMessage {
    /// Where type and data stand.
    text: ByteString,
    event: Range<usize>,
    data: Range<usize>,
    id: Id,
}

/// Up to how many bytes an id is copied with the rest of its event; a longer one is shared by all
/// events that have it.
const SHORT: usize = 64;

#[derive(Debug, Clone)]
enum Id {
    None,
    /// In the same text as the rest.
    Here(Range<usize>),
    Apart(ByteString),
}

impl SharedMessage {
    fn new(block: &mut Block, chunk: &ByteString) -> Self {
        let event = if block.name.is_set() {
            block.name.in_chunk()
        } else {
            Some(0..0)
        };
        if let Some((event, data)) = event.zip(block.data.in_chunk()) {
            let id = match block.last_id.text().in_chunk() {
                Some(range) => Id::Here(range),
                None => block.last_id.share(chunk).map_or(Id::None, Id::Apart),
            };
            Self {
                text: chunk.clone(),
                event,
                data,
                id,
            }
        } else {
            Self::copy(block, chunk)
        }
    }

    /// A message with a text of its own: the data, the type behind it, and the id if it is short.
    fn copy(block: &mut Block, chunk: &str) -> Self {
        let event = block.name.get(chunk).unwrap_or_default();
        let id = block.last_id.text().get(chunk);
        let short_id = id.filter(|id| id.len() <= SHORT);
        let more = event.len() + short_id.map_or(0, str::len);
        let (mut text, data) = block.data.hand_out(more).unwrap_or_else(|| {
            let data = block.data.get(chunk).unwrap_or_default();
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
            Some(id) => Id::Here(push(id)),
            None => block.last_id.share(chunk).map_or(Id::None, Id::Apart),
        };
        Self {
            text: text.into(),
            event,
            data,
            id,
        }
    }

    /// The type: what a page listens for. `message` if the stream says none.
    pub fn event(&self) -> &str {
        match &self.text[self.event.clone()] {
            "" => DEFAULT_TYPE,
            event => event,
        }
    }

    /// The data, its lines joined with LF.
    pub fn data(&self) -> &str {
        &self.text[self.data.clone()]
    }

    /// The data as bytes, which share the event's memory: no copy is made. They are UTF-8.
    pub fn data_bytes(&self) -> Bytes {
        self.text.as_bytes().slice(self.data.clone())
    }

    /// The last event id: the one of this event, or of one before it; empty if there was none.
    pub fn id(&self) -> &str {
        self.as_message().id()
    }

    /// The same, borrowed: for what takes either.
    pub fn as_message(&self) -> Message<'_> {
        let id = match &self.id {
            Id::None => None,
            Id::Here(range) => Some(&self.text[range.clone()]),
            Id::Apart(id) => Some(&**id),
        };
        Message::from_parts(self.event(), self.data(), id)
    }
}

impl PartialEq for SharedMessage {
    fn eq(&self, other: &Self) -> bool {
        self.as_message() == other.as_message()
    }
}

impl Eq for SharedMessage {}

/// Reads a chunk of which nothing is borrowed.
#[derive(Debug)]
pub(crate) struct SharedReader {
    reader: Reader<Bytes>,
}

impl SharedReader {
    pub(crate) fn new(decoder: &mut Decoder, chunk: Bytes) -> Self {
        decoder.block.forget_chunk();
        Self {
            reader: Reader::new(chunk),
        }
    }

    /// Lets go of the chunk, without reading on in it.
    #[cfg(feature = "stream")]
    pub(crate) fn keep(&mut self, decoder: &mut Decoder) {
        decoder.block.keep(&self.reader.text);
    }

    pub(crate) fn next(
        &mut self,
        decoder: &mut Decoder,
    ) -> Option<Result<Frame<SharedMessage>, TooLarge>> {
        let step = self.reader.next(decoder)?;
        let (block, chunk) = (&mut decoder.block, &self.reader.text);
        Some(Ok(match step {
            Step::Event => Frame::Event(SharedMessage::new(block, chunk)),
            Step::Retry => Frame::Retry(Duration::from_millis(block.retry)),
            Step::Comment => {
                let comment = block.comment.get(chunk).unwrap_or_default();
                Frame::Comment(comment.into())
            }
            Step::TooLarge => return Some(Err(TooLarge::new(decoder.limit))),
        }))
    }
}

/// Reads the frames that a chunk completes, to keep. Made by [`Decoder::feed_shared`].
///
/// What is left when it is dropped is decoded all the same, and thrown away: the decoder has then
/// read the whole chunk.
#[derive(Debug)]
#[must_use = "frames that are not read are lost"]
pub struct SharedFeed<'d> {
    decoder: &'d mut Decoder,
    reader: SharedReader,
}

impl<'d> SharedFeed<'d> {
    pub(super) fn new(decoder: &'d mut Decoder, chunk: Bytes) -> Self {
        let reader = SharedReader::new(decoder, chunk);
        Self { decoder, reader }
    }
}

impl Iterator for SharedFeed<'_> {
    type Item = Result<Frame<SharedMessage>, TooLarge>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.reader.next(self.decoder)
    }
}

impl Drop for SharedFeed<'_> {
    fn drop(&mut self) {
        self.reader.reader.finish(self.decoder);
    }
}
