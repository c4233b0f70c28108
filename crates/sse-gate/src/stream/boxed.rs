//! A body whose stream of events is boxed: [`BoxSseBody`].

use std::convert::Infallible;
use std::pin::Pin;

use futures_core::Stream;
use sse_gate_codec::Event;

use super::SseBody;

/// A boxed stream of events, whose own type has no name any more.
pub type BoxEvents<E = Infallible> = Pin<Box<dyn Stream<Item = Result<Event<'static>, E>> + Send>>;

/// A body of [`BoxEvents`]. It is a short return type for handlers.
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
    /// The same as [`new`](SseBody::new), for any stream of events. It costs one more allocation.
    pub fn boxed(events: impl Stream<Item = Result<Event<'static>, E>> + Send + 'static) -> Self {
        Self::new(Box::pin(events))
    }
}
