//! How patient a client is: [`Settings`].

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

/// How patient a client is, and how much it takes in. A time of more than a year is one of a year.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_client::Settings;
///
/// let settings = Settings::new()
///     .with_heartbeat(Duration::from_secs(20))
///     .with_max_event(64 * 1024)
///     .with_attempt_limit(10);
/// assert_eq!(Settings::default(), Settings::new());
/// assert_ne!(settings, Settings::new());
/// ```
///
/// Debug output leaves out the id of [`with_last_event_id`](Settings::with_last_event_id), which may be a
/// credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub(crate) heartbeat: Duration,
    pub(crate) answer: Duration,
    pub(crate) retry: Duration,
    pub(crate) retry_floor: Duration,
    pub(crate) max_delay: Duration,
    pub(crate) max_retry_after: Duration,
    pub(crate) attempt_limit: Option<NonZeroU32>,
    pub(crate) attempts_per_minute: NonZeroU32,
    pub(crate) max_event: usize,
    pub(crate) max_redirects: u8,
    pub(crate) numbered_ids: bool,
    pub(crate) end_is_complete: bool,
    pub(crate) last_event_id: HiddenId,
}

/// An id that does not print.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct HiddenId(Option<String>);

impl HiddenId {
    pub(crate) fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl fmt::Debug for HiddenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(..)" } else { "None" })
    }
}

impl Settings {
    /// The defaults, which each setter names.
    pub fn new() -> Self {
        Self {
            heartbeat: Duration::from_secs(45),
            answer: Duration::from_secs(30),
            retry: Duration::from_secs(1),
            retry_floor: Duration::from_millis(500),
            max_delay: Duration::from_secs(30),
            max_retry_after: Duration::from_secs(300),
            attempt_limit: None,
            attempts_per_minute: NonZeroU32::MIN.saturating_add(29),
            max_event: 1024 * 1024,
            max_redirects: 5,
            numbered_ids: false,
            end_is_complete: false,
            last_event_id: HiddenId::default(),
        }
    }

    /// After how long a silence the connection counts as dead: 45 s, three times the interval of the
    /// server's comments.
    pub fn with_heartbeat(mut self, silence: Duration) -> Self {
        self.heartbeat = bounded(silence);
        self
    }

    /// How long the server has for the head of its answer, and how long the token source has for a
    /// request: 30 s each.
    pub fn with_answer_limit(mut self, limit: Duration) -> Self {
        self.answer = bounded(limit);
        self
    }

    /// The reconnection time until the server names another with `retry`: 1 s.
    pub fn with_retry(mut self, retry: Duration) -> Self {
        self.retry = bounded(retry);
        self
    }

    /// The least reconnection time, whatever the server names: 500 ms.
    pub fn with_retry_floor(mut self, floor: Duration) -> Self {
        self.retry_floor = bounded(floor);
        self
    }

    /// The longest wait between two attempts, whatever the server names with `retry`: 30 s. It does not
    /// bound `Retry-After`, nor the wait of a client that has made all
    /// [attempts of a minute](Settings::with_attempts_per_minute).
    pub fn with_max_delay(mut self, max: Duration) -> Self {
        self.max_delay = bounded(max);
        self
    }

    /// The longest wait that a `Retry-After` can ask for: 5 minutes.
    pub fn with_max_retry_after(mut self, max: Duration) -> Self {
        self.max_retry_after = bounded(max);
        self
    }

    /// After how many failures in a row the client gives up; 0 for never, which is the default, as
    /// with a browser's `EventSource`.
    ///
    /// An event starts the count anew, and so does a connection that was open for 10 seconds.
    pub fn with_attempt_limit(mut self, failures: u32) -> Self {
        self.attempt_limit = NonZeroU32::new(failures);
        self
    }

    /// How many attempts the client makes in 60 seconds at most: 30.
    ///
    /// This holds whatever the server does: also for one that sends an event and then hangs up.
    pub fn with_attempts_per_minute(mut self, attempts: NonZeroU32) -> Self {
        self.attempts_per_minute = attempts;
        self
    }

    /// How large an event may be, in bytes: 1 MiB. A larger one ends the stream with
    /// [`EventTooLarge`](crate::ErrorKind::EventTooLarge).
    pub fn with_max_event(mut self, bytes: usize) -> Self {
        self.max_event = bytes;
        self
    }

    /// How many redirects in a row are followed, all within one origin: 5.
    pub fn with_max_redirects(mut self, redirects: u8) -> Self {
        self.max_redirects = redirects;
        self
    }

    /// Says that ids which are decimal numbers only grow, for the whole life of the stream, over restarts
    /// of the server, too. Then the client drops an event whose number it has had. By default it
    /// does not.
    ///
    /// The ids of resumable streams need no such word: they name their session.
    pub fn with_numbered_ids(mut self, numbered: bool) -> Self {
        self.numbered_ids = numbered;
        self
    }

    /// Whether a body that ends properly, after a whole event, is the end of the stream. By default it
    /// is not, as the HTML standard has it: the client connects again, until it gets `sse.close` or
    /// 204.
    ///
    /// Servers that never say so need this, such as those of most language models.
    pub fn with_end_as_complete(mut self, complete: bool) -> Self {
        self.end_is_complete = complete;
        self
    }

    /// The id to begin with, from an earlier run of the program.
    pub fn with_last_event_id(mut self, id: impl Into<String>) -> Self {
        self.last_event_id = HiddenId(Some(id.into()).filter(|id| !id.is_empty()));
        self
    }
}

/// A time that can be added to others.
fn bounded(time: Duration) -> Duration {
    time.min(Duration::from_secs(365 * 24 * 60 * 60))
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TokenError;
    use crate::machine::{Machine, Step};

    #[test]
    fn a_time_has_a_year_at_most() {
        let year = Duration::from_secs(31_536_000);
        assert_eq!(bounded(Duration::MAX), year);
        let less = Duration::from_secs(31_535_999);
        assert_eq!(bounded(less), less);
    }

    #[test]
    fn times_without_end_are_no_trouble() {
        let settings = Settings::new()
            .with_heartbeat(Duration::MAX)
            .with_answer_limit(Duration::MAX)
            .with_retry(Duration::MAX)
            .with_retry_floor(Duration::MAX)
            .with_max_delay(Duration::MAX)
            .with_max_retry_after(Duration::MAX);
        let mut machine = Machine::new(settings);
        let mut now = Duration::ZERO;
        for _ in 0..100 {
            match machine.poll(now, u64::MAX) {
                Step::Prepare(_) => machine.unprepared(TokenError::temporary("not yet")),
                Step::Wait(until) => now = until,
                _ => {}
            }
        }
        assert!(now > Duration::from_secs(365 * 24 * 60 * 60));
    }
}
