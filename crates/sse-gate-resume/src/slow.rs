//! What to do about a client that falls behind: [`SlowPolicy`].

use std::time::Duration;

use sse_gate_core::SteadyTime;

use crate::sessions::Sessions;

/// When a client is too slow to be served any longer.
///
/// A connection has no queue of its own. It reads from the log, so what waits for a slow client is
/// what the log holds anyway, and an event that the log no longer holds becomes an `sse.gap`. This
/// policy only decides when to end the connection: its client comes back by itself, and goes on
/// behind the last event that it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlowPolicy {
    max_behind: u64,
    patience: Duration,
}

impl SlowPolicy {
    /// Ends the connection of a client that is more than `max_behind` events behind, each time it
    /// takes some, for as long as `patience`.
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
    /// 256 events for 10 seconds. A burst that a writer makes at once is over long before.
    fn default() -> Self {
        Self::new(256, Duration::from_secs(10))
    }
}

/// How a client is doing.
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
