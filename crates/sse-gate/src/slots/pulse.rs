//! Whether a stream's server goes on with it: [`Pulse`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Context;
use std::time::Duration;

use atomic_waker::AtomicWaker;
use tokio::time::Instant;

/// What is known of the server that writes a stream to its connection.
///
/// A body can do nothing by itself: while its server does not ask for more, because the client does
/// not read or because the response was put aside, no timer of the body is looked at. So the pulse
/// notes since when the server owes a question, and a newcomer that needs a place can take it.
#[derive(Debug)]
pub(crate) struct Pulse {
    /// From when on time is counted.
    start: Instant,
    /// Since which millisecond the server has a frame and has not asked for the next one; or one of
    /// the states below.
    owing: AtomicU64,
    /// The body that waits for its next event.
    body: AtomicWaker,
}

/// The server waits for the stream, and not the other way round.
const ASKED: u64 = u64::MAX;

/// The place was given to another stream.
const GIVEN_UP: u64 = u64::MAX - 1;

/// The stream must end: its subject was revoked.
const REVOKED: u64 = u64::MAX - 2;

/// The stream must end: the service stops.
const STOPPED: u64 = u64::MAX - 3;

/// The stream must end: its time is up.
const EXPIRED: u64 = u64::MAX - 4;

/// The last number that stands for a time.
const LATEST: u64 = u64::MAX - 5;

impl Pulse {
    /// That of a stream without a response yet.
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            owing: AtomicU64::new(ASKED),
            body: AtomicWaker::new(),
        }
    }

    /// The server has got the head or a frame at this moment; whether the stream may go on.
    pub(crate) fn gave(&self, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.start).as_millis();
        self.set(u64::try_from(since).unwrap_or(LATEST).min(LATEST))
    }

    /// The server asked, and there was nothing; whether the stream may go on. If it must end while it
    /// waits, its task is woken.
    pub(crate) fn asked(&self, cx: &Context<'_>) -> bool {
        self.body.register(cx.waker());
        self.set(ASKED)
    }

    /// Gives the stream up, if its server owes a question for longer than `patience`.
    pub(super) fn give_up(&self, now: Instant, patience: Duration) -> bool {
        let owing = self.owing.load(Ordering::Acquire);
        let age = now.saturating_duration_since(self.start);
        let owes = age.saturating_sub(Duration::from_millis(owing));
        if owing > LATEST || owes <= patience {
            return false;
        }
        // Not if it asks in this moment.
        self.owing
            .compare_exchange(owing, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// Ends the stream, as its subject was revoked; whether it was still going on.
    pub(super) fn revoke(&self) -> bool {
        self.end(REVOKED)
    }

    /// Ends the stream, as the service stops; whether it was still going on.
    pub(super) fn stop(&self) -> bool {
        self.end(STOPPED)
    }

    /// Ends the stream, as its time is up; whether it was still going on.
    pub(crate) fn expire(&self) -> bool {
        self.end(EXPIRED)
    }

    /// The first reason stays. A stream that waits is woken.
    fn end(&self, how: u64) -> bool {
        let ended = self
            .owing
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |before| {
                (!has_ended(before)).then_some(how)
            });
        self.body.wake();
        ended.is_ok()
    }

    /// Whether the stream may go on: it has its place, its subject was not revoked, and the service
    /// does not stop.
    pub(crate) fn goes_on(&self) -> bool {
        !has_ended(self.owing.load(Ordering::Acquire))
    }

    /// Whether the server has written all that it has, and waits for more.
    pub(crate) fn is_waited_for(&self) -> bool {
        self.owing.load(Ordering::Acquire) == ASKED
    }

    /// Whether the stream still has its place.
    pub(crate) fn has_place(&self) -> bool {
        self.owing.load(Ordering::Acquire) != GIVEN_UP
    }

    /// Whether it must end because its time is up.
    pub(crate) fn is_expired(&self) -> bool {
        self.owing.load(Ordering::Acquire) == EXPIRED
    }

    /// Whether it must end because its subject was revoked.
    pub(crate) fn is_revoked(&self) -> bool {
        self.owing.load(Ordering::Acquire) == REVOKED
    }

    /// Whether it must end because the service stops.
    pub(crate) fn is_stopped(&self) -> bool {
        self.owing.load(Ordering::Acquire) == STOPPED
    }

    /// Only the server's own question sets a time, one at a time. In between the stream can only
    /// lose its place or its right.
    fn set(&self, owing: u64) -> bool {
        let before = self.owing.load(Ordering::Acquire);
        !has_ended(before)
            && self
                .owing
                .compare_exchange(before, owing, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
    }
}

fn has_ended(owing: u64) -> bool {
    matches!(owing, GIVEN_UP | REVOKED | STOPPED | EXPIRED)
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
        assert!(pulse.goes_on() && pulse.gave(later(10)));
        assert!(!pulse.give_up(later(15), patience), "it is in time");
        assert!(pulse.asked(&cx) && !pulse.give_up(later(60), patience));
        assert!(pulse.gave(later(60)) && pulse.give_up(later(66), patience));
        assert!(!pulse.goes_on() && !pulse.asked(&cx) && !pulse.gave(later(67)));
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
        assert!(pulse.asked(&Context::from_waker(&waker)));
        assert!(pulse.revoke() && !pulse.revoke(), "it ends once");
        assert!(flag.0.load(Ordering::Acquire) && pulse.is_revoked());
        assert!(!pulse.goes_on() && !pulse.gave(Instant::now()));
    }
}
