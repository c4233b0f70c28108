//! The bound on attempts in a minute: [`Rate`].

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Duration;

/// The time in which attempts are counted.
const WINDOW: Duration = Duration::from_secs(60);

/// Remembers the last attempts, so that no 60 seconds have more of them than a bound.
#[derive(Debug)]
pub(super) struct Rate {
    max: usize,
    /// When the attempts of the last 60 seconds began. There are never more than `max`.
    times: VecDeque<Duration>,
}

impl Rate {
    pub(super) fn new(max: NonZeroU32) -> Self {
        let max = usize::try_from(max.get()).unwrap_or(usize::MAX);
        Self {
            max,
            times: VecDeque::new(),
        }
    }

    /// When the next attempt may begin, if that is later than now.
    pub(super) fn not_before(&self, now: Duration) -> Option<Duration> {
        if self.times.len() < self.max {
            return None;
        }
        let oldest = self.times.front()?;
        Some(*oldest + WINDOW).filter(|time| *time > now)
    }

    /// An attempt begins.
    pub(super) fn count(&mut self, now: Duration) {
        let is_old = |time: &Duration| now.saturating_sub(*time) >= WINDOW;
        while self.times.len() == self.max || self.times.front().is_some_and(is_old) {
            self.times.pop_front();
        }
        self.times.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G10
    #[test]
    fn a_minute_never_has_more_attempts_than_the_bound() {
        let mut rate = Rate::new(NonZeroU32::new(2).unwrap());
        let seconds = Duration::from_secs;
        for now in [0, 10] {
            assert_eq!(rate.not_before(seconds(now)), None);
            rate.count(seconds(now));
        }
        assert_eq!(rate.not_before(seconds(59)), Some(seconds(60)));
        assert_eq!(rate.not_before(seconds(60)), None);
        rate.count(seconds(60));
        assert_eq!(rate.not_before(seconds(60)), Some(seconds(70)));
    }

    /// A client that runs for a year keeps no more than a minute.
    #[test]
    fn attempts_of_earlier_minutes_are_forgotten() {
        let mut rate = Rate::new(NonZeroU32::MAX);
        for minute in 0..100 {
            rate.count(WINDOW * minute);
        }
        assert_eq!(rate.times.len(), 1);
    }
}
