//! The clock of the operating system: [`SystemClock`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant, SystemTime};

use super::Clock;
use crate::{SteadyTime, Timestamp};

/// The wall clock of the operating system, and steady time from its wall clock and monotonic clock.
///
/// Most monotonic clocks stand still while the machine is suspended. So steady time is the monotonic
/// clock plus all jumps that the wall clock makes ahead of it, if they are longer than 100 ms. The wall
/// clock is read at most once a millisecond.
///
/// ```
/// use sse_gate_core::{Clock, SystemClock, Timestamp};
///
/// assert!(SystemClock.now() > Timestamp::from_unix_secs(1_700_000_000));
/// assert!(SystemClock.steady() <= SystemClock.steady());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        wall()
    }

    fn steady(&self) -> SteadyTime {
        static ANCHOR: LazyLock<Anchor> = LazyLock::new(|| Anchor::new(Instant::now(), wall()));
        ANCHOR.steady(Instant::now, wall)
    }
}

/// Jumps of the wall clock up to this many milliseconds don't count. The two clocks are never read at
/// exactly the same moment, and these errors must not add up.
const JUMP: u64 = 100;

/// A reading of the wall clock that took longer is thrown away: the thread was paused meanwhile.
const TIGHT: Duration = Duration::from_millis(10);

/// What the two clocks showed when they were first read, and how the wall clock has moved since.
struct Anchor {
    started: Instant,
    /// How far the wall clock has jumped ahead in all, in milliseconds.
    jumped: AtomicU64,
    /// When the wall clock was read last, in milliseconds since the start.
    looked_at: AtomicU64,
    /// The date of the start by the present wall clock, in Unix milliseconds. It changes when the wall
    /// clock is set.
    ahead: Mutex<u64>,
}

impl Anchor {
    fn new(started: Instant, wall: Timestamp) -> Self {
        Self {
            started,
            jumped: AtomicU64::new(0),
            looked_at: AtomicU64::new(0),
            ahead: Mutex::new(wall.as_unix_millis()),
        }
    }

    fn steady(
        &self,
        monotonic: impl Fn() -> Instant,
        wall: impl FnOnce() -> Timestamp,
    ) -> SteadyTime {
        let elapsed = self.since_start(monotonic());
        if self.looked_at.load(Ordering::Relaxed) != elapsed {
            self.look(monotonic, wall);
        }
        let jumped = self.jumped.load(Ordering::Relaxed);
        SteadyTime::from_millis(elapsed.saturating_add(jumped))
    }

    /// Finds out whether the wall clock was set. If another thread does so already, it does nothing.
    fn look(&self, monotonic: impl Fn() -> Instant, wall: impl FnOnce() -> Timestamp) {
        // The lock is never poisoned: nothing below panics.
        let Ok(mut ahead) = self.ahead.try_lock() else {
            return;
        };
        let (before, wall, after) = (monotonic(), wall(), monotonic());
        if after.saturating_duration_since(before) > TIGHT {
            return;
        }
        let elapsed = self.since_start(after);
        let is_ahead = wall.as_unix_millis().saturating_sub(elapsed);
        if is_ahead.abs_diff(*ahead) > JUMP {
            let jump = is_ahead.saturating_sub(*ahead);
            self.jumped.fetch_add(jump, Ordering::Relaxed);
            *ahead = is_ahead;
        }
        self.looked_at.store(elapsed, Ordering::Relaxed);
    }

    /// Milliseconds since the start.
    fn since_start(&self, moment: Instant) -> u64 {
        let elapsed = moment.saturating_duration_since(self.started).as_millis();
        u64::try_from(elapsed).unwrap_or(u64::MAX)
    }
}

