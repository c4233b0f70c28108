//! How much a log holds: [`LogLimits`].

use std::time::Duration;

/// The bounds of a log. At each of them the oldest events go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLimits {
    pub(super) events: usize,
    pub(super) bytes: usize,
    pub(super) age: Duration,
}

impl LogLimits {
    /// Keeps at most this many events, and at least one.
    pub const fn with_max_events(mut self, events: usize) -> Self {
        self.events = if events == 0 { 1 } else { events };
        self
    }

    /// Keeps at most this many bytes, counted as [`Page`](super::Page) hands them out. It is the
    /// largest event, too.
    pub const fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Keeps no event for longer than this. What is too old goes when the log is next used.
    pub const fn with_max_age(mut self, age: Duration) -> Self {
        self.age = age;
        self
    }
}

impl Default for LogLimits {
    /// 1,000 events, 1 MiB and 10 minutes: several times what a client misses that is away for
    /// the two minutes a session waits for it.
    fn default() -> Self {
        Self {
            events: 1_000,
            bytes: 1024 * 1024,
            age: Duration::from_secs(10 * 60),
        }
    }
}
