//! What to do about a client that falls behind: [`SlowPolicy`].

use std::time::Duration;

use sse_gate_core::SteadyTime;

use crate::sessions::Sessions;

/// When to end the connection of a client that is too slow.
///
/// A connection has no queue of its own. It reads from the log, so a slow client costs no memory:
/// what it has not read yet is in the log anyway, and an event that the log no longer holds becomes
/// an `sse.gap`. This policy only decides when to end the connection. The client then comes back by
/// itself, and goes on behind the last event that it got.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_resume::SlowPolicy;
///
/// // A live feed: a client that is 50 events behind for 2 s gets a new connection.
/// let live = SlowPolicy::new(50, Duration::from_secs(2));
/// assert_ne!(live, SlowPolicy::default());
/// assert_ne!(live, SlowPolicy::NEVER);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlowPolicy {
    max_behind: u64,
    patience: Duration,
}

impl SlowPolicy {
    /// Ends a connection whose client was more than `max_behind` events behind for as long as
    /// `patience`. It is checked whenever the client takes events.
    pub const fn new(max_behind: u64, patience: Duration) -> Self {
        Self {
            max_behind,
            patience,
        }
    }

    /// Never ends a connection for being slow.
    pub const NEVER: Self = Self::new(u64::MAX, Duration::MAX);
}

impl Default for SlowPolicy {
    /// 256 events for 10 s. A client reads a burst in less time.
    fn default() -> Self {
        Self::new(256, Duration::from_secs(10))
    }
}

/// How far a client is behind, over time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slow {
    policy: SlowPolicy,
    behind_since: Option<SteadyTime>,
}

impl Slow {
    pub(crate) fn new(policy: SlowPolicy) -> Self {
        Self {
            policy,
            behind_since: None,
        }
    }

    /// Whether a client that is this many events behind has been so for too long.
    pub(crate) fn is_too_slow(&mut self, behind: u64, sessions: &Sessions) -> bool {
        if behind <= self.policy.max_behind {
            self.behind_since = None;
            return false;
        }
        let now = sessions.steady();
        let since = *self.behind_since.get_or_insert(now);
        since.saturating_add(self.policy.patience).has_passed(now)
    }
}
