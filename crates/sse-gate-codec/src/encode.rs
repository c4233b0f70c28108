//! From an event to its bytes.
//!
//! An event is some lines and an empty line after them (HTML standard, §9.2.5). The length and the
//! bytes are made from the same parts, [`Event::each_field`] and the lines of the [`Data`], so they can't
//! disagree. Data on one line is searched for line ends only once.

use alloc::vec::Vec;

use bytes::{BufMut, Bytes, BytesMut};
use memchr::memchr2;

use crate::Event;
use crate::lines::Lines;
use crate::retry::Retry;

/// What each line of the data begins with.
const DATA: &[u8] = b"data: ";

/// The data of an event. That on one line, as most data is, needs only one search and no [`Lines`].
#[derive(Clone, Copy)]
enum Data<'a> {
    None,
    Line(&'a str),
    Lines(&'a str),
}

impl Event<'_> {
    /// An empty comment, `":\n\n"`, which keeps a quiet connection alive.
    ///
    /// Some proxies close a connection after a while without traffic. The standard advises to send a
    /// comment every 15 seconds or so (§9.2.7). `EncodedStream` does it for you.
    ///
    /// ```
    /// use sse_gate_codec::{Comment, Event};
    ///
    /// let same = Event::new().comment(Comment::from_static(""));
    /// assert_eq!(same.to_bytes(), Event::HEARTBEAT);
    /// ```
    pub const HEARTBEAT: &'static [u8] = b":\n\n";

    /// The bytes of the event, in an allocation of exactly their length.
    ///
    /// An event without any field is one empty line, which a client skips.
    pub fn to_bytes(&self) -> Bytes {
        let data = self.searched_data();
        let mut buffer = Vec::with_capacity(self.len_with(data));
        self.write(data, &mut buffer);
        buffer.into()
    }

    /// Appends the bytes of the event to `buffer`, growing it at most once.
    ///
    /// Use it for events that leave together: encode them into one buffer, one after the other, and
    /// send the buffer. It is a [`BytesMut`] and not any `BufMut`, because a `BufMut` of a fixed size
    /// panics when it is full.
    ///
    /// ```
    /// use bytes::BytesMut;
    /// use sse_gate_codec::Event;
    ///
    /// let mut buffer = BytesMut::new();
    /// for word in ["one", "two"] {
    ///     Event::new().data(word).encode(&mut buffer);
    /// }
    /// assert_eq!(buffer, "data: one\n\ndata: two\n\n");
    /// ```
    pub fn encode(&self, buffer: &mut BytesMut) {
        let data = self.searched_data();
        buffer.reserve(self.len_with(data));
        self.write(data, buffer);
    }

    /// How many bytes [`encode`](Event::encode) appends, exactly.
    ///
    /// It allocates nothing, so you can use it to limit events that hold text from outside. Line breaks
    /// grow most: each becomes seven bytes, and the whole event takes eight more.
    ///
    /// ```
    /// use sse_gate_codec::Event;
    ///
    /// const LIMIT: usize = 64 * 1024;
    ///
    /// let event = Event::new().data("\n".repeat(10_000));
    /// assert!(event.encoded_len() > LIMIT);
    /// ```
    pub fn encoded_len(&self) -> usize {
        self.len_with(self.searched_data())
    }

    /// The data, searched for line ends.
    #[inline]
    fn searched_data(&self) -> Data<'_> {
        match self.data.as_deref() {
            None => Data::None,
            Some(text) if memchr2(b'\r', b'\n', text.as_bytes()).is_none() => Data::Line(text),
            Some(text) => Data::Lines(text),
        }
    }

    #[expect(
        clippy::inline_always,
        reason = "a call for each short event costs a twentieth of its time"
    )]
    #[inline(always)]
    fn len_with(&self, data: Data<'_>) -> usize {
        let more = DATA.len() + 1;
        let mut len = match data {
            Data::None => 0,
            Data::Line(line) => line.len().saturating_add(more),
            Data::Lines(text) => Lines::new(text).len_with(more),
        };
        self.each_field(|name, value| {
            len = len.saturating_add(name.len() + value.len() + 1);
        });
        len.saturating_add(1)
    }

    /// Appends the bytes of the event to `buffer`, part by part.
    #[inline]
    fn write(&self, data: Data<'_>, buffer: &mut impl BufMut) {
        let mut put = |name: &[u8], value: &[u8]| {
            buffer.put_slice(name);
            buffer.put_slice(value);
            buffer.put_slice(b"\n");
        };
        self.each_field(&mut put);
        match data {
            Data::None => {}
            Data::Line(line) => put(DATA, line.as_bytes()),
            Data::Lines(text) => Lines::new(text).for_each(|line| put(DATA, line)),
        }
        buffer.put_slice(b"\n");
    }

    /// Calls `line` for each line that is not data, with the start of the line (the field's name and the
    /// colon) and the value.
    ///
    /// There is always a space after the colon of a field. A client removes one space there, so a value
    /// that begins with a space arrives whole. The id is the first field and the data is the last.
    #[inline]
    fn each_field(&self, mut line: impl FnMut(&'static [u8], &[u8])) {
        if let Some(comment) = &self.comment {
            line(b":", comment.as_str().as_bytes());
        }
        if let Some(id) = &self.id {
            line(b"id: ", id.as_str().as_bytes());
        }
        if let Some(name) = &self.name {
            line(b"event: ", name.as_str().as_bytes());
        }
        if let Some(retry) = self.retry {
            line(b"retry: ", retry.digits(&mut [0; Retry::DIGITS]));
        }
    }
}
