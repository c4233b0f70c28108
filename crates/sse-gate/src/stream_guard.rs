//! Watches over one open stream: [`StreamGuard`], its slot, its deadline, and word of its end.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Response;
use pin_project::{pin_project, pinned_drop};
use sse_gate_core::{Gate, Grant, SharedStore, Signal, SteadyTime, StreamEnd, Timestamp};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::resume::{ResumableStream, Unattached};
use crate::slots::{Presence, Pulse, Slot};
use crate::stream_end;

/// Kept as long as the stream is open. Dropped, it frees the slot and tells the observer.
#[pin_project(PinnedDrop)]
pub(crate) struct StreamGuard {
    gate: Gate<SharedStore>,
    /// That of a resumable stream is with its session,
    _slot: Option<Slot>,
    /// or still in here, if the handler has not attached it.
    unattached: Option<Unattached>,
    /// That of its slot, wherever that is,
    pulse: Arc<Pulse>,
    /// which counts until the body has ended.
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
    pub(crate) fn strict(gate: Gate<SharedStore>, slot: Slot, grant: &Grant) -> Self {
        let watched = (slot.pulse(), slot.presence());
        Self::new(gate, Some(slot), watched, grant, Duration::ZERO)
    }

    /// Watches over one whose body ends by itself at the deadline, with a last word. Any other
    /// body ends a moment later.
    pub(crate) fn resumable(gate: Gate<SharedStore>, slot: &Slot, grant: &Grant) -> Self {
        Self::new(
            gate,
            None,
            (slot.pulse(), slot.presence()),
            grant,
            LAST_WORD,
        )
    }

    fn new(
        gate: Gate<SharedStore>,
        slot: Option<Slot>,
        (pulse, presence): (Arc<Pulse>, Presence),
        grant: &Grant,
        allowance: Duration,
    ) -> Self {
        let deadline = grant.deadline().unwrap_or(Timestamp::FOREVER);
        let time_left = deadline.saturating_since(gate.clock().now());
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
    pub(crate) fn keeping(mut self, stream: &ResumableStream) -> Self {
        self.unattached = Some(stream.unattached());
        self
    }

    /// How long the stream may last from when it was opened.
    pub(crate) fn time_left(&self) -> Duration {
        self.time_left
    }

    /// The server gets the head, or a frame; whether the stream goes on: its time is not up, and it
    /// has its place.
    pub(crate) fn gives(&self) -> bool {
        let now = Instant::now();
        now < self.deadline.deadline() && !self.has_overslept() && self.pulse.gave(now)
    }

    /// The server waits for the stream; ready when that must not go on.
    pub(crate) fn poll_over(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.pulse.asked() && !self.has_overslept() {
            self.project().deadline.poll(cx)
        } else {
            Poll::Ready(())
        }
    }

    /// Whether its time is up by the gate's clock, if not by the runtime's: the machine was
    /// suspended.
    fn has_overslept(&self) -> bool {
        self.ends_at.has_passed(self.gate.clock().steady())
    }

    /// The body has come to its end, unless it has failed, or its place was taken.
    pub(crate) fn complete(self: Pin<&mut Self>) {
        let has_place = self.pulse.has_place();
        let this = self.project();
        if *this.end == StreamEnd::Disconnected && has_place {
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

/// How long a resumable stream has for its last word.
const LAST_WORD: Duration = Duration::from_secs(1);

/// Longer than any stream, and short enough to be added to an instant: a year.
pub(crate) const FAR_OFF: Duration = Duration::from_secs(365 * 24 * 60 * 60);

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
