//! How long to wait before the next attempt: [`Backoff`].

use std::time::Duration;

use crate::Settings;

/// Decorrelated jitter: each wait is drawn between the reconnection time and three times the wait before,
/// up to a cap. The first one after an event is drawn between once and twice the reconnection time, so
/// that the clients of a server that restarts come back spread out.
#[derive(Debug)]
pub(super) struct Backoff {
    /// The reconnection time, within floor and cap.
    base: Duration,
    floor: Duration,
    cap: Duration,
    /// The last wait, since the last success.
    last: Option<Duration>,
}

impl Backoff {
    pub(super) fn new(settings: &Settings) -> Self {
        let mut backoff = Self {
            base: Duration::ZERO,
            floor: settings.retry_floor.min(settings.max_delay),
            cap: settings.max_delay,
            last: None,
        };
        backoff.set_base(settings.retry);
        backoff
    }

    /// The server, or the user, names another reconnection time.
    pub(super) fn set_base(&mut self, retry: Duration) {
        self.base = retry.clamp(self.floor, self.cap);
    }

    /// The connection was good: the next wait is short.
    pub(super) fn reset(&mut self) {
        self.last = None;
    }

    /// The next wait after a failure. `random` is a number whose bits are all random.
    pub(super) fn next(&mut self, random: u64) -> Duration {
        let top = match self.last {
            None => self.base.saturating_mul(2),
            Some(last) => last.saturating_mul(3),
        };
        let delay = between(self.base, top.max(self.base), random).min(self.cap);
        self.last = Some(delay);
        delay
    }

    /// A wait for a server that has asked for this one, and longer by up to a tenth, so that its clients do
    /// not come all at once.
    pub(super) fn asked(&self, wait: Duration, random: u64) -> Duration {
        let wait = wait.max(self.floor);
        between(wait, wait + wait / 10, random)
    }

    /// The reconnection time, spread: for `sse.wait`, which is no failure.
    pub(super) fn calm(&self, random: u64) -> Duration {
        between(self.base, self.base.saturating_mul(2), random).min(self.cap)
    }
}

/// A duration from `low` up to `high`, by whole steps of a 2³²th.
fn between(low: Duration, high: Duration, random: u64) -> Duration {
    let fraction = f64::from(u32::try_from(random >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX);
    low + high.saturating_sub(low).mul_f64(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: u64 = u64::MAX;

    fn seconds(backoff: &mut Backoff, random: u64) -> u64 {
        backoff.next(random).as_secs()
    }

    /// G10
    #[test]
    fn waits_grow_threefold_at_most_up_to_the_cap_and_begin_anew() {
        let settings = Settings::new().with_max_delay(Duration::from_secs(20));
        let mut backoff = Backoff::new(&settings);
        let waits = [(); 5].map(|()| seconds(&mut backoff, MAX));
        assert_eq!(waits, [2, 6, 18, 20, 20]);
        backoff.reset();
        assert_eq!(seconds(&mut backoff, MAX), 2);
        assert_eq!(seconds(&mut backoff, 0), 1);
    }

    #[test]
    fn a_server_can_ask_for_no_less_than_the_floor_and_no_more_than_the_cap() {
        let mut backoff = Backoff::new(&Settings::new());
        backoff.set_base(Duration::ZERO);
        assert_eq!(backoff.next(0), Duration::from_millis(500));
        backoff.set_base(Duration::MAX);
        assert_eq!(backoff.calm(MAX), Duration::from_secs(30));
        assert_eq!(backoff.next(MAX), Duration::from_secs(30));
    }

    #[test]
    fn waits_are_spread_evenly() {
        let backoff = Backoff::new(&Settings::new());
        for (random, milliseconds) in [(0, 1000), (1 << 62, 1250), (3 << 62, 1750), (MAX, 2000)] {
            let wait = backoff.calm(random);
            assert_eq!(wait.as_millis(), milliseconds, "{random}");
        }
    }

    /// G10
    #[test]
    fn a_wait_that_was_asked_for_is_never_shorter() {
        let backoff = Backoff::new(&Settings::new());
        let wait = Duration::from_secs(100);
        assert_eq!(backoff.asked(wait, 0), wait);
        assert_eq!(backoff.asked(wait, MAX), Duration::from_secs(110));
    }
}
