//! Why a stream of events broke off: [`SseBodyError`].

use std::any::Any;
use std::error::Error;
use std::fmt;

use sse_gate_codec::EventName;

/// Why an [`SseBody`](super::SseBody) ended with `sse.error`. Its client is not told.
#[derive(Debug)]
#[non_exhaustive]
pub enum SseBodyError<E> {
    /// The stream of events returned this error.
    Failed(E),
    /// The stream of events panicked, with this payload.
    Panicked(Box<dyn Any + Send>),
    /// The stream returned an event whose name begins with `sse.`. These names are the library's:
    /// a client takes such an event for the server's word about the stream.
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

/// What a panic says, if it is text, as it almost always is.
pub(crate) fn panic_text(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<&'static str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

/// Gets the error of an [`SseBody`](super::SseBody): a closure, or [`NoHook`].
pub trait OnError<E> {
    /// The body has ended for this reason.
    fn call(&mut self, error: SseBodyError<E>);
}

/// Drops errors.
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
