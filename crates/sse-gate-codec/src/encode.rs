//! From an event to its bytes.
//!
//! An event is a block of lines with an empty line behind it (HTML standard, §9.2.5). One walk
//! over the lines, [`Event::each_line`], serves both the length and the bytes, so that they
//! can't disagree.

use bytes::{Bytes, BytesMut};

use crate::Event;
use crate::lines::lines;
use crate::retry::Retry;

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
        let mut buffer = BytesMut::with_capacity(self.encoded_len());
        self.write(&mut buffer);
        buffer.freeze()
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
        buffer.reserve(self.encoded_len());
        self.write(buffer);
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
        let mut len = 1_usize;
        // On a 32-bit machine the sum can be more than a `usize` holds; no buffer holds it either.
        self.each_line(|start, value| {
            len = len.saturating_add(start.len() + value.len() + 1);
        });
        len
    }

    fn write(&self, buffer: &mut BytesMut) {
        self.each_line(|start, value| {
            buffer.extend_from_slice(start);
            buffer.extend_from_slice(value);
            buffer.extend_from_slice(b"\n");
        });
        buffer.extend_from_slice(b"\n");
    }

    /// Hands each line of the block to `line`: the field with what divides it from its value,
    /// and the value.
    ///
    /// A space always stands behind the colon of a field. A client takes away one space there,
    /// so this one protects a value that begins with a space. The id comes first of the fields
    /// and the data last.
    #[inline]
    fn each_line(&self, mut line: impl FnMut(&'static [u8], &[u8])) {
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
        if let Some(data) = &self.data {
            lines(data).for_each(|text| line(b"data: ", text));
        }
    }
}
