//! Moments in time: [`Timestamp`], milliseconds since the Unix epoch.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A date: whole milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Sums and differences saturate, so no input can make them overflow.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use sse_gate_core::Timestamp;
///
/// let exp = Timestamp::from_unix_secs(1_790_000_000);
/// assert_eq!(exp, Timestamp::from(UNIX_EPOCH + Duration::from_secs(1_790_000_000)));
///
/// let leeway = exp.saturating_add(Duration::from_secs(5));
/// assert!(!leeway.has_passed(exp));
/// assert!(exp.has_passed(exp), "a credential has ended at its end");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// Later than every real moment. A limit at it is never reached.
    pub const FOREVER: Self = Self(u64::MAX);

    /// The moment this many milliseconds after the Unix epoch.
    pub const fn from_unix_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// The moment this many seconds after the Unix epoch, as the `exp` of a JWT counts
    /// (RFC 7519 §2, `NumericDate`). Saturates to [`FOREVER`](Self::FOREVER).
    pub const fn from_unix_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_unix_millis(self) -> u64 {
        self.0
    }

    /// The moment `span` later. A part of a millisecond is dropped.
    pub fn saturating_add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }

    /// The moment `span` earlier, or the epoch. A part of a millisecond is dropped.
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
    pub fn has_passed(self, now: Timestamp) -> bool {
        now >= self
    }
}

impl From<SystemTime> for Timestamp {
    /// Times before 1970 become 1970-01-01T00:00:00Z.
    fn from(time: SystemTime) -> Self {
        let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(millis(since_epoch))
    }
}

/// The whole milliseconds in `span`, or `u64::MAX` if there are more.
pub(crate) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E10
    #[test]
    fn validity_is_half_open() {
        let end = Timestamp::from_unix_millis(1_000);
        assert!(!end.has_passed(Timestamp::from_unix_millis(999)));
        assert!(end.has_passed(Timestamp::from_unix_millis(1_000)));
        assert!(end.has_passed(Timestamp::from_unix_millis(1_001)));
    }

    #[test]
    fn a_time_of_the_system_is_a_date_from_1970_on() {
        let span = Duration::from_millis(1_234);
        let date = |time: SystemTime| Timestamp::from(time).as_unix_millis();
        assert_eq!(date(UNIX_EPOCH + span), 1_234);
        assert_eq!(date(UNIX_EPOCH - span), 0);
    }

    #[test]
    fn sums_saturate() {
        let start = Timestamp::from_unix_millis(5);
        assert_eq!(start.saturating_add(Duration::MAX), Timestamp::FOREVER);
        assert_eq!(Timestamp::from_unix_secs(u64::MAX), Timestamp::FOREVER);
        assert_eq!(start.saturating_since(Timestamp::FOREVER), Duration::ZERO);
    }
}
