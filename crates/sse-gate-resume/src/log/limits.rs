//! How much a log holds: [`LogLimits`].

use std::time::Duration;

/// The bounds of a log. At each of them, the oldest events make room for new ones.
///
/// A client that comes back finds what it missed as long as the log holds it. What is gone is an
/// `sse.gap` for the client, never silence.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_resume::{LogBudget, LogLimits, Logs};
///
/// // Prices: many small events, of which only the newest matter.
/// let limits = LogLimits::default()
///     .with_max_events(100)
///     .with_max_bytes(64 * 1024)
///     .with_max_age(Duration::from_secs(30));
/// let logs = Logs::new(limits, LogBudget::default());
/// # let _ = logs;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLimits {
    pub(super) events: usize,
    pub(super) bytes: usize,
    pub(super) age: Duration,
}

impl LogLimits {
    /// Keeps at most this many events, and at least one. The default is 1,000.
    pub const fn with_max_events(mut self, events: usize) -> Self {
        self.events = if events == 0 { 1 } else { events };
        self
    }

    /// Keeps at most this many bytes, as they stand on the wire, but without ids. A single event that
    /// is larger is refused. The default is 1 MiB.
    pub const fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// How many events a log keeps.
    pub const fn max_events(&self) -> usize {
        self.events
    }

    /// How many bytes a log keeps.
    pub const fn max_bytes(&self) -> usize {
        self.bytes
    }

    /// For how long a log keeps an event.
    pub const fn max_age(&self) -> Duration {
        self.age
    }

    /// Keeps no event for longer than this, 10 minutes by default. What is too old is dropped when
    /// the log is next used.
    pub const fn with_max_age(mut self, age: Duration) -> Self {
        self.age = age;
        self
    }
}

impl Default for LogLimits {
    /// 1,000 events, 1 MiB and 10 minutes: several times what a client misses within the two
    /// minutes for which a session waits for it.
    fn default() -> Self {
        Self {
            events: 1_000,
            bytes: 1024 * 1024,
            age: Duration::from_secs(10 * 60),
        }
    }
}
