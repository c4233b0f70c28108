//! The body of a stream of events: [`SseBody`].

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
use sse_gate_core::StreamEnd;
use tokio::time::Instant;

use super::heartbeat::Heartbeat;
use super::producer::{Produced, Producer};
use super::timer::Timer;
use super::{NoHook, OnError, SseBodyError};
use crate::far_off::FAR_OFF;
use crate::{headers, stream_end};

/// How many bytes of ready events are collected before they are sent. A single event may be larger.
const FRAME_SIZE: usize = 16 * 1024;

/// The last event of a stream that failed.
fn failure() -> Event<'static> {
    const NAME: EventName<'static> = EventName::from_static("sse.error");
    Event::new()
        .event(NAME)
        .data(r#"{"v":1,"reason":"internal"}"#)
}

/// A body that sends the events of a [`Stream`] as they come, and a comment after a silence.
///
/// It is for strict routes, where a client that reconnects asks for a new token. A
/// [`ResumableBody`](crate::ResumableBody) sends the events of a log instead, and clients can continue.
///
/// - Its first bytes are sent with the head of the response: the events that are ready, or a comment.
///   Firefox fires `open` only after the first bytes.
/// - Events that are ready together are sent in one frame.
/// - It ends when its events end, at its [maximum age](Self::with_max_age), or when the future of
///   [`until`](Self::until) is ready. A server that shuts down gracefully must end its streams:
///   [`GateLayer::until`](crate::GateLayer::until) does that for all of them.
/// - If the stream fails, panics, or returns an event whose name begins with `sse.`, the last event is
///   `sse.error` with the data `{"v":1,"reason":"internal"}`. The error itself stays on the server:
///   [`on_error`](Self::on_error) gets it.
/// - It polls the stream only when the server polls the body. So a slow client slows its own stream
///   down, and costs no memory.
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
pub struct SseBody<S, U = Pending<()>, H = NoHook> {
    #[pin]
    producer: Producer<S>,
    #[pin]
    until: U,
    max_age: Option<MaxAge>,
    heartbeat: Heartbeat,
    on_error: H,
    has_ended: bool,
}

/// When the body ends in any case.
struct MaxAge {
    ends_at: Instant,
    timer: Timer,
}

impl<S> SseBody<S> {
    /// A body of these events, with a comment after 15 s of silence. It ends when the events end.
    pub fn new<E>(events: S) -> Self
    where
        S: Stream<Item = Result<Event<'static>, E>>,
    {
        Self {
            producer: Producer::new(events),
            until: pending(),
            max_age: None,
            heartbeat: Heartbeat::default(),
            on_error: NoHook,
            has_ended: false,
        }
    }
}

impl<S, H> SseBody<S, Pending<()>, H> {
    /// Ends the body when `signal` is ready. Events that are ready at the same time are not sent.
    ///
    /// ```
    /// use std::convert::Infallible;
    /// use futures_util::stream;
    /// use http_body_util::BodyExt;
    /// use sse_gate::{Event, SseBody};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    /// let events = stream::pending::<Result<Event<'static>, Infallible>>();
    /// let body = SseBody::new(events).until(async {
    ///     let _ = stopped.await;
    /// });
    /// drop(stop);
    /// assert!(body.collect().await.unwrap().to_bytes().is_empty());
    /// # }
    /// ```
    pub fn until<U: Future<Output = ()>>(self, signal: U) -> SseBody<S, U, H> {
        let Self {
            producer,
            until: _,
            max_age,
            heartbeat,
            on_error,
            has_ended,
        } = self;
        SseBody {
            producer,
            until: signal,
            max_age,
            heartbeat,
            on_error,
            has_ended,
        }
    }
}

impl<S, U> SseBody<S, U> {
    /// Calls `hook` with the error if the stream of events fails, panics, or returns an event whose name
    /// begins with `sse.`. The client gets `sse.error` in each case.
    ///
    /// Behind a [`GateLayer`](crate::GateLayer), metrics count the stream as
    /// [`StreamEnd::Failed`](sse_gate_core::StreamEnd), with or without a hook.
    ///
    /// ```
    /// use futures_util::stream;
    /// use sse_gate::{SseBody, codec::Event};
    ///
    /// let events = stream::iter([Ok(Event::new().data("one")), Err("the database is gone")]);
    /// let body = SseBody::new(events).on_error(|error| eprintln!("stream failed: {error:?}"));
    /// # let _ = body;
    /// ```
    pub fn on_error<E, H>(self, hook: H) -> SseBody<S, U, H>
    where
        S: Stream<Item = Result<Event<'static>, E>>,
        H: FnMut(SseBodyError<E>),
    {
        let Self {
            producer,
            until,
            max_age,
            heartbeat,
            on_error: NoHook,
            has_ended,
        } = self;
        SseBody {
            producer,
            until,
            max_age,
            heartbeat,
            on_error: hook,
            has_ended,
        }
    }
}

