//! How a session deals with clients that come back: [`ResumePolicy`].

use std::time::Duration;

/// How long a client waits, how long it is waited for, and how often an answer may get lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResumePolicy {
    pub(super) retry: Duration,
    pub(super) retries: u32,
    pub(super) idle: Duration,
    pub(super) takeovers: u32,
    pub(super) takeover_span: Duration,
}

impl ResumePolicy {
    /// The shortest time that a used id is still taken for.
    const MIN_WINDOW: Duration = Duration::from_secs(10);

    /// No id is taken twice, whatever got lost.
    ///
    /// A client whose reconnect was received and whose answer got lost comes back with an id that
    /// is used, and its session is closed: it has to ask for a new token.
    pub const fn with_strict_ids(mut self) -> Self {
        self.retries = 0;
        self
    }

    /// How long a client waits before it comes back. What it is told is drawn anew for each
    /// connection, between this and twice as much, so that those who were cut off together don't
    /// come back together.
    pub const fn with_retry(mut self, retry: Duration) -> Self {
        self.retry = retry;
        self
    }

    /// How long a session waits for a client that has gone.
    pub const fn with_idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// Lets a client replace its own connection while that is still there at most `count` times
    /// within `span`, and at least once. Beyond that it is told to come back later, and its id stays
    /// good: one that was used already, until a [`window`](Self::window) after the span.
    ///
    /// A connection that has ended counts for nothing: only clients whose connections died unnoticed
    /// replace them, and those that take a stream from each other.
    pub const fn with_takeovers(mut self, count: u32, span: Duration) -> Self {
        self.takeovers = if count == 0 { 1 } else { count };
        self.takeover_span = span;
        self
    }

    /// How long a client waits at least before it comes back. At most, it waits twice as long.
    pub const fn retry(&self) -> Duration {
        self.retry
    }

    /// How often an id that was used is taken again within the [`window`](Self::window): 0 with
    /// [strict ids](Self::with_strict_ids).
    pub const fn retries(&self) -> u32 {
        self.retries
    }

    /// How long a session waits for a client that has gone.
    pub const fn idle(&self) -> Duration {
        self.idle
    }

    /// How often a client may replace its own connection within the
    /// [`takeover_span`](Self::takeover_span).
    pub const fn takeovers(&self) -> u32 {
        self.takeovers
    }

    /// The span in which [`takeovers`](Self::takeovers) are counted.
    pub const fn takeover_span(&self) -> Duration {
        self.takeover_span
    }

    /// How long an id that was used is still taken, for a client that did not get the answer:
    /// three times the longest wait of a client and two seconds more, and at least ten seconds.
    pub fn window(&self) -> Duration {
        let longest_wait = self.retry.saturating_mul(2);
        let window = longest_wait.saturating_mul(3);
        window
            .saturating_add(Duration::from_secs(2))
            .max(Self::MIN_WINDOW)
    }
}

impl Default for ResumePolicy {
    /// A wait of one to two seconds; two lost answers; two minutes for a client that has gone; 64
    /// takeovers within 10 seconds, many more than browsers do.
    fn default() -> Self {
        Self {
            retry: Duration::from_secs(1),
            retries: 2,
            idle: Duration::from_secs(120),
            takeovers: 64,
            takeover_span: Duration::from_secs(10),
        }
    }
}
