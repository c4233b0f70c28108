//! The body of a resumable stream: [`ResumableBody`].

use std::convert::Infallible;
use std::fmt;
use std::future::{Pending, pending};
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::Response;
use http_body::{Body, Frame};
use pin_project::pin_project;
use sse_gate_core::StreamEnd;
use sse_gate_resume::Subscription;
use sse_gate_resume::backend::{Lease, SubscriptionEnd, Written};

use super::stop_handle::StopHandle;
use crate::slots::Pulse;
use crate::stream::Heartbeat;
use crate::{headers, stream_end, turn};

/// Within which time the clients come back whose streams were ended by a shutdown.
const DEFAULT_SPREAD: Duration = Duration::from_secs(5);

/// The body of a resumable stream: first the events that the client missed, then new ones. Each event
/// has an id to come back with. [`ResumableStream::produce`](super::ResumableStream::produce) and
/// [`follow`](super::ResumableStream::follow) make it.
///
/// - `sse.open` comes first, in one frame with the events that are ready. Events that are ready together
///   are sent together.
/// - After 15 s of silence it sends a comment, so that proxies keep the connection open.
///
/// How it ends:
///
/// | why | the last thing that the client gets |
/// |---|---|
/// | the log is complete | `sse.close` with the reason `complete` |
/// | the session was closed, or its deadline has come | `sse.close` with the reason |
/// | the work failed | `sse.error` |
/// | another connection of the session has replaced it | nothing |
/// | the client was too slow: [`Resumable::with_slow_policy`](crate::Resumable::with_slow_policy) | nothing; it comes back |
/// | the server stops: [`until`](Self::until), [`GateLayer::until`](crate::GateLayer::until), or a [handle](Self::stop_handle) | a new `retry`, random within the [spread](Self::with_spread) |
///
/// ```
/// use std::time::Duration;
/// use sse_gate::sessions::Topics;
/// use sse_gate::{Problem, ResumableBody, ResumableStream};
///
/// async fn prices(stream: ResumableStream, topics: Topics) -> Result<ResumableBody, Problem> {
///     let prices = topics.log("prices", None).await?;
///     let body = stream.follow(&prices).await?;
///     // The page shows "offline" if it gets nothing for 10 s.
///     Ok(body.with_heartbeat(Duration::from_secs(5)).with_named_heartbeat())
/// }
/// ```
#[pin_project]
#[must_use = "a body does nothing unless it is sent"]
pub struct ResumableBody<U = Pending<()>> {
    subscription: Subscription,
    /// The pulse of the connection. The layer ends the body through it.
    pulse: Arc<Pulse>,
    #[pin]
    until: U,
    spread: Duration,
    heartbeat: Heartbeat,
    /// Whether the session was told that a write has succeeded.
    is_confirmed: bool,
    /// Whether the last poll had something to write.
    is_busy: bool,
    has_ended: bool,
}

impl ResumableBody {
    pub(super) fn new(subscription: Subscription, pulse: Arc<Pulse>) -> Self {
        Self {
            subscription,
            pulse,
            until: pending(),
            spread: DEFAULT_SPREAD,
            heartbeat: Heartbeat::default(),
            is_confirmed: false,
            is_busy: false,
            has_ended: false,
        }
    }

    /// Ends the body when `signal` is ready, as at a shutdown. The session stays. The client comes back
    /// to it, here or at another node that has the same sessions and logs.
    ///
    /// [`GateLayer::until`](crate::GateLayer::until) does this for all streams of a layer.
    pub fn until<U: Future<Output = ()>>(self, signal: U) -> ResumableBody<U> {
        ResumableBody {
            subscription: self.subscription,
            pulse: self.pulse,
            until: signal,
            spread: self.spread,
            heartbeat: self.heartbeat,
            is_confirmed: self.is_confirmed,
            is_busy: self.is_busy,
            has_ended: self.has_ended,
        }
    }
}

impl<U> ResumableBody<U> {
    /// Within which time clients come back after a shutdown: 5 s by default. Each client is told a random
    /// time, so that they don't all come back at once. Sessions must wait for longer than that:
    /// [`ResumePolicy::with_idle`](sse_gate_resume::ResumePolicy::with_idle), 2 min by default.
    pub fn with_spread(mut self, spread: Duration) -> Self {
        self.spread = spread;
        self
    }

