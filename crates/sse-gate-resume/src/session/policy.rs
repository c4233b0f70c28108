//! How a session deals with clients that come back: [`ResumePolicy`].

use std::time::Duration;

/// How long a client waits before it comes back, how long a session waits for it, and how often an
/// answer may be lost.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_resume::ResumePolicy;
///
/// let policy = ResumePolicy::default();
/// assert_eq!((policy.retry(), policy.retries()), (Duration::from_secs(1), 2));
/// assert_eq!(policy.window(), Duration::from_secs(10));
///
/// // Money moves here: a lost answer costs the client a new token.
/// let strict = policy.with_strict_ids().with_idle(Duration::from_secs(30));
/// assert_eq!(strict.retries(), 0);
/// ```
///
/// Times are kept to the millisecond, and up to 49 days. Each session has a policy, so it is small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResumePolicy {
    retry: Millis,
    retries: u32,
    idle: Millis,
    takeovers: u32,
    takeover_span: Millis,
}

/// A time in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Millis(u32);

impl Millis {
    /// This time, or the longest there is.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is too long is compared before"
    )]
    const fn of(time: Duration) -> Self {
        let millis = time.as_millis();
        if millis < u32::MAX as u128 {
            Self(millis as u32)
        } else {
            Self(u32::MAX)
        }
    }

    const fn get(self) -> Duration {
        Duration::from_millis(self.0 as u64)
    }
}

impl ResumePolicy {
    /// The shortest time for which a used id is taken again.
    const MIN_WINDOW: Duration = Duration::from_secs(10);

    /// Takes no id twice.
    ///
    /// If the answer to a reconnect is lost, its client comes back with an id that was used, and the
    /// session is closed: the client has to ask for a new token.
    pub const fn with_strict_ids(mut self) -> Self {
        self.retries = 0;
        self
    }

    pub(super) const fn with_retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Sets how long a client waits before it comes back. Each connection is told a random time
    /// between this and twice as much, so that clients that were cut off together don't come back
    /// together.
    pub const fn with_retry(mut self, retry: Duration) -> Self {
        self.retry = Millis::of(retry);
        self
    }

    /// Sets how long a session waits for a client that has gone.
    pub const fn with_idle(mut self, idle: Duration) -> Self {
        self.idle = Millis::of(idle);
        self
    }

    /// Lets a client replace its own open connection at most `count` times within `span`, and at
    /// least once. Beyond that, it is told to come back later, and its id stays good. An id that was
    /// used already stays good until a [`window`](Self::window) after the span.
    ///
    /// A reconnect after the connection has ended is no takeover. Takeovers come from clients whose
    /// connection died unnoticed, and from two that take a stream from each other.
    pub const fn with_takeovers(mut self, count: u32, span: Duration) -> Self {
        self.takeovers = if count == 0 { 1 } else { count };
        self.takeover_span = Millis::of(span);
        self
    }

    /// How long a client waits at least before it comes back. At most, it waits twice as long.
    pub const fn retry(&self) -> Duration {
        self.retry.get()
    }

    /// How often an id that was used is taken again within the [`window`](Self::window): 0 with
    /// [strict ids](Self::with_strict_ids).
    pub const fn retries(&self) -> u32 {
        self.retries
    }

    /// How long a session waits for a client that has gone.
    pub const fn idle(&self) -> Duration {
        self.idle.get()
    }

    /// How often a client may replace its own connection within the
    /// [`takeover_span`](Self::takeover_span).
    pub const fn takeovers(&self) -> u32 {
        self.takeovers
    }

    /// The span in which [`takeovers`](Self::takeovers) are counted.
    pub const fn takeover_span(&self) -> Duration {
        self.takeover_span.get()
    }

    /// How long an id that was used is taken again, for a client that did not get the answer: three
    /// times the longest wait of a client and 2 s more, and at least 10 s.
    pub fn window(&self) -> Duration {
        let longest_wait = self.retry().saturating_mul(2);
        let window = longest_wait.saturating_mul(3);
        window
            .saturating_add(Duration::from_secs(2))
            .max(Self::MIN_WINDOW)
    }
}

impl Default for ResumePolicy {
    /// A client comes back after 1 to 2 s, and may lose two answers. A session waits for it for
    /// 2 min. It may take over 64 times within 10 s, far more often than browsers do.
    fn default() -> Self {
        Self {
            retry: Millis::of(Duration::from_secs(1)),
            retries: 2,
            idle: Millis::of(Duration::from_secs(120)),
            takeovers: 64,
            takeover_span: Millis::of(Duration::from_secs(10)),
        }
    }
}
