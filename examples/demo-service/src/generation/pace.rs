//! How much the work is slowed down for people to watch.

use std::time::Duration;

/// The least time from one progress record of a job to the next; none by default.
///
/// The sample of a demo is worked through in a few milliseconds, too quickly to see anything. A
/// pace makes the work wait before each record but the first. It adds waiting, not records: what
/// they say is true, and a cancelled job doesn't wait on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace(Option<Duration>);

impl Pace {
    /// As fast as it goes.
    pub const FULL_SPEED: Self = Self(None);

    /// For people to watch: 50 ms a record. A page-long sample takes three to four seconds, and no
    /// sample more than [`MAX_RECORDS`](super::MAX_RECORDS) times that.
    pub const WATCHABLE: Self = Self(Some(Duration::from_millis(50)));

    /// At least this long from one record to the next.
    pub const fn at_least(step: Duration) -> Self {
        Self(Some(step))
    }

    pub(crate) fn step(self) -> Option<Duration> {
        self.0
    }
}
