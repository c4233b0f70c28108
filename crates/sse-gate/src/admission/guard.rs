//! Watches over one open stream: [`StreamGuard`], its slot, its deadline, and word of its end.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::Response;
use pin_project::{pin_project, pinned_drop};
use sse_gate_core::{Grant, Signal, SteadyTime, StreamEnd};
use tokio::time::{Instant, Sleep, sleep_until};

use super::layer::Config;
use crate::Gate;
use crate::far_off::FAR_OFF;
use crate::resume::Unattached;
use crate::slots::{Presence, Pulse, Slot};
use crate::stream_end;

/// Kept as long as the stream is open. Dropped, it frees the slot and tells the observer.
#[pin_project(PinnedDrop)]
pub(crate) struct StreamGuard {
    gate: Gate,
    /// The place of a strict stream. That of a resumable one is with its session.
    _slot: Option<Slot>,
    /// What the handler of a resumable stream has not attached.
    unattached: Option<Unattached>,
    /// The pulse of its place, wherever that is.
    pulse: Arc<Pulse>,
    /// Its place counts until the body has ended.
    presence: Option<Presence>,
    /// Whether the body has given its last frame, after it had to end.
    had_last_word: bool,
    opened_at: Instant,
    time_left: Duration,
    #[pin]
    deadline: Sleep,
    /// The same by the gate's clock, whose time goes on while the machine sleeps.
    ends_at: SteadyTime,
    end: StreamEnd,
}

impl StreamGuard {
    /// Watches over a stream that ends at its grant's deadline.
    pub(super) fn strict(config: &Config, slot: Slot, grant: &Grant) -> Self {
        let watched = (slot.pulse(), slot.presence());
        Self::new(config, Some(slot), watched, grant)
    }

    /// Watches over one whose body has a last word when it must end.
    pub(super) fn resumable(config: &Config, slot: &Slot, grant: &Grant) -> Self {
        Self::new(config, None, (slot.pulse(), slot.presence()), grant)
    }

    fn new(
        config: &Config,
        slot: Option<Slot>,
        (pulse, presence): (Arc<Pulse>, Presence),
        grant: &Grant,
    ) -> Self {
        let gate = config.gate.clone();
        let time_left = grant.deadline().saturating_since(gate.clock().now());
        let lasts = time_left.min(FAR_OFF);
        let ends_at = gate.clock().steady().saturating_add(lasts);
        let opened_at = Instant::now();
        gate.observe(Signal::StreamOpened);
        Self {
            gate,
            _slot: slot,
            unattached: None,
            pulse,
            presence: Some(presence),
            had_last_word: false,
            opened_at,
            time_left,
            deadline: sleep_until(opened_at + lasts),
            ends_at,
            end: StreamEnd::Disconnected,
        }
    }

    /// Keeps the place of a stream that its handler does not attach, for as long as what it answers
    /// with instead.
    pub(super) fn keeping(mut self, stream: Unattached) -> Self {
        self.unattached = Some(stream);
        self
    }

    /// How long the stream may last from when it was opened.
    pub(crate) fn time_left(&self) -> Duration {
        self.time_left
    }

    /// The server has the head.
    pub(super) fn begins(&self) {
        self.pulse.gave(Instant::now());
    }

    /// The server asks for a frame; whether the body may be asked for one. That is so as long as the
    /// stream goes on, and once more for the last word of a resumable one.
    pub(super) fn may_ask(&self) -> bool {
        let now = Instant::now();
        if now >= self.deadline.deadline() || self.has_overslept() {
            self.pulse.expire();
        }
        self.pulse.goes_on() || self.has_last_word()
    }

    /// The body has given a frame; whether the server may have it.
    pub(super) fn gives(self: Pin<&mut Self>) -> bool {
        if self.pulse.gave(Instant::now()) {
            return true;
        }
        let has_last_word = self.has_last_word();
        *self.project().had_last_word = true;
        has_last_word
    }

    /// Whether the body may give a last frame though it must end. Only the body of an attached stream
    /// knows that it must, and what to say then. A stream that has lost its place says nothing.
    fn has_last_word(&self) -> bool {
        let is_attached = self.unattached.as_ref().is_some_and(Unattached::is_over);
        is_attached && !self.had_last_word && self.pulse.has_place()
    }

    /// The body has nothing to give; ready when it must end. Then the body may have a last word.
    pub(super) fn poll_over(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<bool> {
        if self.pulse.asked(cx) && !self.has_overslept() {
            ready!(self.as_mut().project().deadline.poll(cx));
        }
        self.pulse.expire();
        Poll::Ready(self.has_last_word())
    }

    /// Whether the stream must end, for whatever reason.
    pub(super) fn has_ended(&self) -> bool {
        !self.pulse.goes_on()
    }

    /// Whether its time is up by the gate's clock, if not by the runtime's: the machine was
    /// suspended.
    fn has_overslept(&self) -> bool {
        self.ends_at.has_passed(self.gate.clock().steady())
    }

    /// The body has come to its end, unless it has failed, or its place was taken.
    pub(crate) fn complete(self: Pin<&mut Self>) {
        let (has_place, is_revoked) = (self.pulse.has_place(), self.pulse.is_revoked());
        let this = self.project();
        if is_revoked {
            *this.end = StreamEnd::Revoked;
        } else if *this.end == StreamEnd::Disconnected && has_place {
            *this.end = StreamEnd::Complete;
        }
        *this.presence = None;
    }

    /// The body has failed.
    pub(crate) fn fail(self: Pin<&mut Self>) {
        *self.project().end = StreamEnd::Failed;
    }

    /// Polls the body, and hears how it says that it ends. If it panics, it has failed.
    pub(crate) fn hear<T>(self: Pin<&mut Self>, poll: impl FnOnce() -> T) -> T {
        stream_end::heard(self.project().end, poll)
    }

    /// Polls the handler. If it fails or panics, or answers with an error of the server's, so has
    /// the stream: a framework turns its handlers' errors into such answers.
    pub(crate) fn handling<B, E>(
        &mut self,
        poll: impl FnOnce() -> Poll<Result<Response<B>, E>>,
    ) -> Poll<Result<Response<B>, E>> {
        let handled = stream_end::heard(&mut self.end, poll);
        let has_failed = match &handled {
            Poll::Ready(Ok(response)) => response.status().is_server_error(),
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        if has_failed {
            self.end = StreamEnd::Failed;
        }
        handled
    }
}

#[pinned_drop]
impl PinnedDrop for StreamGuard {
    fn drop(self: Pin<&mut Self>) {
        let lasted = self.opened_at.elapsed();
        self.gate.observe(Signal::StreamClosed {
            lasted,
            end: self.end,
        });
    }
}
