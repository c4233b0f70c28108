//! The clocks of the operating system: [`SystemClock`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::Clock;
use crate::{SteadyTime, Timestamp};

/// The operating system's wall clock, and steady time made of its two clocks.
///
/// Steady time is the monotonic clock, moved on whenever the wall clock jumps ahead of it by more
/// than a tenth of a second: most monotonic clocks stand still while the machine is suspended.
/// The wall is looked at once a millisecond.
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

/// The smallest jump of the wall clock that counts, in milliseconds. Readings of two clocks are
/// never quite of one moment, and the sum of such errors must not drive steady time.
const JUMP: u64 = 100;

/// The longest that reading the wall clock may take. If the thread was paused meanwhile, the
/// reading is of no use.
const TIGHT: Duration = Duration::from_millis(10);

/// Where the two clocks stood when they were first read, and what the wall has done since.
struct Anchor {
    started: Instant,
    /// How far the wall clock has jumped ahead in all, in milliseconds.
    jumped: AtomicU64,
    /// When the wall was looked at last, in milliseconds since the start.
    looked_at: AtomicU64,
    /// How far the wall is ahead of the monotonic clock, in Unix milliseconds: the date at the
    /// start, as the wall would have it now.
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

    /// Looks whether the wall clock has been set, unless another thread does.
    fn look(&self, monotonic: impl Fn() -> Instant, wall: impl FnOnce() -> Timestamp) {
        // A thread that panicked in here would have to be one whose clock panics.
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

/// The wall clock; the epoch itself if it stands before that.
fn wall() -> Timestamp {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_unix_millis(0).saturating_add(since_epoch)
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
