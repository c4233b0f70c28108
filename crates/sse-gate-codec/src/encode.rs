//! From an event to its bytes.
//!
//! An event is a block of lines with an empty line behind it (HTML standard, §9.2.5). Length and
//! bytes are made from the same parts, [`Event::each_field`] and the [`Lines`] of the data, so that
//! they can't disagree. Data on one line is searched for line ends only once.

use alloc::vec::Vec;

use bytes::{BufMut, Bytes, BytesMut};

use crate::Event;
use crate::lines::Lines;
use crate::retry::Retry;

/// What stands in front of each line of the data.
const DATA: &[u8] = b"data: ";

impl Event<'_> {
    /// The block that keeps a quiet connection alive: an empty comment, `":\n\n"`.
    ///
    /// Some proxies close a connection on which nothing moves for a while. Sending this every 15
    /// seconds or so is what the standard advises (§9.2.7).
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
        let lines = self.lines();
        let mut buffer = Vec::with_capacity(self.len_with(lines.as_ref()));
        self.write(lines, &mut buffer);
        buffer.into()
    }

    /// Appends the bytes of the event to `buffer`, growing it at most once.
    ///
    /// For events that leave together: encode them into one buffer, one after the other, and
    /// send that. The buffer is a [`BytesMut`] and not any `BufMut`, because those of a fixed
    /// size panic when they are full; this one just grows.
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
        let lines = self.lines();
        buffer.reserve(self.len_with(lines.as_ref()));
        self.write(lines, buffer);
    }

    /// How many bytes [`encode`](Event::encode) appends, exactly.
    ///
    /// Found without allocating, so it is the place for a limit on events made of other people's
    /// text. Data made of line breaks grows most: to seven bytes for each, and eight in all.
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
        self.len_with(self.lines().as_ref())
    }

    /// The lines of the data, the end of the first one found.
    #[inline]
    fn lines(&self) -> Option<Lines<'_>> {
        self.data.as_deref().map(Lines::new)
    }

    #[inline]
    fn len_with(&self, lines: Option<&Lines<'_>>) -> usize {
        let mut len = lines.map_or(0, |lines| lines.len_with(DATA.len() + 1));
        self.each_field(|name, value| {
            len = len.saturating_add(name.len() + value.len() + 1);
        });
        len.saturating_add(1)
    }

    /// Appends the bytes of the event to `buffer`, part by part.
    #[inline]
    fn write(&self, lines: Option<Lines<'_>>, buffer: &mut impl BufMut) {
        self.each_field(|name, value| {
            buffer.put_slice(name);
            buffer.put_slice(value);
            buffer.put_slice(b"\n");
        });
        if let Some(lines) = lines {
            for line in lines {
                buffer.put_slice(DATA);
                buffer.put_slice(line);
                buffer.put_slice(b"\n");
            }
        }
        buffer.put_slice(b"\n");
    }

    /// Hands each line but those of the data to `line`: the field with what divides it from its
    /// value, and the value.
    ///
    /// A space always stands behind the colon of a field. A client takes away one space there,
    /// so this one protects a value that begins with a space. The id comes first of the fields
    /// and the data last.
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
