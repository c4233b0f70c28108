//! The clock that tests move by hand: [`ManualClock`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Clock;
use crate::{SteadyTime, Timestamp};

/// A clock for tests: it moves only when told to, and all its clones move together.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_core::{Clock, ManualClock};
///
/// let clock = ManualClock::default();
/// let start = clock.now();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now().saturating_since(start), Duration::from_secs(60));
///
/// // The wall clock is put back. Steady time is not.
/// let steady = clock.steady();
/// clock.set_wall(start);
/// assert_eq!((clock.now(), clock.steady()), (start, steady));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Hands>);

/// Both readings, in milliseconds.
#[derive(Debug)]
struct Hands {
    wall: AtomicU64,
    steady: AtomicU64,
}

impl ManualClock {
    /// A clock whose wall shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(Arc::new(Hands {
            wall: AtomicU64::new(start.as_unix_millis()),
            steady: AtomicU64::new(SteadyTime::ZERO.as_millis()),
        }))
    }

    /// Lets this much time pass, on both readings; a part of a millisecond is dropped.
    pub fn advance(&self, span: Duration) {
        self.set_wall(self.now().saturating_add(span));
    }

    /// Sets the wall clock ahead, and steady time with it, as [`Clock::steady`] says.
    pub fn set_wall_ahead(&self, span: Duration) {
        self.advance(span);
    }

    /// Sets the wall clock back. Steady time stays.
    pub fn set_wall_back(&self, span: Duration) {
        self.set_wall(self.now().saturating_sub(span));
    }

    /// Sets the wall clock to a date, as an administrator or a time server does. Ahead, steady time
    /// jumps by as much; back, it stays.
    pub fn set_wall(&self, date: Timestamp) {
        let before = self.0.wall.swap(date.as_unix_millis(), Ordering::SeqCst);
        let ahead = date.as_unix_millis().saturating_sub(before);
        let add = |steady: u64| Some(steady.saturating_add(ahead));
        // The closure always gives a value.
        let _ = self
            .0
            .steady
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
    }
}

impl Default for ManualClock {
    /// Shows 2026-01-01T00:00:00Z: a real date, so that JWTs signed for it look like JWTs.
    fn default() -> Self {
        Self::new(Timestamp::from_unix_secs(1_767_225_600))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.0.wall.load(Ordering::SeqCst))
    }

    fn steady(&self) -> SteadyTime {
        SteadyTime::from_millis(self.0.steady.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    #[test]
    fn clones_of_a_manual_clock_move_together() {
        let clock = ManualClock::default();
        let twin = clock.clone();
        clock.advance(Duration::from_millis(7));
        assert_eq!((clock.now(), clock.steady()), (twin.now(), twin.steady()));
    }

    /// E9, I20: as the system's clock does.
    #[test]
    fn steady_time_follows_the_wall_ahead_and_never_back() {
        let clock = ManualClock::default();
        let (start, steady) = (clock.now(), clock.steady());
        let passed = || clock.steady().saturating_since(steady);
        clock.set_wall_ahead(HOUR);
        assert_eq!((clock.now(), passed()), (start.saturating_add(HOUR), HOUR));
        clock.set_wall_back(HOUR);
        assert_eq!((clock.now(), passed()), (start, HOUR));
        clock.advance(HOUR);
        assert_eq!(passed(), 2 * HOUR);
        assert_eq!(clock.now(), start.saturating_add(HOUR));
    }
}
