//! Watches over one open stream: [`StreamGuard`], its slot, its deadline, and word of its end.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
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
        Self::new(config, Some(slot), watched, grant, Duration::ZERO)
    }

    /// Watches over one whose body ends by itself at the deadline, with a last word. Any other
    /// body ends a moment later.
    pub(super) fn resumable(config: &Config, slot: &Slot, grant: &Grant) -> Self {
        let watched = (slot.pulse(), slot.presence());
        Self::new(config, None, watched, grant, LAST_WORD)
    }

    fn new(
        config: &Config,
        slot: Option<Slot>,
        (pulse, presence): (Arc<Pulse>, Presence),
        grant: &Grant,
        allowance: Duration,
    ) -> Self {
        let gate = config.gate.clone();
        let time_left = grant.deadline().saturating_since(gate.clock().now());
        let lasts = time_left.min(FAR_OFF) + allowance;
        let ends_at = gate.clock().steady().saturating_add(lasts);
        let opened_at = Instant::now();
        gate.observe(Signal::StreamOpened);
        Self {
            gate,
            _slot: slot,
            unattached: None,
            pulse,
            presence: Some(presence),
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

    /// The server gets the head, or a frame; whether it may have it: the stream's time is not up, and
    /// the stream goes on.
    pub(crate) fn gives(&self) -> bool {
        let now = Instant::now();
        let is_in_time = now < self.deadline.deadline() && !self.has_overslept();
        let is_last_word = || self.has_last_word() && self.pulse.is_stopped();
        is_in_time && (self.pulse.gave(now) || is_last_word())
    }

    /// The server waits for the stream; ready when that must not go on.
    pub(crate) fn poll_over(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.pulse.asked(cx) || self.has_overslept() {
            return Poll::Ready(());
        }
        self.project().deadline.poll(cx)
    }

    /// Whether the body ends by itself, with a last word, when the service stops. A body that the
    /// handler has made without its stream knows nothing of that.
    fn has_last_word(&self) -> bool {
        self.unattached.as_ref().is_some_and(Unattached::is_over)
    }

    /// Whether its time is up by the gate's clock, if not by the runtime's: the machine was
    /// suspended.
    fn has_overslept(&self) -> bool {
        self.ends_at.has_passed(self.gate.clock().steady())
    }

    /// The body has come to its end, unless it has failed, or its place was taken.
    pub(crate) fn complete(self: Pin<&mut Self>) {
        let (goes_on, is_revoked) = (self.pulse.goes_on(), self.pulse.is_revoked());
        let this = self.project();
        if *this.end == StreamEnd::Disconnected && goes_on {
            *this.end = StreamEnd::Complete;
        } else if is_revoked {
            *this.end = StreamEnd::Revoked;
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

/// How long a resumable stream has for its last word.
const LAST_WORD: Duration = Duration::from_secs(1);

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
