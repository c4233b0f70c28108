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
/// does after the machine was suspended, ends lives early rather than late.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        static ANCHOR: OnceLock<(Instant, Timestamp)> = OnceLock::new();
        let (started, wall_at_start) = ANCHOR.get_or_init(|| (Instant::now(), wall()));
        wall_at_start.saturating_add(started.elapsed()).max(wall())
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
    fn system_clock_is_never_behind_the_wall() {
        for _ in 0..1_000 {
            let wall = wall();
            assert!(SystemClock.now() >= wall);
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
