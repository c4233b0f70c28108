//! Frames from a stream of chunks: [`FrameStream`].

use core::pin::Pin;
use core::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::error::StreamError;
use crate::decode::SharedReader;
use crate::{Decoder, Frame, Incomplete, SharedMessage};

pin_project! {
    /// The frames of an event stream that comes as a stream of chunks: events, reconnection times and
    /// comments.
    ///
    /// Most clients need only the events: see [`EventStream`](crate::EventStream). A proxy passes on
    /// the rest, too.
    ///
    /// The chunks may be of any type that converts into [`Bytes`]. Long messages share them, as with
    /// [`Decoder::feed_shared`]. The stream ends when the chunks end. An event that is incomplete then
    /// is discarded, and [`incomplete`](FrameStream::incomplete) says so.
    ///
    /// ```
    /// use futures_util::{StreamExt, stream};
    /// use sse_gate_codec::{Decoder, Frame, FrameStream};
    ///
    /// # pollster::block_on(async {
    /// let chunks = stream::iter([":hi\nretry: 500\nda", "ta: 1\n\n"].map(Ok::<_, std::io::Error>));
    /// let mut frames = FrameStream::new(chunks, Decoder::new().with_comments(true));
    /// let mut seen = Vec::new();
    /// while let Some(frame) = frames.next().await {
    ///     seen.push(match frame? {
    ///         Frame::Event(message) => message.data().to_owned(),
    ///         Frame::Retry(delay) => format!("wait {delay:?}"),
    ///         Frame::Comment(text) => format!("comment {text}"),
    ///     });
    /// }
    /// assert_eq!(seen, ["comment hi", "wait 500ms", "1"]);
    /// # Ok::<_, sse_gate_codec::StreamError<std::io::Error>>(())
    /// # }).unwrap();
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct FrameStream<S> {
        #[pin]
        chunks: S,
        decoder: Decoder,
        reader: SharedReader,
        ended: bool,
    }
}

impl<S> FrameStream<S> {
    /// The frames of these chunks, decoded by this decoder.
    pub fn new(chunks: S, mut decoder: Decoder) -> Self {
        let reader = SharedReader::new(&mut decoder.state, Bytes::new());
        Self {
            chunks,
            decoder,
            reader,
            ended: false,
        }
    }

    /// What was discarded because the stream ended in the middle of an event; `None` after a proper
    /// end.
    ///
    /// Ask after the stream has returned `None` or an error of its chunks, and before
    /// [`into_decoder`](FrameStream::into_decoder). The answer is that of [`Decoder::incomplete`]
    /// after the last frame that was returned.
    pub fn incomplete(&self) -> Option<Incomplete> {
        self.decoder.incomplete()
    }

    /// The decoder, [ready for a new stream](Decoder::restart) after the last frame that was returned.
    ///
    /// Frames of the last chunk that were not read are lost. They count as not received: the last
    /// event id is that of the last event that was returned, or of an event after it that has no data.
    pub fn into_decoder(mut self) -> Decoder {
        self.reader.detach(&mut self.decoder.state);
        self.decoder.restart();
        self.decoder
    }
}

impl<S, B, E> Stream for FrameStream<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
{
    type Item = Result<Frame<SharedMessage>, StreamError<E>>;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        let state = &mut this.decoder.state;
        loop {
            if let Some(frame) = this.reader.next(state) {
                return Poll::Ready(Some(frame.map_err(StreamError::TooLarge)));
            }
            if *this.ended {
                return Poll::Ready(None);
            }
            match ready!(this.chunks.as_mut().poll_next(cx)) {
                Some(Ok(chunk)) => *this.reader = SharedReader::new(state, chunk.into()),
                Some(Err(error)) => return Poll::Ready(Some(Err(StreamError::Chunks(error)))),
                None => *this.ended = true,
            }
        }
    }
}
