//! Where the time comes from: [`Clock`], with one of the system and one for tests.

mod manual;
mod system;

use std::fmt::Debug;
use std::sync::Arc;

pub use manual::ManualClock;
pub use system::SystemClock;

use crate::{SteadyTime, Timestamp};

/// Tells the time to gates and stores, in two readings.
///
/// | reading | used for | when the wall clock is set |
/// |---|---|---|
/// | [`now`](Self::now) | dates: the `exp` of a JWT, the end of a token in its entry | follows it |
/// | [`steady`](Self::steady) | spans: lifetimes, caps, ages | never goes back |
///
/// A token ends at its date or after its span, whichever comes first. So it lives no longer if the wall
/// clock is set back. And no client is locked out if the wall clock was ahead and is put right.
///
/// [`SystemClock`] is the usual clock, [`ManualClock`] the one for tests. A clock of your own:
///
/// ```
/// use std::time::Instant;
/// use sse_gate_core::{Clock, SteadyTime, SystemClock, Timestamp};
///
/// /// Steady time from `Instant`, for a machine that is never suspended.
/// #[derive(Debug)]
/// struct ServerClock(Instant);
///
/// impl Clock for ServerClock {
///     fn now(&self) -> Timestamp {
///         SystemClock.now()
///     }
///
///     fn steady(&self) -> SteadyTime {
///         SteadyTime::ZERO.saturating_add(self.0.elapsed())
///     }
/// }
///
/// let clock = ServerClock(Instant::now());
/// assert!(clock.steady() <= clock.steady());
/// ```
pub trait Clock: Debug + Send + Sync + 'static {
    /// The date, by the wall clock.
    fn now(&self) -> Timestamp;

    /// The time for measuring spans.
    ///
    /// It never goes back and is never slower than a monotonic clock. When the wall clock jumps
    /// ahead, for example after the machine was suspended, steady time jumps too. So a token ends too
    /// early rather than too late.
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
