//! Bytes in, events out: [`Decoder`].

use bytes::Bytes;

use super::block::Block;
use super::feed::Feed;
use super::incomplete::Incomplete;
use super::shared::SharedFeed;
use super::utf8::Utf8;
use crate::EventId;

/// Decodes one event stream, from bytes in chunks of any size.
///
/// A decoder does no input or output: it is [fed](Decoder::feed) the chunks of a stream, in their
/// order, and what each of them completes is read from it. What comes out does not depend on
/// where the stream is cut.
///
/// ```
/// use sse_gate_codec::{Decoder, Frame};
///
/// let mut decoder = Decoder::new();
/// let mut seen = Vec::new();
/// for chunk in ["event: gree", "ting\ndata: hello\nid: 7\n", "\ndata: unfinished"] {
///     let mut feed = decoder.feed(chunk.as_bytes());
///     while let Some(frame) = feed.next_frame() {
///         if let Frame::Event(message) = frame? {
///             seen.push((message.event().to_owned(), message.data().to_owned()));
///         }
///     }
/// }
/// assert_eq!(seen, [("greeting".to_owned(), "hello".to_owned())]);
/// assert_eq!(decoder.last_event_id(), "7");
/// # Ok::<(), sse_gate_codec::TooLarge>(())
/// ```
///
/// # What is an error
/// Nothing but a [too large](crate::TooLarge) event. All other bytes mean something to a client
/// (HTML standard, [§9.2.5] and [§9.2.6]):
///
/// | in the stream | what it means |
/// |---|---|
/// | a byte order mark | nothing at the very start, else a character like others |
/// | what is no UTF-8 | U+FFFD for each maximal subpart ([Encoding standard]) |
/// | CR, LF, CRLF | the end of a line; an event is there as soon as the CR of its empty line is |
/// | an empty line | the end of a block: an event if the block has data, be it empty |
/// | `data` | a line of the event's data; the lines are joined with LF |
/// | `event` | the event's type; without one, or with an empty one, it is `message` |
/// | `id` | the last event id, from this block on; ignored if it has a NUL |
/// | `retry` | the reconnection time, at once, if it is of ASCII digits only |
/// | `:` and text | a comment, for who asks for them |
/// | other fields | nothing |
/// | a block that the stream ends in | nothing; [`incomplete`](Decoder::incomplete) tells of it |
///
/// # Memory
/// An event that lies within one chunk, its data on one line, is not copied. What lies across
/// chunks, or has several lines, is put together in buffers, which are kept and used again. There
/// are six, and a copy of the last id to share, none of them more than about twice as large as the
/// [limit](Decoder::with_limit).
///
/// [§9.2.5]: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
/// [§9.2.6]: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
/// [Encoding standard]: https://encoding.spec.whatwg.org/#utf-8-decode
#[derive(Debug, Clone)]
pub struct Decoder {
    pub(super) limit: usize,
    pub(super) comments: bool,
    pub(super) utf8: Utf8,
    pub(super) block: Block,
}

impl Decoder {
    /// How large an event may be unless [`with_limit`](Decoder::with_limit) says otherwise: 2 MiB.
    ///
    /// Far more than events should have, and little enough for a thousand streams at once.
    pub const DEFAULT_LIMIT: usize = 2 * 1024 * 1024;

    /// A decoder for a stream of which nothing was read yet.
    pub fn new() -> Self {
        Self {
            limit: Self::DEFAULT_LIMIT,
            comments: false,
            utf8: Utf8::default(),
            block: Block::default(),
        }
    }

    /// Sets how large an event may be, in bytes.
    ///
    /// While a line is read, what counts is its text, all of it and whichever field it is, and the
    /// data, type and id that the block's earlier lines have brought, as UTF-8. As soon as that is
    /// more than the limit, there is one [`TooLarge`](crate::TooLarge), and the rest of the block
    /// is passed over. Where the stream is cut makes no difference.
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Sets whether comments are returned as [`Frame::Comment`](crate::Frame::Comment). They are
    /// not, unless asked for.
    pub fn with_comments(mut self, wanted: bool) -> Self {
        self.comments = wanted;
        self
    }

    /// Sets the last event id to begin with: the one that was sent as `Last-Event-ID`.
    ///
    /// Events have it until the stream brings another one.
    pub fn with_last_event_id(mut self, id: &EventId<'_>) -> Self {
        self.block.last_id.set(id.as_str());
        self
    }

    /// The id of the last block that was ended, or of one before it; the empty one if none had any.
    ///
    /// It is what a client that reconnects sends as `Last-Event-ID`, unless it is empty. A
    /// [`Feed`] must be dropped first.
    pub fn last_event_id(&self) -> &str {
        self.block.last_id.text().get("").unwrap_or_default()
    }

    /// What would be discarded if the stream ended here; `None` if nothing would be.
    ///
    /// Ask when the stream has ended: the answer tells a proper end from a stream that was cut in the
    /// middle of a block. A [`Feed`] must be dropped first, and [`restart`](Decoder::restart) forgets
    /// the answer.
    ///
    /// ```
    /// use sse_gate_codec::{Decoder, Incomplete};
    ///
    /// for (stream, expected) in [
    ///     ("data: 1\n\n", None),
    ///     ("data: 1\n\ndata: 2\n", Some(Incomplete::Block)),
    ///     ("data: 1\n\ndat", Some(Incomplete::Line)),
    /// ] {
    ///     let mut decoder = Decoder::new();
    ///     drop(decoder.feed(stream.as_bytes()));
    ///     assert_eq!(decoder.incomplete(), expected);
    /// }
    /// ```
    ///
    /// | behind the last empty line | answer |
    /// |---|---|
    /// | nothing, or a byte order mark at the very start | `None` |
    /// | comments, each with its end: the standard ignores these lines | `None` |
    /// | a field of any name, be it one that is ignored, with its end | [`Incomplete::Block`] |
    /// | any text without its end, be it of a comment or a part of a character | [`Incomplete::Line`] |
    ///
    /// A CR at the very end is the end of a line; it waits for no LF. A block that is [too
    /// large](crate::TooLarge) counts as a block until its end, whatever its lines are.
    pub fn incomplete(&self) -> Option<Incomplete> {
        if self.utf8.is_in_character() {
            return Some(Incomplete::Line);
        }
        self.block.incomplete()
    }

    /// Begins a new stream, after a reconnection: what is unfinished is dropped; the last event id
    /// and all settings stay.
    pub fn restart(&mut self) {
        let last_id = core::mem::take(&mut self.block.last_id);
        self.utf8 = Utf8::default();
        self.block = Block::default();
        self.block.last_id = last_id;
    }

    /// Reads the next chunk of the stream; its events borrow from it.
    pub fn feed<'c>(&mut self, chunk: &'c [u8]) -> Feed<'_, 'c> {
        Feed::new(self, chunk)
    }

    /// Reads the next chunk of the stream; its events share it.
    pub fn feed_shared(&mut self, chunk: Bytes) -> SharedFeed<'_> {
        SharedFeed::new(self, chunk)
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}
