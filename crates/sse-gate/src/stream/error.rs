//! Why a stream of events failed: [`SseBodyError`].

use std::any::Any;

use sse_gate_codec::EventName;

/// Why an [`SseBody`](super::SseBody) ended with `sse.error`. Its client does not learn the reason.
///
/// ```
/// use futures_util::stream;
/// use http_body_util::BodyExt;
/// use sse_gate::{Event, SseBody, SseBodyError};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let events = stream::iter([Ok(Event::new().data("one")), Err("the database is gone")]);
/// let body = SseBody::new(events).on_error(|error| {
///     assert!(matches!(error, SseBodyError::Failed("the database is gone")));
/// });
/// let text = body.collect().await.unwrap().to_bytes();
/// assert_eq!(text, "data: one\n\nevent: sse.error\ndata: {\"v\":1,\"reason\":\"internal\"}\n\n");
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SseBodyError<E> {
    /// The stream of events returned this error.
    #[error("stream of events failed")]
    Failed(#[source] E),
    /// The stream of events panicked, with this payload.
    #[error("stream of events panicked{}", panic_suffix(&**.0))]
    Panicked(Box<dyn Any + Send>),
    /// The stream returned an event whose name begins with `sse.`. These names are reserved for the
    /// library: a client would read such an event as a message about the stream itself.
    #[error("event name {:?} is reserved", .0.as_str())]
    ReservedName(EventName<'static>),
}

/// The message of a panic after a colon, if its payload is text.
pub(crate) fn panic_suffix(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&'static str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.map_or_else(String::new, |text| format!(": {text}"))
}

/// Gets the error of an [`SseBody`](super::SseBody). Closures implement it, and so does [`NoHook`].
pub trait OnError<E> {
    /// Called once, when the body has ended with this error.
    fn call(&mut self, error: SseBodyError<E>);
}

/// Drops errors: an [`SseBody`](super::SseBody) has this hook by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHook;

impl<E> OnError<E> for NoHook {
    fn call(&mut self, _: SseBodyError<E>) {}
}

impl<E, F: FnMut(SseBodyError<E>)> OnError<E> for F {
    fn call(&mut self, error: SseBodyError<E>) {
        self(error);
    }
}
