//! Events from a stream of chunks: [`EventStream`].

use core::error::Error;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::decode::SharedReader;
use crate::{Decoder, Frame, Incomplete, SharedMessage, TooLarge};

pin_project! {
    /// The frames of an event stream that comes as a stream of chunks.
    ///
    /// The chunks may be anything that becomes [`Bytes`]; events share them, as those of
    /// [`Decoder::feed_shared`] do. It ends when the chunks end. A block that is unfinished then is
    /// discarded, and [`incomplete`](EventStream::incomplete) tells of it.
    ///
    /// ```
    /// use futures_util::{StreamExt, stream};
    /// use sse_gate_codec::{Decoder, EventStream, Frame};
    ///
    /// # pollster::block_on(async {
    /// let chunks = stream::iter(["data: he", "llo\n", "\n"].map(Ok::<_, std::io::Error>));
    /// let mut events = EventStream::new(chunks, Decoder::new());
    /// while let Some(frame) = events.next().await {
    ///     if let Frame::Event(message) = frame? {
    ///         assert_eq!(message.data(), "hello");
    ///     }
    /// }
    /// // The stream ended between two blocks: it was not cut.
    /// assert_eq!(events.incomplete(), None);
    /// // To connect once more, send this, and go on with the same decoder.
    /// let decoder = events.into_decoder();
    /// assert_eq!(decoder.last_event_id(), "");
    /// # Ok::<_, sse_gate_codec::StreamError<std::io::Error>>(())
    /// # }).unwrap();
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct EventStream<S> {
        #[pin]
        chunks: S,
        decoder: Decoder,
        reader: SharedReader,
        ended: bool,
    }
}

impl<S> EventStream<S> {
    /// The frames of these chunks, decoded by this decoder.
    pub fn new(chunks: S, mut decoder: Decoder) -> Self {
        let reader = SharedReader::new(&mut decoder, Bytes::new());
        Self {
            chunks,
            decoder,
            reader,
            ended: false,
        }
    }

    /// What was discarded because the stream ended in the middle of a block; `None` after a proper end.
    ///
    /// Ask when the stream has returned `None`, or an error of its chunks, and before
    /// [`into_decoder`](EventStream::into_decoder). It is [`Decoder::incomplete`], up to the last frame
    /// that was returned: that has a table of what counts.
    ///
    /// ```
    /// use futures_util::{StreamExt, stream};
    /// use sse_gate_codec::{Decoder, EventStream, Incomplete};
    ///
    /// # pollster::block_on(async {
    /// let chunks = stream::iter(["data: 1\n\n", "data: 2\nda"].map(Ok::<_, std::io::Error>));
    /// let mut events = EventStream::new(chunks, Decoder::new());
    /// assert_eq!(events.by_ref().count().await, 1);
    /// assert_eq!(events.incomplete(), Some(Incomplete::Line));
    /// # });
    /// ```
    pub fn incomplete(&self) -> Option<Incomplete> {
        self.decoder.incomplete()
    }

    /// The decoder, [ready for a new stream](Decoder::restart) from the last event on.
    ///
    /// Frames of the last chunk that were not read yet are lost, and not counted as read: the last
    /// event id is that of the last event that was returned, or of a block behind it that has no
    /// event.
    pub fn into_decoder(mut self) -> Decoder {
        self.reader.keep(&mut self.decoder);
        self.decoder.restart();
        self.decoder
    }
}

impl<S, B, E> Stream for EventStream<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
{
    type Item = Result<Frame<SharedMessage>, StreamError<E>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        loop {
            if let Some(frame) = this.reader.next(this.decoder) {
                return Poll::Ready(Some(frame.map_err(StreamError::TooLarge)));
            }
            if *this.ended {
                return Poll::Ready(None);
            }
            match ready!(this.chunks.as_mut().poll_next(cx)) {
                Some(Ok(chunk)) => *this.reader = SharedReader::new(this.decoder, chunk.into()),
                Some(Err(error)) => return Poll::Ready(Some(Err(StreamError::Chunks(error)))),
                None => *this.ended = true,
            }
        }
    }
}

/// Why an [`EventStream`] has no frame to return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamError<E> {
    /// The stream of chunks failed.
    Chunks(E),
    /// An event was too large. More frames may follow.
    TooLarge(TooLarge),
}

impl<E> fmt::Display for StreamError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chunks(_) => "event stream can't be read",
            Self::TooLarge(_) => "event of a stream is too large",
        })
    }
}

impl<E: Error + 'static> Error for StreamError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Chunks(error) => Some(error),
            Self::TooLarge(error) => Some(error),
        }
    }
}
