//! A transport whose type is not known: [`ErasedTransport`].

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame};

use super::Transport;
use crate::BoxError;

/// The answer that will come.
pub(crate) type Sending = Pin<Box<dyn Future<Output = Result<Answer, BoxError>> + Send>>;

/// An answer, with its body.
pub(crate) type Answer = Response<ErasedBody>;

/// A [`Transport`] behind a pointer, so that no other type has it as a parameter. Its future and its body
/// are boxed: there is one of each for a request.
pub(crate) trait ErasedTransport: Send + Sync {
    fn send(self: std::sync::Arc<Self>, request: Request<Bytes>) -> Sending;
}

impl<T: Transport> ErasedTransport for T {
    fn send(self: std::sync::Arc<Self>, request: Request<Bytes>) -> Sending {
        Box::pin(async move {
            let response = Transport::send(&*self, request).await.map_err(Into::into)?;
            Ok(response.map(ErasedBody::new))
        })
    }
}

/// A body whose type is not known.
pub(crate) struct ErasedBody(Pin<Box<dyn Body<Data = Bytes, Error = BoxError> + Send>>);

impl ErasedBody {
    fn new<B>(body: B) -> Self
    where
        B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        use http_body_util::BodyExt;
        Self(Box::pin(body.map_err(Into::into)))
    }

    /// The next bytes; `None` at the end.
    pub(crate) fn poll_data(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BoxError>>> {
        loop {
            let frame = ready!(self.0.as_mut().poll_frame(cx));
            // Trailers mean nothing to a stream.
            match frame.map(|it| it.map(Frame::into_data)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(Ok(data))) => return Poll::Ready(Some(Ok(data))),
                Some(Ok(Err(_))) => {}
            }
        }
    }
}
