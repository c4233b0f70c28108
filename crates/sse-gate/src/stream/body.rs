//! [`SseBody`].

use std::convert::Infallible;
use std::fmt;
use std::future::{Pending, pending};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::Response;
use http_body::{Body, Frame};
use pin_project::pin_project;
use sse_gate_codec::{Event, EventName};
use tokio::time::{Sleep, sleep};

use super::heartbeat::Heartbeat;
use super::producer::{Producer, Said};
use crate::headers;

/// How many bytes of ready events are collected before they are sent. One event may be larger.
const FRAME_SIZE: usize = 16 * 1024;

/// What a client gets when the stream of events fails.
fn failure() -> Event<'static> {
    const NAME: EventName<'static> = EventName::from_static("sse.error");
    Event::new().event(NAME).data(r#"{"reason":"internal"}"#)
}

/// A body that sends events as they come, and a comment when none has come for a while.
///
/// - Events that are ready together leave in one frame.
/// - It ends when its events do, at its maximum age, or when the future of
///   [`until`](Self::until) is ready: a server that shuts down must end its streams, or wait for
///   them for ever.
/// - If its stream fails or panics, the last event is `sse.error` with the data
///   `{"reason":"internal"}`, and the body ends. What the error says stays on the server.
/// - It never asks its stream for more than the connection takes: a slow client holds back its
///   own stream and costs no memory.
///
/// ```
/// use std::convert::Infallible;
/// use futures_util::stream;
/// use http_body_util::BodyExt;
/// use sse_gate::{SseBody, codec::Event};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let events = stream::iter(["one", "two"]).map(|text| Ok::<_, Infallible>(Event::new().data(text)));
/// let response = SseBody::new(events).into_response();
/// assert_eq!(response.headers()["content-type"], "text/event-stream");
///
/// let body = response.into_body().collect().await.unwrap().to_bytes();
/// assert_eq!(body, "data: one\n\ndata: two\n\n");
/// # }
/// # use futures_util::StreamExt;
/// ```
#[pin_project]
#[must_use = "a body does nothing unless it is sent"]
pub struct SseBody<S, U = Pending<()>> {
    #[pin]
    producer: Producer<S>,
    #[pin]
    until: U,
    #[pin]
    max_age: Option<Sleep>,
    #[pin]
    heartbeat: Heartbeat,
    has_ended: bool,
}

impl<S> SseBody<S> {
    /// A body of these events, with a comment after 15 s of silence, and no other end than theirs.
    pub fn new(events: S) -> Self {
        Self {
            producer: Producer::new(events),
            until: pending(),
            max_age: None,
            heartbeat: Heartbeat::default(),
            has_ended: false,
        }
    }

    /// Ends the body when `signal` is ready: a shutdown, a revocation.
    pub fn until<U: Future<Output = ()>>(self, signal: U) -> SseBody<S, U> {
        let Self {
            producer,
            until: _,
            max_age,
            heartbeat,
            has_ended,
        } = self;
        SseBody {
            producer,
            until: signal,
            max_age,
            heartbeat,
            has_ended,
        }
    }
}

impl<S, U> SseBody<S, U> {
    /// Sends a comment after this much silence, instead of 15 s.
    pub fn heartbeat(mut self, silence: Duration) -> Self {
        self.heartbeat = Heartbeat::every(silence);
        self
    }

    /// Ends the body after this time: [`Granted::time_left`](crate::Granted::time_left), say.
    ///
    /// To be called within a Tokio runtime. Behind a [`GateLayer`](crate::GateLayer) it is not
    /// needed: the layer ends every body at the deadline of its grant.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(sleep(age));
        self
    }

    /// The response: 200, an event stream, not to be cached, buffered or named in a `Referer`.
    pub fn into_response(self) -> Response<Self> {
        let mut response = Response::new(self);
        headers::event_stream(response.headers_mut());
        response
    }
}

impl<S, U, E> SseBody<S, U>
where
    S: Stream<Item = Result<Event<'static>, E>>,
    U: Future<Output = ()>,
{
    /// Whether something other than the events ends the body.
    fn is_over(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let this = self.project();
        this.until.poll(cx).is_ready()
            || this
                .max_age
                .as_pin_mut()
                .is_some_and(|age| age.poll(cx).is_ready())
    }

    /// All events that are ready, up to the size of a frame; whether they were the last.
    fn ready_events(self: Pin<&mut Self>, cx: &mut Context<'_>) -> (BytesMut, bool) {
        let mut this = self.project();
        let mut frame = BytesMut::new();
        while frame.len() < FRAME_SIZE {
            match this.producer.as_mut().poll(cx) {
                Poll::Pending => return (frame, false),
                Poll::Ready(Said::Event(event)) => event.encode(&mut frame),
                Poll::Ready(Said::End) => return (frame, true),
                Poll::Ready(Said::Failure) => {
                    failure().encode(&mut frame);
                    return (frame, true);
                }
            }
        }
        (frame, false)
    }
}

impl<S, U, E> Body for SseBody<S, U>
where
    S: Stream<Item = Result<Event<'static>, E>>,
    U: Future<Output = ()>,
{
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.has_ended || self.as_mut().is_over(cx) {
            *self.project().has_ended = true;
            return Poll::Ready(None);
        }
        let (frame, is_last) = self.as_mut().ready_events(cx);
        *self.as_mut().project().has_ended = is_last;
        if !frame.is_empty() {
            self.project().heartbeat.spoke();
            return Poll::Ready(Some(Ok(Frame::data(frame.freeze()))));
        }
        if is_last {
            return Poll::Ready(None);
        }
        self.project()
            .heartbeat
            .poll(cx)
            .map(|()| Some(Ok(Frame::data(Bytes::from_static(Event::HEARTBEAT)))))
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended
    }
}

impl<S, U> fmt::Debug for SseBody<S, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseBody")
            .field("has_ended", &self.has_ended)
            .finish_non_exhaustive()
    }
}
