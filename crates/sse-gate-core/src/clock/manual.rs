//! The clock for tests: [`ManualClock`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Clock;
use crate::{SteadyTime, Timestamp};

/// A clock for tests. It only moves when it is told to, and all its clones move together.
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
/// // The wall clock is set back. Steady time stays.
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
    /// A clock whose wall clock shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(Arc::new(Hands {
            wall: AtomicU64::new(start.as_unix_millis()),
            steady: AtomicU64::new(SteadyTime::ZERO.as_millis()),
        }))
    }

    /// Moves both readings ahead. A part of a millisecond is dropped.
    pub fn advance(&self, span: Duration) {
        self.set_wall(self.now().saturating_add(span));
    }

    /// Sets the wall clock ahead. Steady time follows, as [`Clock::steady`] says.
    pub fn set_wall_ahead(&self, span: Duration) {
        self.advance(span);
    }

    /// Sets the wall clock back. Steady time stays.
    pub fn set_wall_back(&self, span: Duration) {
        self.set_wall(self.now().saturating_sub(span));
    }

    /// Sets the wall clock to a date, as an administrator or a time server does. If it jumps ahead,
    /// steady time jumps by as much. If it goes back, steady time stays.
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
    /// The wall clock shows 2026-01-01T00:00:00Z, so that tests can sign JWTs with dates near it.
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
