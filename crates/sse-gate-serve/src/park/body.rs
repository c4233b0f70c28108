//! The body of a stream, as hyper has it: [`ShelvedBody`].

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::Shelf;

/// Polls the body on the shelf, and notes what it gives. When it is dropped, so is the body, if it is still there.
pub(crate) struct ShelvedBody<B>(Shelf<B>);

impl<B> ShelvedBody<B> {
    pub(crate) fn new(shelf: &Shelf<B>, body: B) -> Self {
        shelf.put(body);
        Self(shelf.clone())
    }
}

impl<B: Body<Data = Bytes>> Body for ShelvedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut inner = self.0.lock();
        let Some(body) = inner.body.as_mut() else {
            return Poll::Ready(None);
        };
        let polled = body.as_mut().poll_frame(cx);
        inner.is_waiting = polled.is_pending();
        let frame = ready!(polled);
        match frame
            .as_ref()
            .map(|frame| frame.as_ref().map(Frame::data_ref))
        {
            Some(Ok(Some(data))) => inner.transcript.given(data),
            // Trailers, an error, or the end.
            _ => inner.transcript.give_up(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        let inner = self.0.lock();
        inner.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let inner = self.0.lock();
        inner
            .body
            .as_ref()
            .map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl<B> Drop for ShelvedBody<B> {
    fn drop(&mut self) {
        let mut inner = self.0.lock();
        inner.transcript.give_up();
        let body = inner.body.take();
        // The body is foreign code: it is dropped when the shelf is no longer locked.
        drop(inner);
        drop(body);
    }
}
