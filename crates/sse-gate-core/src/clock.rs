//! Where the time comes from: [`Clock`], the system's and one that tests move by hand.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::Timestamp;

/// Tells the time to gates and stores.
///
/// A clock may stand still, but a token's life is only as short as its clock is honest: one that
/// runs backwards lets tokens live longer.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// The later of two clocks of the operating system: the wall clock, and the wall clock as it
/// stood when this process first asked, moved on by the monotonic clock.
///
/// So a wall clock that is set back lengthens no token's life, and one that jumps ahead, as it
/// does after the machine was suspended, ends lives early rather than late. The wall is looked at
/// once a millisecond.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        static ANCHOR: OnceLock<Anchor> = OnceLock::new();
        ANCHOR.get_or_init(Anchor::new).now()
    }
}

/// Where the two clocks stood when they were first read, and how they differ since.
struct Anchor {
    started: Instant,
    wall_at_start: Timestamp,
    /// By how many milliseconds the wall was ahead of the monotonic clock when last looked at.
    ahead: AtomicU64,
    /// When that was, in milliseconds since the start.
    looked_at: AtomicU64,
}

impl Anchor {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            wall_at_start: wall(),
            ahead: AtomicU64::new(0),
            looked_at: AtomicU64::new(0),
        }
    }

    fn now(&self) -> Timestamp {
        let elapsed = self.started.elapsed();
        let monotonic = self.wall_at_start.saturating_add(elapsed);
        let since_start = monotonic.as_unix_millis() - self.wall_at_start.as_unix_millis();
        if self.looked_at.load(Ordering::Relaxed) != since_start {
            // Two threads may both look, or one may see what the other is about to replace:
            // either way it is of this millisecond or the last.
            let ahead = wall().saturating_since(monotonic).as_millis();
            let ahead = u64::try_from(ahead).unwrap_or(u64::MAX);
            self.ahead.store(ahead, Ordering::Relaxed);
            self.looked_at.store(since_start, Ordering::Relaxed);
        }
        let ahead = Duration::from_millis(self.ahead.load(Ordering::Relaxed));
        monotonic.saturating_add(ahead)
    }
}

/// The wall clock; the epoch itself if it stands before that.
fn wall() -> Timestamp {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_unix_millis(0).saturating_add(since_epoch)
}

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
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    millis: Arc<AtomicU64>,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Self {
            millis: Arc::new(AtomicU64::new(start.as_unix_millis())),
        }
    }

    /// Moves the clock on; a part of a millisecond is dropped.
    pub fn advance(&self, span: Duration) {
        self.set(self.now().saturating_add(span));
    }

    /// Sets the clock, back or forth.
    pub fn set(&self, now: Timestamp) {
        self.millis.store(now.as_unix_millis(), Ordering::SeqCst);
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
        Timestamp::from_unix_millis(self.millis.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E9
    #[test]
    fn system_clock_keeps_up_with_the_wall() {
        for _ in 0..100_000 {
            let behind = wall().saturating_since(SystemClock.now());
            assert!(behind <= Duration::from_millis(1), "{behind:?}");
        }
    }

    /// E9: the start is a little over an hour ago by one clock, and less than that by the other.
    #[test]
    fn the_later_clock_counts() {
        let hour = Duration::from_secs(60 * 60);
        let started = Instant::now();
        let by_wall = wall();
        for (wall_at_start, expected) in [
            // The wall was set back by an hour, or jumped ahead by one.
            (by_wall.saturating_add(hour), by_wall.saturating_add(hour)),
            (
                Timestamp::from_unix_millis(by_wall.as_unix_millis() - 3_600_000),
                by_wall,
            ),
        ] {
            let anchor = Anchor {
                started,
                wall_at_start,
                looked_at: AtomicU64::new(u64::MAX),
                ..Anchor::new()
            };
            let off = anchor.now().saturating_since(expected);
            assert!(
                anchor.now() >= expected && off < Duration::from_secs(60),
                "{off:?}"
            );
        }
    }

    #[test]
    fn clones_of_a_manual_clock_move_together() {
        let clock = ManualClock::default();
        let twin = clock.clone();
        clock.advance(Duration::from_millis(7));
        assert_eq!(clock.now(), twin.now());
    }
}
