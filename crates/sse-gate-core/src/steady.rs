//! Moments for measuring spans: [`SteadyTime`].

use std::time::Duration;

use crate::time::millis;

/// A moment of a [clock's](crate::Clock::steady) steady time, in whole milliseconds since that clock
/// started.
///
/// It is not a date. Don't compare it with the steady time of another clock or process. Sums and
/// differences saturate.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_core::{Clock, ManualClock};
///
/// let clock = ManualClock::default();
/// let ends_at = clock.steady().saturating_add(Duration::from_secs(60));
/// assert!(!ends_at.has_passed(clock.steady()));
/// clock.advance(Duration::from_secs(60));
/// assert!(ends_at.has_passed(clock.steady()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SteadyTime(u64);

impl SteadyTime {
    /// The start of the clock.
    pub const ZERO: Self = Self(0);

    /// Later than every real moment. A limit at it is never reached.
    pub const FOREVER: Self = Self(u64::MAX);

    /// The moment this many milliseconds after the start.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the start.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The moment `span` later. A part of a millisecond is dropped.
    pub fn saturating_add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }

    /// The moment `span` earlier, or the start. A part of a millisecond is dropped.
    pub fn saturating_sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }

    /// The span from `earlier` to this moment. Zero if `earlier` is later.
    pub fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Whether a limit at this moment has been reached at `now`.
    ///
    /// What ends at `t` is good while `now < t`. At `t` it has ended.
    pub fn has_passed(self, now: Self) -> bool {
        now >= self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E10
    #[test]
    fn validity_is_half_open() {
        let end = SteadyTime::from_millis(1_000);
        assert!(!end.has_passed(SteadyTime::from_millis(999)));
        assert!(end.has_passed(SteadyTime::from_millis(1_000)));
        assert!(end.has_passed(SteadyTime::from_millis(1_001)));
    }

    #[test]
    fn sums_saturate() {
        let start = SteadyTime::from_millis(5);
        assert_eq!(start.saturating_add(Duration::MAX), SteadyTime::FOREVER);
        assert_eq!(start.saturating_since(SteadyTime::FOREVER), Duration::ZERO);
        assert_eq!(
            start.saturating_sub(Duration::from_millis(3)).as_millis(),
            2
        );
        assert_eq!(start.saturating_sub(Duration::MAX), SteadyTime::ZERO);
    }
}