fn wall() -> Timestamp {
    SystemTime::now().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    const SECOND: u64 = 1_000;
    const HOUR: u64 = 3_600 * SECOND;

    /// An anchor on two clocks that are moved by hand.
    struct Scene {
        anchor: Anchor,
        monotonic: Cell<Instant>,
        wall: Cell<u64>,
    }

    impl Scene {
        fn new() -> Self {
            let (started, wall) = (Instant::now(), 20_000 * HOUR);
            Self {
                anchor: Anchor::new(started, Timestamp::from_unix_millis(wall)),
                monotonic: Cell::new(started),
                wall: Cell::new(wall),
            }
        }

        /// Lets this much time pass on both clocks.
        fn pass(&self, millis: u64) {
            let span = Duration::from_millis(millis);
            self.monotonic.set(self.monotonic.get() + span);
            self.wall.set(self.wall.get() + millis);
        }

        fn elapsed(&self) -> u64 {
            self.anchor.since_start(self.monotonic.get())
        }

        fn steady(&self) -> u64 {
            let wall = || Timestamp::from_unix_millis(self.wall.get());
            self.anchor
                .steady(|| self.monotonic.get(), wall)
                .as_millis()
        }
    }

    /// E9
    #[test]
    fn dates_are_the_walls() {
        for _ in 0..100_000 {
            let before = wall();
            let now = SystemClock.now();
            assert!(before <= now && now <= wall());
        }
    }

    /// E9
    #[test]
    fn steady_time_passes_as_monotonic_time_does() {
        let scene = Scene::new();
        assert_eq!(scene.steady(), 0);
        for n in 1..=100 {
            scene.pass(SECOND);
            assert_eq!(scene.steady(), n * SECOND);
        }
        let (outer, steady, inner) = (Instant::now(), SystemClock.steady(), Instant::now());
        std::thread::sleep(Duration::from_millis(20));
        let least = inner.elapsed();
        let passed = SystemClock.steady().saturating_since(steady);
        let rounding = Duration::from_millis(1);
        assert!(passed + rounding >= least, "{passed:?}");
        assert!(passed <= outer.elapsed() + rounding, "{passed:?}");
    }

    /// E9, I20: each jump ahead counts, however far the wall is behind where it has been. A step
    /// back does not count, and takes nothing back.
    #[test]
    fn the_walls_jumps_count_ahead_and_not_back() {
        let scene = Scene::new();
        let mut expected = 0;
        for jump in [HOUR, 10 * SECOND, JUMP + 1] {
            scene.pass(SECOND);
            scene.wall.set(scene.wall.get() + jump);
            expected += SECOND + jump;
            assert_eq!(scene.steady(), expected, "after a jump of {jump} ms");
            scene.wall.set(scene.wall.get() - 2 * jump);
            scene.pass(1);
            expected += 1;
            assert_eq!(scene.steady(), expected, "after a step back of {jump} ms");
        }
    }

    /// E9: a jump that is too small to be told from an error counts with the next.
    #[test]
    fn small_jumps_count_together() {
        let scene = Scene::new();
        for (jump, jumped) in [(JUMP, 0), (1, JUMP + 1), (JUMP, JUMP + 1)] {
            let before = scene.wall.get();
            scene.wall.set(before + jump);
            scene.pass(1);
            assert_eq!(scene.steady(), scene.elapsed() + jumped);
        }
    }

    /// E9: two readings that are a little apart, now this way and now that way, add up to nothing.
    #[test]
    fn small_differences_do_not_add_up() {
        let scene = Scene::new();
        for n in 0..10_000 {
            scene.pass(1);
            let wall = scene.wall.get();
            scene.wall.set(wall + (n % 2) * JUMP);
            assert_eq!(scene.steady(), n + 1);
            scene.wall.set(wall);
        }
    }

    /// E9: a thread that was paused while it read the clocks believes nothing of it.
    #[test]
    fn a_reading_that_took_long_is_thrown_away() {
        let scene = Scene::new();
        scene.pass(SECOND);
        let calls = Cell::new(0);
        let paused = || {
            calls.set(calls.get() + 1);
            if calls.get() == 3 {
                scene.pass(HOUR);
            }
            scene.monotonic.get()
        };
        let early = Timestamp::from_unix_millis(scene.wall.get());
        let steady = scene.anchor.steady(paused, || early).as_millis();
        assert_eq!((steady, calls.get()), (SECOND, 3));
        assert_eq!(scene.steady(), SECOND + HOUR);
        scene.pass(1);
        assert_eq!(scene.steady(), SECOND + HOUR + 1);
    }

    /// The wall is not asked twice in a millisecond.
    #[test]
    fn the_wall_is_looked_at_once_a_millisecond() {
        let scene = Scene::new();
        let looks = Cell::new(0);
        let look = || {
            looks.set(looks.get() + 1);
            Timestamp::from_unix_millis(scene.wall.get())
        };
        for _ in 0..3 {
            scene.pass(1);
            for _ in 0..10 {
                scene.anchor.steady(|| scene.monotonic.get(), look);
            }
        }
        assert_eq!(looks.get(), 3);
    }
}