impl<S, U, H> SseBody<S, U, H> {
    /// Sends a comment after this much silence: 15 s by default, and at least 1 ms. Choose it shorter than
    /// the time after which your proxies close idle connections, often 60 s.
    ///
    /// The silence begins when the server takes the last bytes from the body. The body can't see when
    /// they are written, and does nothing while it is not polled.
    ///
    /// ```
    /// use std::convert::Infallible;
    /// use std::time::Duration;
    /// use futures_util::stream;
    /// use http_body_util::BodyExt;
    /// use sse_gate::{Event, SseBody};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let events = stream::pending::<Result<Event<'static>, Infallible>>();
    /// let mut body = Box::pin(SseBody::new(events).with_heartbeat(Duration::from_millis(5)));
    /// for _ in 0..3 {
    ///     let frame = body.frame().await.unwrap().unwrap();
    ///     assert_eq!(frame.into_data().unwrap(), ":\n\n");
    /// }
    /// # }
    /// ```
    pub fn with_heartbeat(mut self, silence: Duration) -> Self {
        self.heartbeat.set_silence(silence);
        self
    }

    /// Sends the event `sse.heartbeat` with each comment, so that a page can see that the connection is
    /// alive: scripts don't see comments. Its data is `{"v":1}`. It has no id, so the last id of the page
    /// stays as it is. `onmessage` does not get it.
    pub fn with_named_heartbeat(mut self) -> Self {
        self.heartbeat.set_named();
        self
    }

    /// Ends the body after this time, counted from this call.
    ///
    /// Behind a [`GateLayer`](crate::GateLayer) you don't need it for the deadline of the grant: the layer
    /// ends every body then.
    pub fn with_max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(MaxAge {
            ends_at: Instant::now() + age.min(FAR_OFF),
            timer: Timer::default(),
        });
        self
    }

    /// The response: 200 with `text/event-stream`, and with headers against caching, buffering and
    /// `Referer`. With the feature `axum`, the body itself is a response.
    pub fn into_response(self) -> Response<Self> {
        let mut response = Response::new(self);
        headers::event_stream(response.headers_mut());
        response
    }
}

impl<S, U, H, E> SseBody<S, U, H>
where
    S: Stream<Item = Result<Event<'static>, E>>,
    U: Future<Output = ()>,
    H: OnError<E>,
{
    /// Whether something other than the events ends the body.
    fn is_over(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let this = self.project();
        let max_age = this.max_age.as_mut();
        this.until.poll(cx).is_ready()
            || max_age.is_some_and(|it| {
                // The time of a turn may be that of the last frame, and this must end a body that never waits.
                Instant::now() >= it.ends_at || it.timer.poll_until(it.ends_at, cx).is_ready()
            })
    }

    /// All events that are ready, up to the size of a frame, and whether the stream has ended.
    fn ready_events(self: Pin<&mut Self>, cx: &mut Context<'_>) -> (BytesMut, bool) {
        let mut this = self.project();
        let mut frame = BytesMut::new();
        while frame.len() < FRAME_SIZE {
            match this.producer.as_mut().poll(cx) {
                Poll::Pending => return (frame, false),
                Poll::Ready(Produced::Event(event)) => event.encode(&mut frame),
                Poll::Ready(Produced::End) => return (frame, true),
                Poll::Ready(Produced::Failure(error)) => {
                    failure().encode(&mut frame);
                    stream_end::report(StreamEnd::Failed);
                    this.on_error.call(error);
                    return (frame, true);
                }
            }
        }
        (frame, false)
    }
}

impl<S, U, H, E> Body for SseBody<S, U, H>
where
    S: Stream<Item = Result<Event<'static>, E>>,
    U: Future<Output = ()>,
    H: OnError<E>,
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
            self.project().heartbeat.sent();
            return Poll::Ready(Some(Ok(Frame::data(frame.freeze()))));
        }
        if is_last {
            return Poll::Ready(None);
        }
        let heartbeat = self.project().heartbeat;
        if !heartbeat.has_sent() {
            heartbeat.sent();
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(Event::HEARTBEAT)))));
        }
        let beat = heartbeat.poll(cx);
        beat.map(|bytes| Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended
    }
}

impl<S, U, H> fmt::Debug for SseBody<S, U, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseBody")
            .field("has_ended", &self.has_ended)
            .finish_non_exhaustive()
    }
}
