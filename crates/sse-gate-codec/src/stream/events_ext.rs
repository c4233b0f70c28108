//! `.events()` on a stream of chunks: [`StreamEventsExt`].

use bytes::Bytes;
use futures_core::Stream;

use super::events::EventStream;
use super::frames::FrameStream;
use crate::Decoder;

/// Decodes any stream of chunks: `chunks.events()` is the stream of its messages.
///
/// It is implemented for each `Stream` of `Result<B, E>` whose `B` converts into [`Bytes`]. For an
/// HTTP body there is `BodyEventsExt`. A few types are both a stream and a body: import only one of
/// the two traits for them.
///
/// ```
/// use futures_util::{TryStreamExt, stream};
/// use sse_gate_codec::{SharedMessage, StreamEventsExt};
///
/// # pollster::block_on(async {
/// // For example what the `bytes_stream` of an HTTP client returns.
/// let response = stream::iter(["data: he", "llo\n\n"].map(Ok::<_, std::io::Error>));
/// let messages: Vec<SharedMessage> = response.events().try_collect().await?;
/// assert_eq!(messages[0].data(), "hello");
/// # Ok::<_, sse_gate_codec::StreamError<std::io::Error>>(())
/// # }).unwrap();
/// ```
pub trait StreamEventsExt: Sized {
    /// The messages of this stream, decoded by [`Decoder::new`].
    ///
    /// Check first, by status and `Content-Type`, that the response is an event stream.
    fn events(self) -> EventStream<Self> {
        self.events_with(Decoder::new())
    }

    /// The messages of this stream, decoded by this decoder: with a limit of your own, or after a
    /// reconnection.
    ///
    /// ```
    /// use futures_util::{StreamExt, stream};
    /// use sse_gate_codec::{Decoder, EventId, StreamEventsExt};
    ///
    /// # pollster::block_on(async {
    /// let chunks = stream::iter([Ok::<_, std::io::Error>("data: hello\n\n")]);
    /// let decoder = Decoder::new().with_last_event_id(&EventId::from_static("6"));
    /// let mut events = chunks.events_with(decoder);
    /// assert_eq!(events.next().await.unwrap()?.id(), "6");
    /// # Ok::<_, sse_gate_codec::StreamError<std::io::Error>>(())
    /// # }).unwrap();
    /// ```
    fn events_with(self, decoder: Decoder) -> EventStream<Self> {
        EventStream::new(self, decoder)
    }

    /// The frames of this stream, decoded by this decoder: events, reconnection times, and comments if
    /// the decoder returns them.
    fn frames_with(self, decoder: Decoder) -> FrameStream<Self> {
        FrameStream::new(self, decoder)
    }
}

impl<S, B, E> StreamEventsExt for S
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
{
}
