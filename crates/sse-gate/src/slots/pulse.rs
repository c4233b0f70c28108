//! Whether a stream's server goes on with it: [`Pulse`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// What is known of the server that writes a stream to its connection.
///
/// A body can do nothing by itself: while its server does not ask for more, because the client does
/// not read or because the response was put aside, no timer of the body is looked at. So it is
/// noted since when the server owes a question, and who wants the stream's place may give it up.
#[derive(Debug)]
pub(crate) struct Pulse {
    /// From when on time is counted.
    start: Instant,
    /// Since which millisecond the server has something that it has not asked beyond, or one of
    /// the two below.
    owing: AtomicU64,
}

/// The server waits for the stream, and not the other way round.
const ASKED: u64 = u64::MAX;

/// The place is somebody else's.
const GIVEN_UP: u64 = u64::MAX - 1;

impl Pulse {
    /// That of a stream without a response yet.
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            owing: AtomicU64::new(ASKED),
        }
    }

    /// The server has got the head or a frame at this moment; whether the stream still has its
    /// place.
    pub(crate) fn gave(&self, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.start).as_millis();
        self.set(u64::try_from(since).unwrap_or(GIVEN_UP - 1))
    }

    /// The server asked, and there was nothing; whether the stream still has its place.
    pub(crate) fn asked(&self) -> bool {
        self.set(ASKED)
    }

    /// Gives the stream up, if its server owes a question for longer than `patience`.
    pub(super) fn give_up(&self, now: Instant, patience: Duration) -> bool {
        let owing = self.owing.load(Ordering::Acquire);
        let age = now.saturating_duration_since(self.start);
        let owes = age.saturating_sub(Duration::from_millis(owing));
        if matches!(owing, ASKED | GIVEN_UP) || owes <= patience {
            return false;
        }
        // Not if it asks in this moment.
        self.owing
            .compare_exchange(owing, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// Whether the stream still has its place.
    pub(crate) fn has_place(&self) -> bool {
        self.owing.load(Ordering::Acquire) != GIVEN_UP
    }

    /// Only the server's own question sets it, one at a time; so only giving up can be in between.
    fn set(&self, owing: u64) -> bool {
        let before = self.owing.load(Ordering::Acquire);
        before != GIVEN_UP
            && self
                .owing
                .compare_exchange(before, owing, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place that was given up is not had again, whatever the server asks.
    #[tokio::test(start_paused = true)]
    async fn a_place_that_was_given_up_is_gone() {
        let pulse = Pulse::new();
        let later = |secs| pulse.start + Duration::from_secs(secs);
        let patience = Duration::from_secs(5);
        assert!(pulse.has_place() && pulse.gave(later(10)));
        assert!(!pulse.give_up(later(15), patience), "it is in time");
        assert!(pulse.asked() && !pulse.give_up(later(60), patience));
        assert!(pulse.gave(later(60)) && pulse.give_up(later(66), patience));
        assert!(!pulse.has_place() && !pulse.asked() && !pulse.gave(later(67)));
        assert!(!pulse.give_up(later(100), patience), "once is enough");
    }
}
