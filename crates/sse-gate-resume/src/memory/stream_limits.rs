//! How many streams may be open on all nodes together: [`StreamLimits`].

use std::time::Duration;

/// Bounds on the places of a [`StreamLimiter`](crate::backend::StreamLimiter), over all nodes.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_resume::StreamLimits;
/// use sse_gate_resume::backend::MemoryLimiter;
///
/// let limits = StreamLimits::default()
///     .with_max(50_000)
///     .with_max_per_subject(4)
///     .with_ttl(Duration::from_secs(15));
/// let limiter = MemoryLimiter::new(limits);
/// assert!(limiter.is_empty());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamLimits {
    in_all: usize,
    per_subject: usize,
    ttl: Duration,
}

impl StreamLimits {
    /// At most this many in all.
    pub const fn with_max(mut self, streams: usize) -> Self {
        self.in_all = streams;
        self
    }

    /// At most this many of one subject.
    pub const fn with_max_per_subject(mut self, streams: usize) -> Self {
        self.per_subject = streams;
        self
    }

    /// How long a place lasts that is not renewed. After a node dies, its places are in use for this long.
    /// A node renews its places every third of it, but at most 20 times a second.
    pub const fn with_ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// How many there may be in all.
    pub const fn max(&self) -> usize {
        self.in_all
    }

    /// How many one subject may have.
    pub const fn max_per_subject(&self) -> usize {
        self.per_subject
    }

    /// How long a place lasts that is not renewed.
    pub const fn ttl(&self) -> Duration {
        self.ttl
    }
}

impl Default for StreamLimits {
    /// 100,000 streams in all, ten nodes at their default, and 16 of one subject, as on one node. A place
    /// lasts for 30 s, so that a node has three attempts to renew it.
    fn default() -> Self {
        Self {
            in_all: 100_000,
            per_subject: 16,
            ttl: Duration::from_secs(30),
        }
    }
}
