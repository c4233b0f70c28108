//! The stream of a generation's progress.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use http::StatusCode;
use sse_gate::codec::{Event, EventId, JsonError};
use sse_gate::{Granted, Problem, SseBody};

use super::Demo;
use crate::generation::Watch;

/// A generation's records of progress as events, each with its number as the id.
#[derive(Debug)]
pub struct Events(Watch);

/// The body of a stream: it ends with the generation.
pub type ProgressStream = SseBody<Events>;

impl Demo {
    /// Streams the progress that the client has not seen yet, then what comes. A generation that is
    /// finished sends its final state and ends.
    pub fn stream(&self, granted: &Granted) -> Result<http::Response<ProgressStream>, Problem> {
        let gone = || Problem::new(StatusCode::NOT_FOUND, "The generation is kept no longer.");
        // The first part is the route.
        let id = granted.resource().parts().nth(1).ok_or_else(gone)?;
        let generation = self.0.generations.get(id).ok_or_else(gone)?;
        let seen = match granted.payload().unwrap_or_default() {
            // Who comes when all is over wants to know how it ended.
            None if generation.is_finished() => Some(generation.latest().seq - 1),
            seen => seen,
        };
        let body = SseBody::new(Events(generation.watch(seen)));
        Ok(body.with_heartbeat(self.0.heartbeat).into_response())
    }
}

impl Stream for Events {
    type Item = Result<Event<'static>, JsonError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let record = ready!(Pin::new(&mut self.0).poll_next(cx));
        Poll::Ready(record.map(|record| Ok(Event::json(&record)?.id(EventId::from(record.seq)))))
    }
}
