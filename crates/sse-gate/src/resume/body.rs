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

use crate::slots::Pulse;
use crate::stream::Heartbeat;
use crate::{headers, stream_end};

/// Within which time the clients of streams that were shut down come back.
const DEFAULT_SPREAD: Duration = Duration::from_secs(5);

/// A body that gives a client what it missed, and then events as they come, each with an id to
/// come back with.
///
/// - `sse.open` is first, in one frame with what is there already. Events that are ready together
///   leave together.
/// - A comment after 15 s of silence.
/// - It ends with its log, or with `sse.close` when its session ends; without a word when another
///   connection has taken its place; and when the future of [`until`](Self::until) is ready, with
///   a new `retry`, drawn so that clients don't all come back at once.
#[pin_project]
#[must_use = "a body does nothing unless it is sent"]
pub struct ResumableBody<U = Pending<()>> {
    subscription: Subscription,
    /// That of its connection, which the layer stops when the service does.
    pulse: Arc<Pulse>,
    #[pin]
    until: U,
    spread: Duration,
    #[pin]
    heartbeat: Heartbeat,
    /// Whether the session knows that a write has succeeded.
    is_confirmed: bool,
    /// Whether it had something to write when it was asked last.
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

    /// Ends the body when `signal` is ready: a shutdown. The session stays, and the client comes
    /// back to it, or to the next server that has it.
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
    /// Within which time clients come back after a shutdown; 5 s by default. Sessions must wait for
    /// longer than that: [`ResumePolicy::with_idle`](sse_gate_resume::ResumePolicy::with_idle).
    pub fn with_spread(mut self, spread: Duration) -> Self {
        self.spread = spread;
        self
    }

    /// Sends a comment after this much silence, instead of 15 s. It is at least 1 ms.
    ///
    /// The silence begins when the server takes the last bytes from the body. The body can't see
    /// when they are written, and does nothing while it is not polled.
    pub fn with_heartbeat(mut self, silence: Duration) -> Self {
        self.heartbeat.set_silence(silence);
        self
    }

    /// Sends the event `sse.heartbeat` beside each comment, for pages that want to see that the
    /// connection is alive. Its data is `{"v":1}`. It has no id, so the client goes on behind the
    /// same event as without it, and `onmessage` does not get it.
    pub fn with_named_heartbeat(mut self) -> Self {
        self.heartbeat.set_named();
        self
    }

    /// The connection's hold on its session.
    pub fn lease(&self) -> &Lease {
        self.subscription.lease()
    }

    /// The response: 200, an event stream, not to be cached, buffered or named in a `Referer`.
    pub fn into_response(self) -> Response<Self> {
        let mut response = Response::new(self);
        headers::event_stream(response.headers_mut());
        response
    }
}

impl<U: Future<Output = ()>> ResumableBody<U> {
    /// Writes what is ready: a page, or the last word. A server asks for the next page before it
    /// sends this one, so they leave together.
    ///
    /// The timers are looked at when there is nothing else to do, and from the second of two
    /// frames on between which nobody waited: a stream that never waits would never end otherwise.
    fn write(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> BytesMut {
        let mut frame = BytesMut::new();
        let this = self.as_mut().project();
        if this.pulse.is_expired() || this.subscription.time_left().is_zero() {
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
        if mem::replace(this.is_busy, !is_waiting) || is_waiting {
            self.end_if_told(cx, &mut frame);
        }
        frame
    }

    /// Ends the subscription if the server stops.
    fn end_if_told(self: Pin<&mut Self>, cx: &mut Context<'_>, frame: &mut BytesMut) {
        let this = self.project();
        if this.pulse.is_stopped() || this.until.poll(cx).is_ready() {
            this.subscription.shut_down(*this.spread, frame);
        } else {
            return;
        }
        *this.has_ended = true;
    }

    /// A server that asks again after it had to wait has written what it had before.
    fn confirm(self: Pin<&mut Self>) {
        let this = self.project();
        if !*this.is_confirmed && this.pulse.is_waited_for() {
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
            this.heartbeat.spoke();
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
