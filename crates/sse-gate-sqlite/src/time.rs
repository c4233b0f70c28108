//! The time in a file: [`FileTime`], told by a [`FileClock`] that goes on where the last one stopped.
//!
//! The steady time of a process means nothing to the next process, and dates follow a wall clock that may
//! be set. So a file has a time line of its own. While the file is open, its time passes as
//! [`Clock::steady`] does. While it is closed, its time passes as the wall clock does: the file keeps a
//! [`Mark`], which is one moment by both. If the wall clock has gone back meanwhile, no time has passed.
//!
//! So the life of what is kept ends, at the latest, after its span of open time, and a wall clock that is
//! set back can lengthen it only by the time that the file was closed. What also has a date, as a token
//! has, ends at that date too.

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Clock, SteadyTime, Timestamp};

/// A moment on the time line of a file, in milliseconds since the file was made.
///
/// It is signed, as SQLite's integers are. It is never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileTime(i64);

impl FileTime {
    /// When the file was made.
    pub(crate) const ZERO: Self = Self(0);

    pub(crate) const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub(crate) const fn as_millis(self) -> i64 {
        self.0
    }

    /// The moment as the stores of sessions tell it.
    pub(crate) const fn to_steady(self) -> SteadyTime {
        SteadyTime::from_millis(self.0.cast_unsigned())
    }

    /// A moment of a session's record.
    pub(crate) fn from_steady(time: SteadyTime) -> Self {
        Self(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
    }

    /// The moment `span` later. A part of a millisecond is dropped.
    pub(crate) fn saturating_add(self, span: Duration) -> Self {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// The span from `earlier` to this moment. Zero if `earlier` is later.
    pub(crate) fn saturating_since(self, earlier: Self) -> Duration {
        let millis = self.0.saturating_sub(earlier.0);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }
}

/// One moment, by the file's time and by the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) time: FileTime,
    pub(crate) wall: Timestamp,
}

/// Tells the time of an open file. Clones tell the same time.
#[derive(Clone, Debug)]
pub(crate) struct FileClock {
    clock: Arc<dyn Clock>,
    opened_at: FileTime,
    /// When the last process that had the file open was last seen.
    left_at: FileTime,
    steady_at_open: SteadyTime,
}

impl FileClock {
    /// The clock of a file that was last marked at `last`. `None` for a new file.
    pub(crate) fn resume(clock: Arc<dyn Clock>, last: Option<Mark>) -> Self {
        let opened_at = last.map_or(FileTime::ZERO, |last| {
            let closed_for = clock.now().saturating_since(last.wall);
            last.time.saturating_add(closed_for)
        });
        Self {
            left_at: last.map_or(FileTime::ZERO, |last| last.time),
            opened_at,
            steady_at_open: clock.steady(),
            clock,
        }
    }

    pub(crate) fn now(&self) -> FileTime {
        let open_for = self.clock.steady().saturating_since(self.steady_at_open);
        self.opened_at.saturating_add(open_for)
    }

    /// When the last process that had the file open was last seen.
    pub(crate) fn left_at(&self) -> FileTime {
        self.left_at
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            time: self.now(),
            wall: self.clock.now(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sse_gate_core::ManualClock;

    const SECOND: Duration = Duration::from_secs(1);
    const HOUR: Duration = Duration::from_secs(3_600);

    fn resume(clock: &ManualClock, last: Option<Mark>) -> FileClock {
        FileClock::resume(Arc::new(clock.clone()), last)
    }

    /// E9: open, the file's time follows steady time: ahead, and never back.
    #[test]
    fn open_time_is_steady() {
        let wall = ManualClock::default();
        let clock = resume(&wall, None);
        assert_eq!(clock.now(), FileTime::ZERO);
        wall.advance(SECOND);
        wall.set_wall_back(HOUR);
        assert_eq!(clock.now().saturating_since(FileTime::ZERO), SECOND);
        wall.set_wall_ahead(HOUR);
        assert_eq!(clock.now().saturating_since(FileTime::ZERO), SECOND + HOUR);
    }

    /// E9: closed, it follows the wall clock ahead, and stands still if that went back.
    #[test]
    fn closed_time_is_the_walls_and_never_negative() {
        let last = {
            let wall = ManualClock::default();
            let clock = resume(&wall, None);
            wall.advance(SECOND);
            clock.mark()
        };
        for (ahead, back, passed) in [
            (SECOND, Duration::ZERO, SECOND),
            (HOUR, Duration::ZERO, HOUR),
            (Duration::ZERO, HOUR, Duration::ZERO),
        ] {
            let wall = ManualClock::new(last.wall.saturating_add(ahead).saturating_sub(back));
            let clock = resume(&wall, Some(last));
            assert_eq!(clock.now().saturating_since(last.time), passed);
            wall.advance(SECOND);
            assert_eq!(clock.now().saturating_since(last.time), passed + SECOND);
        }
    }

    #[test]
    fn sums_saturate() {
        let late = FileTime::ZERO.saturating_add(Duration::MAX);
        assert_eq!(late.as_millis(), i64::MAX);
        assert_eq!(late.saturating_add(HOUR), late);
        assert_eq!(FileTime::ZERO.saturating_since(late), Duration::ZERO);
    }
}
