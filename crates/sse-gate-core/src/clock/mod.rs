//! Where the time comes from: [`Clock`], the system's and one that tests move by hand.

mod manual;
mod system;

use std::fmt::Debug;
use std::sync::Arc;

pub use manual::ManualClock;
pub use system::SystemClock;

use crate::{SteadyTime, Timestamp};

/// Tells the time to gates and stores, in two readings.
///
/// | reading | is for | when the wall clock is set |
/// |---|---|---|
/// | [`now`](Self::now) | dates: the `exp` of a JWT, the end of a token in its entry | follows it |
/// | [`steady`](Self::steady) | spans: lifetimes, caps, windows, ages | never goes back |
///
/// A span is measured on `steady`, and a date is compared with `now`. What has both ends at the
/// earlier one. So a wall clock that is set back makes no life longer, and one that was ahead and
/// is put right keeps no client out.
///
/// ```
/// use std::time::Instant;
/// use sse_gate_core::{Clock, SteadyTime, SystemClock, Timestamp};
///
/// /// Steady time from a device that also runs while the machine sleeps.
/// #[derive(Debug)]
/// struct Device(Instant);
///
/// impl Clock for Device {
///     fn now(&self) -> Timestamp {
///         SystemClock.now()
///     }
///
///     fn steady(&self) -> SteadyTime {
///         SteadyTime::ZERO.saturating_add(self.0.elapsed())
///     }
/// }
/// ```
pub trait Clock: Debug + Send + Sync + 'static {
    /// The date, by the wall clock as it stands.
    fn now(&self) -> Timestamp;

    /// The time for measuring spans.
    ///
    /// It never goes back and is never slower than a monotonic clock. When the wall clock jumps
    /// ahead, as it does after the machine was suspended, it jumps too: a life ends early rather
    /// than late.
    fn steady(&self) -> SteadyTime;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }

    fn steady(&self) -> SteadyTime {
        (**self).steady()
    }
}
