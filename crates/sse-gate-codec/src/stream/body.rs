//! `.events()` on an HTTP body: [`BodyEventsExt`], [`BodyChunks`].

use core::pin::Pin;
use core::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use http_body::Body;
use pin_project_lite::pin_project;

use super::events::EventStream;
use super::frames::FrameStream;
use crate::Decoder;

pin_project! {
    /// The data of an HTTP body as a stream of chunks. Trailers are left out.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use futures_util::TryStreamExt;
    /// use http_body_util::Full;
    /// use sse_gate_codec::BodyChunks;
    ///
    /// # pollster::block_on(async {
    /// let chunks = BodyChunks::new(Full::<Bytes>::from("data: hello\n\n"));
    /// let chunks: Vec<Bytes> = chunks.try_collect().await.unwrap();
    /// assert_eq!(chunks, ["data: hello\n\n"]);
    /// # });
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct BodyChunks<B> {
        #[pin]
        body: B,
    }
}

impl<B> BodyChunks<B> {
    /// The chunks of this body.
    pub const fn new(body: B) -> Self {
        Self { body }
    }
}

impl<B: Body> Stream for BodyChunks<B> {
    type Item = Result<Bytes, B::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        loop {
            let Some(frame) = ready!(this.body.as_mut().poll_frame(cx)) else {
                return Poll::Ready(None);
            };
            match frame.map(http_body::Frame::into_data) {
                // This copies nothing if the data is `Bytes`, as in most bodies.
                Ok(Ok(mut data)) => {
                    return Poll::Ready(Some(Ok(data.copy_to_bytes(data.remaining()))));
                }
                Ok(Err(_trailers)) => {}
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

/// Decodes any HTTP body: `body.events()` is the stream of its messages.
///
/// It is implemented for each `http_body::Body`. For a stream of chunks there is
/// [`StreamEventsExt`](crate::StreamEventsExt). A few types are both a stream and a body: import only
/// one of the two traits for them.
///
/// ```
/// use futures_util::StreamExt;
/// use http::{Response, header::CONTENT_TYPE};
/// use http_body_util::Full;
/// use sse_gate_codec::BodyEventsExt;
///
/// # pollster::block_on(async {
/// # let body = Full::<bytes::Bytes>::from("data: hello\n\n");
/// # let response = Response::builder().header(CONTENT_TYPE, "text/event-stream").body(body).unwrap();
/// assert!(response.status().is_success());
/// assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
/// let mut events = response.into_body().events();
/// while let Some(message) = events.next().await {
///     assert_eq!(message?.data(), "hello");
/// }
/// # Ok::<_, sse_gate_codec::StreamError<std::convert::Infallible>>(())
/// # }).unwrap();
/// ```
pub trait BodyEventsExt: Sized {
    /// The messages of this body, decoded by [`Decoder::new`].
    ///
    /// Check first, by status and `Content-Type`, that the response is an event stream.
    fn events(self) -> EventStream<BodyChunks<Self>> {
        self.events_with(Decoder::new())
    }

    /// The messages of this body, decoded by this decoder: with a limit of your own, or after a
    /// reconnection.
    fn events_with(self, decoder: Decoder) -> EventStream<BodyChunks<Self>> {
        EventStream::new(BodyChunks::new(self), decoder)
    }

    /// The frames of this body, decoded by this decoder: events, reconnection times, and comments if
    /// the decoder returns them.
    fn frames_with(self, decoder: Decoder) -> FrameStream<BodyChunks<Self>> {
        FrameStream::new(BodyChunks::new(self), decoder)
    }
}

impl<B: Body> BodyEventsExt for B {}
