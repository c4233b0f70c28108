//! What a stream brings: [`Frame`].

use alloc::string::String;
use core::time::Duration;

/// One thing that a stream brings. Frames come in the order of the stream.
///
/// The format has these three things and no others, so the enum is exhaustive on purpose and a
/// `match` may name all three.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_codec::{Decoder, Frame};
///
/// let mut decoder = Decoder::new().with_comments(true);
/// let mut feed = decoder.feed(b":hi\ndata: 1\nretry: 500\n\n");
/// assert_eq!(feed.next_frame(), Some(Ok(Frame::Comment("hi"))));
/// // The reconnection time counts as soon as its line has ended, before the event is dispatched.
/// assert_eq!(feed.next_frame(), Some(Ok(Frame::Retry(Duration::from_millis(500)))));
/// assert!(matches!(feed.next_frame(), Some(Ok(Frame::Event(message))) if message.data() == "1"));
/// assert_eq!(feed.next_frame(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame<M, C = String> {
    /// An event: a [`Message`](crate::Message) or a [`SharedMessage`](crate::SharedMessage).
    Event(M),
    /// The reconnection time: how long a client waits before it connects again.
    ///
    /// It comes as soon as its line has ended, whether or not the event around it has data. It is
    /// the server's number of milliseconds, up to `u64::MAX`: clamp it to bounds of your own.
    Retry(Duration),
    /// The text of a comment: everything after its colon.
    ///
    /// Only after [`Decoder::with_comments`](crate::Decoder::with_comments).
    Comment(C),
}
