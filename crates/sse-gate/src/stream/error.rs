//! Why a stream of events failed: [`SseBodyError`].

use std::any::Any;
use std::error::Error;
use std::fmt;

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
#[derive(Debug)]
#[non_exhaustive]
pub enum SseBodyError<E> {
    /// The stream of events returned this error.
    Failed(E),
    /// The stream of events panicked, with this payload.
    Panicked(Box<dyn Any + Send>),
    /// The stream returned an event whose name begins with `sse.`. These names are reserved for the
    /// library: a client would read such an event as a message about the stream itself.
    ReservedName(EventName<'static>),
}

impl<E> fmt::Display for SseBodyError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(_) => f.write_str("stream of events failed"),
            Self::Panicked(payload) => match panic_text(&**payload) {
                Some(text) => write!(f, "stream of events panicked: {text}"),
                None => f.write_str("stream of events panicked"),
            },
            Self::ReservedName(name) => write!(f, "event name {:?} is reserved", name.as_str()),
        }
    }
}

impl<E: Error + 'static> Error for SseBodyError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(error) => Some(error),
            _ => None,
        }
    }
}

/// The message of a panic, if its payload is text.
pub(crate) fn panic_text(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<&'static str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
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
