//! The application's stream of events, made safe to poll: [`Producer`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use pin_project::pin_project;
use sse_gate_codec::{Event, EventName};

use super::SseBodyError;

/// A stream of events that is not polled again after it has ended, failed or panicked.
#[pin_project]
pub(super) struct Producer<S> {
    #[pin]
    events: S,
    has_ended: bool,
}

/// What a poll of a producer returns.
pub(super) enum Said<E> {
    /// The next event.
    Event(Event<'static>),
    /// The stream has ended.
    End,
    /// The stream failed, panicked, or used a reserved name.
    Failure(SseBodyError<E>),
}

impl<S> Producer<S> {
    pub(super) fn new(events: S) -> Self {
        Self {
            events,
            has_ended: false,
        }
    }
}

impl<S, E> Producer<S>
where
    S: Stream<Item = Result<Event<'static>, E>>,
{
    pub(super) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Said<E>> {
        let this = self.project();
        if *this.has_ended {
            return Poll::Ready(Said::End);
        }
        // A panic may leave the stream in any state, so it is not polled again.
        let polled = catch_unwind(AssertUnwindSafe(|| this.events.poll_next(cx)));
        let said = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(Some(Ok(event)))) => allowed(event),
            Ok(Poll::Ready(None)) => Said::End,
            Ok(Poll::Ready(Some(Err(error)))) => Said::Failure(SseBodyError::Failed(error)),
            Err(payload) => Said::Failure(SseBodyError::Panicked(payload)),
        };
        *this.has_ended = !matches!(said, Said::Event(_));
        Poll::Ready(said)
    }
}

/// The event, unless its name is reserved for the library.
fn allowed<E>(event: Event<'static>) -> Said<E> {
    match event.get_event().filter(|name| name.is_reserved()) {
        Some(name) => Said::Failure(SseBodyError::ReservedName(EventName::clone(name))),
        None => Said::Event(event),
    }
}
