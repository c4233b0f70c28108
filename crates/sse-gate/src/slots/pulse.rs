//! Whether a stream may continue, and whether its server still reads it: [`Pulse`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Context;
use std::time::Duration;

use atomic_waker::AtomicWaker;
use tokio::time::Instant;

/// What is known of the server that writes a stream to its connection.
///
/// A body can't do anything by itself. If its server does not poll it, because the client does not read
/// or because the response was put aside, the timers of the body don't run. So the pulse notes since when
/// the server has not polled. A new stream that needs a slot can then take it away from this one.
#[derive(Debug)]
pub(crate) struct Pulse {
    /// When the stream was made. `state` is counted from here.
    start: Instant,
    /// In the lower bits, the millisecond at which the server took the last frame, or that it waits for the next. Above
    /// them, why the stream must end, if it must.
    state: AtomicU64,
    /// Wakes the body while it waits for its next event.
    body: AtomicWaker,
}

/// The bits of the time. They are enough for 8,900 years.
const TIME: u64 = (1 << 48) - 1;

/// Instead of a time: the server has polled the body, and waits for the next frame.
const WAITING: u64 = TIME;

/// The largest number that is a time.
const LATEST: u64 = TIME - 1;

/// The slot was given to another stream.
const GIVEN_UP: u64 = 1 << 48;

/// The stream must end: its subject was revoked.
const REVOKED: u64 = 2 << 48;

/// The stream must end: the service stops.
const STOPPED: u64 = 3 << 48;

/// The stream must end: its time is up.
const EXPIRED: u64 = 4 << 48;

impl Pulse {
    /// The pulse of a stream that has no response yet.
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            state: AtomicU64::new(WAITING),
            body: AtomicWaker::new(),
        }
    }

    /// Notes that the server took the head or a frame now. Returns whether the stream may continue.
    pub(crate) fn server_took(&self, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.start).as_millis();
        self.set(u64::try_from(since).unwrap_or(LATEST).min(LATEST))
    }

    /// When the server took the head or the last frame, to the millisecond below, if it has not waited since and the
    /// stream may continue.
    pub(crate) fn taken_at(&self) -> Option<Instant> {
        let state = self.state.load(Ordering::Acquire);
        (state <= LATEST).then(|| self.start + Duration::from_millis(state))
    }

    /// Notes that the server waits for a frame. Returns whether the stream may continue. If it must end
    /// while the server waits, the task is woken.
    pub(crate) fn server_waits(&self, cx: &Context<'_>) -> bool {
        self.body.register(cx.waker());
        self.set(WAITING)
    }

    /// Takes the slot away, if the server has not polled for longer than `patience`. Returns whether it
    /// did.
    pub(super) fn give_up(&self, now: Instant, patience: Duration) -> bool {
        let state = self.state.load(Ordering::Acquire);
        if !self.has_stalled_since(state, now, patience) {
            return false;
        }
        // This fails if the server polls at the same time.
        let given_up = (state & TIME) | GIVEN_UP;
        self.state
            .compare_exchange(state, given_up, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// Whether the server has not polled for longer than `patience`.
    pub(super) fn is_stalled(&self, now: Instant, patience: Duration) -> bool {
        self.has_stalled_since(self.state.load(Ordering::Acquire), now, patience)
    }

    /// That counts also for a stream that must end: its server does not know before it polls.
    fn has_stalled_since(&self, state: u64, now: Instant, patience: Duration) -> bool {
        let age = now.saturating_duration_since(self.start);
        let taken = state & TIME;
        why(state) != GIVEN_UP
            && taken != WAITING
            && age.saturating_sub(Duration::from_millis(taken)) > patience
    }

    /// Ends the stream because its subject was revoked. Returns whether it was still running.
    pub(super) fn revoke(&self) -> bool {
        self.end(REVOKED)
    }

    /// Ends the stream because the service stops. Returns whether it was still running.
    pub(crate) fn stop(&self) -> bool {
        self.end(STOPPED)
    }

    /// Ends the stream because its time is up. Returns whether it was still running.
    pub(crate) fn expire(&self) -> bool {
        self.end(EXPIRED)
    }

    /// Ends the stream, unless it has ended for another reason. A server that waits is woken.
    fn end(&self, how: u64) -> bool {
        let ended = self
            .state
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |before| {
                (why(before) == 0).then_some(before | how)
            });
        self.body.wake();
        ended.is_ok()
    }

    /// Whether the stream may continue: it has its slot, its subject was not revoked, its time is not up,
    /// and the service does not stop.
    pub(crate) fn goes_on(&self) -> bool {
        self.why() == 0
    }

    /// Whether the server has taken all frames, and waits for the next. It may still have bytes in its buffers.
    pub(crate) fn is_server_waiting(&self) -> bool {
        self.state.load(Ordering::Acquire) == WAITING
    }

    /// Whether the stream still has its slot.
    pub(crate) fn has_place(&self) -> bool {
        self.why() != GIVEN_UP
    }

    /// Whether it must end because its time is up.
    pub(crate) fn is_expired(&self) -> bool {
        self.why() == EXPIRED
    }

    /// Whether it must end because its subject was revoked.
    pub(crate) fn is_revoked(&self) -> bool {
        self.why() == REVOKED
    }

    /// Whether it must end because the service stops.
    pub(crate) fn is_stopped(&self) -> bool {
        self.why() == STOPPED
    }

    /// Why the stream must end; 0 if it may continue.
    fn why(&self) -> u64 {
        why(self.state.load(Ordering::Acquire))
    }

    /// Notes the time. Returns whether the stream may continue. Only the server notes a time, and it does so one call
    /// after the other. In between, other code can only end the stream.
    fn set(&self, time: u64) -> bool {
        let before = self
            .state
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |before| {
                Some((before & !TIME) | time)
            });
        before.is_ok_and(|before| why(before) == 0)
    }
}

/// Why a stream in this state must end.
fn why(state: u64) -> u64 {
    state & !TIME
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::{Wake, Waker};

    use super::*;

    /// A place that was given up is not had again, whatever the server asks.
    #[tokio::test(start_paused = true)]
    async fn a_place_that_was_given_up_is_gone() {
        let pulse = Pulse::new();
        let later = |secs| pulse.start + Duration::from_secs(secs);
        let (patience, cx) = (Duration::from_secs(5), Context::from_waker(Waker::noop()));
        assert!(pulse.goes_on() && pulse.server_took(later(10)));
        assert!(!pulse.give_up(later(15), patience), "it is in time");
        assert!(pulse.server_waits(&cx) && !pulse.give_up(later(60), patience));
        assert!(pulse.server_took(later(60)) && pulse.give_up(later(66), patience));
        assert!(!pulse.goes_on() && !pulse.server_waits(&cx) && !pulse.server_took(later(67)));
        assert!(!pulse.give_up(later(100), patience), "once is enough");
        assert!(!pulse.is_revoked());
    }

    #[test]
    fn a_stream_that_waits_is_woken_when_it_is_revoked() {
        struct Flag(std::sync::atomic::AtomicBool);
        impl Wake for Flag {
            fn wake(self: Arc<Self>) {
                self.0.store(true, Ordering::Release);
            }
        }
        let flag = Arc::new(Flag(false.into()));
        let waker = Waker::from(Arc::clone(&flag));
        let pulse = Pulse::new();
        assert!(pulse.server_waits(&Context::from_waker(&waker)));
        assert!(pulse.revoke() && !pulse.revoke(), "it ends once");
        assert!(flag.0.load(Ordering::Acquire) && pulse.is_revoked());
        assert!(!pulse.goes_on() && !pulse.server_took(Instant::now()));
    }
}
