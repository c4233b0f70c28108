//! Messages from a stream of chunks: [`EventStream`].

use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::error::StreamError;
use super::frames::FrameStream;
use crate::{Decoder, Frame, Incomplete, SharedMessage};

pin_project! {
    /// The messages of an event stream that comes as a stream of chunks or as an HTTP body.
    ///
    /// Made by `.events()` of [`StreamEventsExt`](crate::StreamEventsExt) or `BodyEventsExt`. It has
    /// what a client needs to reconnect: the server's reconnection time from
    /// [`retry`](EventStream::retry), and the last event id from
    /// [`into_decoder`](EventStream::into_decoder). Comments are skipped.
    ///
    /// The stream ends when the chunks end. An event that is incomplete then is discarded, and
    /// [`incomplete`](EventStream::incomplete) says so.
    ///
    /// ```
    /// use std::time::Duration;
    /// use futures_util::{StreamExt, stream};
    /// use sse_gate_codec::StreamEventsExt;
    ///
    /// # pollster::block_on(async {
    /// let chunks = ["retry: 500\nid: 7\nda", "ta: hello\n\n"];
    /// let mut events = stream::iter(chunks.map(Ok::<_, std::io::Error>)).events();
    /// while let Some(message) = events.next().await {
    ///     assert_eq!(message?.data(), "hello");
    /// }
    /// // The stream ended between two events: it was not cut.
    /// assert_eq!(events.incomplete(), None);
    ///
    /// // To reconnect: wait, send the id, and go on with the same decoder.
    /// assert_eq!(events.retry(), Some(Duration::from_millis(500)));
    /// let decoder = events.into_decoder();
    /// assert_eq!(decoder.last_event_id(), "7");
    /// # Ok::<_, sse_gate_codec::StreamError<std::io::Error>>(())
    /// # }).unwrap();
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct EventStream<S> {
        #[pin]
        frames: FrameStream<S>,
        retry: Option<Duration>,
    }
}

impl<S> EventStream<S> {
    /// The messages of these chunks, decoded by this decoder.
    pub fn new(chunks: S, decoder: Decoder) -> Self {
        Self {
            frames: FrameStream::new(chunks, decoder),
            retry: None,
        }
    }

    /// The reconnection time that the stream named last, if it has named one.
    ///
    /// It is the server's number of milliseconds, up to `u64::MAX`: clamp it to bounds of your own.
    pub const fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// What was discarded because the stream ended in the middle of an event; `None` after a proper
    /// end.
    ///
    /// Ask after the stream has returned `None` or an error of its chunks, and before
    /// [`into_decoder`](EventStream::into_decoder). The answer is that of [`Decoder::incomplete`]
    /// after the last message that was returned.
    ///
    /// ```
    /// use futures_util::{StreamExt, stream};
    /// use sse_gate_codec::{Incomplete, StreamEventsExt};
    ///
    /// # pollster::block_on(async {
    /// let chunks = ["data: 1\n\n", "data: 2\nda"].map(Ok::<_, std::io::Error>);
    /// let mut events = stream::iter(chunks).events();
    /// assert_eq!(events.by_ref().count().await, 1);
    /// assert_eq!(events.incomplete(), Some(Incomplete::Line));
    /// # });
    /// ```
    pub fn incomplete(&self) -> Option<Incomplete> {
        self.frames.incomplete()
    }

    /// The decoder, [ready for a new stream](Decoder::restart) after the last message that was
    /// returned.
    ///
    /// Messages of the last chunk that were not read are lost. They count as not received: the last
    /// event id is that of the last message that was returned, or of an event after it that has no
    /// data.
    pub fn into_decoder(self) -> Decoder {
        self.frames.into_decoder()
    }
}

impl<S, B, E> Stream for EventStream<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
{
    type Item = Result<SharedMessage, StreamError<E>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        loop {
            match ready!(this.frames.as_mut().poll_next(cx)?) {
                Some(Frame::Event(message)) => return Poll::Ready(Some(Ok(message))),
                Some(Frame::Retry(delay)) => *this.retry = Some(delay),
                Some(Frame::Comment(_)) => {}
                None => return Poll::Ready(None),
            }
        }
    }
}
