//! Watches over one open stream: [`StreamGuard`] has its slot and its deadline, and tells of its end.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Response;
use pin_project::{pin_project, pinned_drop};
use sse_gate_core::{Grant, Signal, SteadyTime, StreamEnd};
use tokio::time::Instant;

use super::alarm::Alarm;
use super::config::Config;
use crate::Gate;
use crate::far_off::FAR_OFF;
use crate::resume::Unattached;
use crate::slots::{Presence, Pulse, Slot};
use crate::stream_end;
use crate::turn::{self, Said};

/// Kept while the stream is open. When it is dropped, it frees the slot and tells the observer.
#[pin_project(PinnedDrop)]
pub(crate) struct StreamGuard {
    gate: Gate,
    /// The slot of a strict stream. The session keeps the slot of a resumable stream.
    _slot: Option<Slot>,
    /// The resumable stream, in case the handler does not attach it.
    unattached: Option<Unattached>,
    /// Says whether the stream may continue, and wakes the body when it must end.
    pulse: Arc<Pulse>,
    /// Keeps the slot counted until the body has ended.
    presence: Option<Presence>,
    /// Whether the body has sent its last frame, after the stream had to end.
    gave_last_word: bool,
    /// When the stream was opened.
    opened_at: Instant,
    /// How long the stream may last, counted from `opened_at`.
    time_left: Duration,
    /// Wakes the task when the stream must end, or sooner if the body asks for that.
    #[pin]
    alarm: Alarm,
    /// When the stream must end, by the gate's clock. That clock runs on while the machine sleeps.
    ends_at: SteadyTime,
    /// How the stream ends, as far as is known.
    end: StreamEnd,
}

impl StreamGuard {
    /// Watches over a strict stream. It just ends when it must.
    pub(super) fn strict(config: &Config, slot: Slot, grant: &Grant) -> Self {
        let watched = (slot.pulse(), slot.presence());
        Self::new(config, Some(slot), watched, grant)
    }

    /// Watches over a resumable stream. Its body may send a last frame when it must end.
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
            gave_last_word: false,
            _slot: slot,
            unattached: None,
            pulse,
            presence: Some(presence),
            opened_at,
            time_left,
            alarm: Alarm::at(opened_at + lasts),
            ends_at,
            end: StreamEnd::Disconnected,
        }
    }

    /// Keeps the slot of a stream that its handler does not attach. The slot is then free when the
    /// handler's own response has ended.
    pub(super) fn keeping(mut self, stream: Unattached) -> Self {
        self.unattached = Some(stream);
        self
    }

    /// How long the stream may last, counted from when it was opened.
    pub(crate) fn time_left(&self) -> Duration {
        self.time_left
    }

    /// Notes that the server has the head of the response.
    pub(super) fn head_taken(&self) {
        self.pulse.server_took(Instant::now());
    }

    /// Whether the body may be polled, when the server asks for a frame. That is so while the stream
    /// continues, and once more for the last frame of a resumable stream.
    ///
    /// A body that always has a frame ready never waits, so the deadline is checked here.
    pub(super) fn may_poll(&self, now: Instant) -> bool {
        let _ = self.is_late(now);
        self.pulse.goes_on() || self.has_last_word()
    }

    /// Whether the time is up. If so, the stream must end.
    pub(super) fn is_late(&self, now: Instant) -> bool {
        let is_late = now >= self.deadline() || self.has_overslept();
        if is_late {
            self.pulse.expire();
        }
        is_late
    }

    /// When the server took the last frame, if it has not waited for one since.
    pub(super) fn frame_taken_at(&self) -> Option<Instant> {
        self.pulse.taken_at()
    }

    /// Whether the server may have the frame that the body has returned. It was polled at `now`.
    pub(super) fn may_send(self: Pin<&mut Self>, now: Instant) -> bool {
        if self.pulse.server_took(now) {
            return true;
        }
        let may_give = self.has_last_word();
        *self.project().gave_last_word = true;
        may_give
    }

    /// Ready when a pending body is to be polled again: because its stream must end, or because it has asked for this
    /// time. It was polled at `now`.
    pub(super) fn poll_again(
        self: Pin<&mut Self>,
        asked: Option<Instant>,
        now: Instant,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if self.pulse.server_waits(cx) {
            let at = asked.unwrap_or_else(|| self.deadline());
            self.poll_alarm(at, now, cx)
        } else {
            Poll::Ready(())
        }
    }

    /// Ready at this time, or when the stream must end. Before, the task is woken then.
    pub(super) fn poll_alarm(
        self: Pin<&mut Self>,
        at: Instant,
        now: Instant,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let at = at.min(self.deadline());
        self.project().alarm.poll_until(at, now, cx)
    }

    /// When the stream must end, by the runtime's clock.
    fn deadline(&self) -> Instant {
        self.opened_at + self.time_left.min(FAR_OFF)
    }

    /// Whether the stream must end, for any reason.
    pub(super) fn has_ended(&self) -> bool {
        !self.pulse.goes_on()
    }

    /// Whether the body may send a last frame when it must end. Only the body of an attached stream
    /// knows that it must end, and what to say then. A stream that has lost its place says nothing.
    fn has_last_word(&self) -> bool {
        let is_attached = self.unattached.as_ref().is_some_and(Unattached::is_over);
        is_attached && !self.gave_last_word && self.pulse.has_place()
    }

    /// Whether the time is up by the gate's clock. After the machine was suspended, it may be up
    /// although the runtime's timer is not.
    fn has_overslept(&self) -> bool {
        self.ends_at.has_passed(self.gate.clock().steady())
    }

    /// Notes that the body has ended. It is complete unless it failed or lost its slot.
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

    /// Notes that the body has failed.
    pub(crate) fn fail(self: Pin<&mut Self>) {
        *self.project().end = StreamEnd::Failed;
    }

    /// Polls the body, and notes how it says that it ends. A body that panics has failed. Returns also what it said.
    pub(super) fn watch<T>(
        self: Pin<&mut Self>,
        now: Instant,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> T,
    ) -> (T, Said) {
        stream_end::watch(self.project().end, || turn::take(now, cx, poll))
    }

    /// Polls the handler. If it fails, panics or answers with a status of 500 or above, the stream has
    /// failed: frameworks turn errors of handlers into such answers.
    pub(crate) fn handling<B, E>(
        &mut self,
        poll: impl FnOnce() -> Poll<Result<Response<B>, E>>,
    ) -> Poll<Result<Response<B>, E>> {
        let handled = stream_end::watch(&mut self.end, poll);
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
