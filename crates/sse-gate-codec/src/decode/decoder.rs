//! Bytes in, messages out: [`Decoder`].

use bytes::Bytes;

use super::feed::Feed;
use super::incomplete::Incomplete;
use super::shared_feed::SharedFeed;
use super::state::State;
use crate::EventId;

/// Decodes one event stream, from bytes in chunks of any size.
///
/// A decoder does no input or output. You [feed](Decoder::feed) it the chunks of a stream in their
/// order, and read from each feed what the chunk completes. The result does not depend on where the
/// stream is cut.
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
/// # Ok::<(), sse_gate_codec::TooLargeError>(())
/// ```
///
/// # What is an error
/// Only an event that is [too large](crate::TooLargeError). All other bytes mean something to a
/// client (HTML standard, [§9.2.5] and [§9.2.6]):
///
/// | in the stream | what it means |
/// |---|---|
/// | a byte order mark | nothing at the very start; elsewhere a character like others |
/// | bytes that are not UTF-8 | U+FFFD for each maximal subpart ([Encoding standard]) |
/// | CR, LF, CRLF | the end of a line; the CR of an empty line is enough to end the event |
/// | an empty line | the end of an event, which is dispatched if it has data, even empty data |
/// | `data` | a line of the event's data; the lines are joined with LF |
/// | `event` | the event's type; without one, or with an empty one, it is `message` |
/// | `id` | the last event id, from this event on; ignored if it holds a NUL |
/// | `retry` | the reconnection time, at once, if it has ASCII digits only |
/// | `:` and text | a comment, returned only [on request](Decoder::with_comments) |
/// | other fields | nothing |
/// | the end of the stream in the middle of an event | nothing; see [`incomplete`](Decoder::incomplete) |
///
/// # Memory
/// An event that is lent is not copied if it lies within one chunk and its data is one line. Other events
/// are put together in buffers that are used again. There are six, and a copy of the last id to share. Each
/// grows only as large as the stream makes it, to at most about twice the
/// [limit](Decoder::with_limit).
///
/// [§9.2.5]: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
/// [§9.2.6]: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
/// [Encoding standard]: https://encoding.spec.whatwg.org/#utf-8-decode
#[derive(Debug, Clone)]
pub struct Decoder {
    pub(crate) state: State,
}

impl Decoder {
    /// How large an event may be unless [`with_limit`](Decoder::with_limit) says otherwise: 8 MiB.
    ///
    /// A picture of almost 6 MiB fits into it as base64. A client that opens many streams to servers
    /// that it does not trust should set less: each stream can make it keep several times the limit.
    pub const DEFAULT_LIMIT: usize = 8 * 1024 * 1024;

    /// A decoder for a stream from its first byte on.
    pub fn new() -> Self {
        Self {
            state: State::new(Self::DEFAULT_LIMIT),
        }
    }

    /// Sets how large an event may be, in bytes.
    ///
    /// Two things count while a line is read: its whole text, whatever field it is, and the data,
    /// type and id that earlier lines of the event have brought, all as UTF-8. As soon as that is
    /// more than the limit, the feed returns one [`TooLargeError`](crate::TooLargeError), and the
    /// rest of the event is skipped. It does not matter where the stream is cut.
    ///
    /// ```
    /// use sse_gate_codec::Decoder;
    ///
    /// // Seven bytes count: `data: ` and the digit.
    /// let mut decoder = Decoder::new().with_limit(7);
    /// assert!(decoder.feed(b"data: 1\n\n").next_frame().unwrap().is_ok());
    /// assert!(decoder.feed(b"data: 22\n\n").next_frame().unwrap().is_err());
    /// ```
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.state.limit = bytes;
        self
    }

    /// Sets whether comments are returned, as [`Frame::Comment`](crate::Frame::Comment). By default
    /// they are not.
    pub fn with_comments(mut self, wanted: bool) -> Self {
        self.state.comments = wanted;
        self
    }

    /// Sets the last event id to begin with: the one that the request had as `Last-Event-ID`.
    ///
    /// Events have this id until the stream brings another one.
    ///
    /// ```
    /// use sse_gate_codec::{Decoder, EventId, Frame};
    ///
    /// let id = EventId::from_static("41");
    /// let mut decoder = Decoder::new().with_last_event_id(&id);
    /// let mut feed = decoder.feed(b"data: no id of its own\n\n");
    /// assert!(matches!(feed.next_frame(), Some(Ok(Frame::Event(it))) if it.id() == "41"));
    /// ```
    pub fn with_last_event_id(mut self, id: &EventId<'_>) -> Self {
        self.state.interpreter.last_id.set(id.as_str());
        self
    }

    /// The last event id, as of the last event that has ended; empty if there was none.
    ///
    /// A client that reconnects sends it as `Last-Event-ID`, unless it is empty. Drop the
    /// [`Feed`] first.
    pub fn last_event_id(&self) -> &str {
        let id = self.state.interpreter.last_id.value();
        id.get("").unwrap_or_default()
    }

    /// What would be discarded if the stream ended here; `None` if nothing would be.
    ///
    /// Ask when the stream has ended: the answer tells a proper end from a stream that was cut in the
    /// middle of an event. Drop the [`Feed`] first. [`restart`](Decoder::restart) resets the answer.
    ///
    /// ```
    /// use sse_gate_codec::{Decoder, Incomplete};
    ///
    /// for (stream, expected) in [
    ///     ("data: 1\n\n", None),
    ///     ("data: 1\n\ndata: 2\n", Some(Incomplete::Event)),
    ///     ("data: 1\n\ndat", Some(Incomplete::Line)),
    /// ] {
    ///     let mut decoder = Decoder::new();
    ///     drop(decoder.feed(stream.as_bytes()));
    ///     assert_eq!(decoder.incomplete(), expected);
    /// }
    /// ```
    ///
    /// | after the last empty line | answer |
    /// |---|---|
    /// | nothing, or a byte order mark at the very start | `None` |
    /// | comments with line ends: the standard ignores these lines | `None` |
    /// | a field with its line end, even one with an unknown name | [`Incomplete::Event`] |
    /// | text without a line end, of a field, a comment or part of a character | [`Incomplete::Line`] |
    ///
    /// A CR at the very end is the end of a line: no LF has to follow. An event that is [too
    /// large](crate::TooLargeError) counts until its end, whatever its lines are.
    pub fn incomplete(&self) -> Option<Incomplete> {
        self.state.incomplete()
    }

    /// Begins a new stream, after a reconnection. An incomplete event is discarded; the last event id
    /// and all settings stay.
    ///
    /// ```
    /// use sse_gate_codec::Decoder;
    ///
    /// let mut decoder = Decoder::new();
    /// drop(decoder.feed(b"id: 1\ndata: one\n\ndata: cut o"));
    /// decoder.restart();
    /// assert_eq!(decoder.incomplete(), None);
    /// assert_eq!(decoder.last_event_id(), "1");
    /// ```
    pub fn restart(&mut self) {
        self.state.restart();
    }

    /// Reads the next chunk of the stream. Its messages borrow from the chunk.
    pub fn feed<'c>(&mut self, chunk: &'c [u8]) -> Feed<'_, 'c> {
        Feed::new(&mut self.state, chunk)
    }

    /// Reads the next chunk of the stream. Its messages can be kept: short ones are copied, and long ones share
    /// the chunk.
    pub fn feed_shared(&mut self, chunk: Bytes) -> SharedFeed<'_> {
        SharedFeed::new(&mut self.state, chunk)
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}