    /// Sends a comment after this much silence: 15 s by default, and at least 1 ms.
    ///
    /// The silence begins when the server takes the last bytes from the body. The body can't see when
    /// they are written, and does nothing while it is not polled.
    pub fn with_heartbeat(mut self, silence: Duration) -> Self {
        self.heartbeat.set_silence(silence);
        self
    }

    /// Sends the event `sse.heartbeat` with each comment, so that a page can see that the connection is
    /// alive: scripts don't see comments. Its data is `{"v":1}`. It has no id, so it does not change where
    /// the client continues. `onmessage` does not get it.
    pub fn with_named_heartbeat(mut self) -> Self {
        self.heartbeat.set_named();
        self
    }

    /// Ends this body from elsewhere. Unlike the signal of [`until`](Self::until), it is not polled with each event.
    pub fn stop_handle(&self) -> StopHandle {
        StopHandle::new(Arc::clone(&self.pulse))
    }

    /// The lease of this connection on its session.
    pub fn lease(&self) -> &Lease {
        self.subscription.lease()
    }

    /// The response: 200 with `text/event-stream`, and with headers against caching, buffering and
    /// `Referer`. With the feature `axum`, the body itself is a response.
    pub fn into_response(self) -> Response<Self> {
        let mut response = Response::new(self);
        headers::event_stream(response.headers_mut());
        response
    }
}

impl<U: Future<Output = ()>> ResumableBody<U> {
    /// Writes what is ready: a page of events, or the end. A server polls for the next page before it
    /// sends this one, so they are sent together.
    ///
    /// The signals are polled when nothing is ready. They are also polled after two frames in a row
    /// without a wait: a stream that is always ready would never end otherwise.
    fn write(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> BytesMut {
        let mut frame = BytesMut::new();
        let this = self.as_mut().project();
        // Behind a gate it is the gate that looks at the clocks.
        if this.pulse.is_expired() || (!turn::is_taken() && this.subscription.time_left().is_zero())
        {
            this.subscription.expire(&mut frame);
        }
        let written = this.subscription.poll_write(cx, &mut frame);
        *this.has_ended = written == Poll::Ready(Written::Last);
        match this.subscription.end() {
            Some(SubscriptionEnd::Failed) => stream_end::report(StreamEnd::Failed),
            Some(SubscriptionEnd::TooSlow) => stream_end::report(StreamEnd::Lagged),
            _ => {}
        }
        let is_waiting = written.is_pending();
        let is_stopped = this.pulse.is_stopped();
        if mem::replace(this.is_busy, !is_waiting) || is_waiting || is_stopped {
            self.as_mut().end_if_told(cx, &mut frame);
        }
        if self.has_ended && written != Poll::Ready(Written::More) {
            turn::last_word();
        }
        frame
    }

    /// Ends the body if the server stops.
    fn end_if_told(self: Pin<&mut Self>, cx: &mut Context<'_>, frame: &mut BytesMut) {
        let this = self.project();
        if this.pulse.is_stopped() || this.until.poll(cx).is_ready() {
            this.subscription.shut_down(*this.spread, frame);
        } else {
            return;
        }
        *this.has_ended = true;
    }

    /// Tells the session that a write has succeeded. A server that polls again after a pending poll has
    /// handed on what it had before. It may still have it in a buffer, if the client takes nothing: then a client that
    /// loses the first frame has to ask for a new token.
    fn confirm(self: Pin<&mut Self>) {
        let this = self.project();
        if !*this.is_confirmed && this.pulse.is_server_waiting() {
            this.subscription.confirm();
            *this.is_confirmed = true;
        }
    }
}

impl<U: Future<Output = ()>> Body for ResumableBody<U> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        self.as_mut().confirm();
        let frame = self.as_mut().write(cx);
        let this = self.project();
        if !frame.is_empty() {
            this.heartbeat.sent();
            return Poll::Ready(Some(Ok(Frame::data(frame.freeze()))));
        }
        if *this.has_ended {
            return Poll::Ready(None);
        }
        let beat = this.heartbeat.poll(cx);
        beat.map(|bytes| Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended
    }
}

impl<U> fmt::Debug for ResumableBody<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumableBody")
            .field("has_ended", &self.has_ended)
            .finish_non_exhaustive()
    }
}
