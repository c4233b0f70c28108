//! Events from an HTTP body: [`BodyChunks`].

use core::pin::Pin;
use core::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use http_body::Body;
use pin_project_lite::pin_project;

use crate::{Decoder, EventStream};

pin_project! {
    /// The data of an HTTP body as a stream of chunks; trailers are left out.
    #[derive(Debug)]
    pub struct BodyChunks<B> {
        #[pin]
        body: B,
    }
}

impl<B: Body> EventStream<BodyChunks<B>> {
    /// The frames of the body of a response, decoded by this decoder.
    ///
    /// Whether it is an event stream at all, by status and `Content-Type`, is for the caller to
    /// see first.
    ///
    /// ```
    /// use futures_util::StreamExt;
    /// use http_body_util::Full;
    /// use sse_gate_codec::{Decoder, EventStream, Frame};
    ///
    /// # pollster::block_on(async {
    /// let body = Full::<bytes::Bytes>::from("data: hello\n\n");
    /// let mut events = EventStream::from_body(body, Decoder::new());
    /// let Some(Ok(Frame::Event(message))) = events.next().await else { panic!("no event") };
    /// assert_eq!(message.data(), "hello");
    /// # });
    /// ```
    pub fn from_body(body: B, decoder: Decoder) -> Self {
        Self::new(BodyChunks { body }, decoder)
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
                // For `Bytes`, which most bodies have, that is no copy.
                Ok(Ok(mut data)) => {
                    return Poll::Ready(Some(Ok(data.copy_to_bytes(data.remaining()))));
                }
                Ok(Err(_trailers)) => {}
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}
