//! The events of a stream without the rest: [`Events`].

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::EventSource;
use crate::{Error, Event, Update};

/// The events of an [`EventSource`]. Made by [`EventSource::events`].
///
/// It ends with `None` if the stream is complete, and else with one error. Lost events are counted, and
/// state changes are left out.
///
/// ```
/// use futures_util::StreamExt;
/// use sse_gate_client::{ErrorKind, EventSource};
///
/// /// All of an answer, in its pieces.
/// async fn whole(answer: EventSource) -> Result<String, sse_gate_client::Error> {
///     let mut events = answer.events();
///     let mut text = String::new();
///     while let Some(event) = events.next().await {
///         match event {
///             Ok(event) => text.push_str(event.data()),
///             // The credential has expired in the middle: keep what there is.
///             Err(error) if error.kind() == ErrorKind::Unauthorized => break,
///             Err(error) => return Err(error),
///         }
///     }
///     assert_eq!(events.lost(), 0, "the server keeps whole answers");
///     Ok(text)
/// }
/// ```
#[derive(Debug)]
#[must_use = "a stream does nothing unless it is polled"]
pub struct Events {
    source: EventSource,
    lost: u64,
}

impl Events {
    pub(super) const fn new(source: EventSource) -> Self {
        Self { source, lost: 0 }
    }

    /// How many events the server no longer had when the client came for them.
    pub const fn lost(&self) -> u64 {
        self.lost
    }

    /// The id of the last event: see [`EventSource::last_event_id`].
    pub fn last_event_id(&self) -> Option<&str> {
        self.source.last_event_id()
    }

    /// The stream with its state changes.
    pub fn into_source(self) -> EventSource {
        self.source
    }
}

impl Stream for Events {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(Pin::new(&mut self.source).poll_next(cx)) {
                None => return Poll::Ready(None),
                Some(Ok(Update::Event(event))) => return Poll::Ready(Some(Ok(event))),
                Some(Ok(Update::Gap(gap))) => self.lost = self.lost.saturating_add(gap.events()),
                Some(Ok(Update::State(_))) => {}
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}
