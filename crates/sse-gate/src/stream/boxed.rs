//! A body whose stream of events has no type of its own: [`BoxSseBody`].

use std::convert::Infallible;
use std::pin::Pin;

use futures_core::Stream;
use sse_gate_codec::Event;

use super::SseBody;

/// A stream of events, its type forgotten.
pub type BoxEvents<E = Infallible> = Pin<Box<dyn Stream<Item = Result<Event<'static>, E>> + Send>>;

/// A body of [`BoxEvents`]: short to write as what a handler returns.
///
/// ```
/// use futures_util::stream;
/// use sse_gate::{BoxSseBody, Event, Granted, SseBody};
///
/// async fn hello(granted: Granted) -> BoxSseBody {
///     let hello = Event::new().data(format!("hello, {}", granted.subject().as_str()));
///     SseBody::boxed(stream::iter([Ok(hello)]))
/// }
/// ```
pub type BoxSseBody<E = Infallible> = SseBody<BoxEvents<E>>;

impl<E> BoxSseBody<E> {
    /// A body of these events, as [`new`](SseBody::new) makes it, with one allocation more.
    pub fn boxed(events: impl Stream<Item = Result<Event<'static>, E>> + Send + 'static) -> Self {
        Self::new(Box::pin(events))
    }
}
