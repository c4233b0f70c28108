//! How a server serves: [`Settings`].

use std::time::Duration;

use crate::activity::Limits;

/// How long a client may be silent by default.
const SILENCE: Duration = Duration::from_secs(30);

/// How long a request may be under way by default, if its answer is no stream.
const ANSWER: Duration = Duration::from_secs(300);

/// How long connections have to finish by default.
const GRACE: Duration = Duration::from_secs(10);

/// A longer time is as good as none. It can be added to any moment, which the longest `Duration` can't.
const FAR_OFF: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What [`Serve`](crate::Serve) sets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) silence: Duration,
    pub(crate) answer: Duration,
    pub(crate) grace: Duration,
    pub(crate) parks: bool,
}

impl Settings {
    /// How long a connection may be as it is. What is left of the time of silence is for what it still has to say then.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            idle: (self.silence / 6 * 5).min(FAR_OFF),
            answer: self.answer.min(FAR_OFF),
        }
    }

    /// The same of one that was idle and was asked to end.
    pub(crate) fn last_limits(&self) -> Limits {
        Limits {
            idle: (self.silence / 6).min(FAR_OFF),
            ..self.limits()
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            silence: SILENCE,
            answer: ANSWER,
            grace: GRACE,
            parks: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[test]
    fn the_longest_times_can_be_added_to_a_moment() {
        let settings = Settings {
            silence: Duration::MAX,
            answer: Duration::MAX,
            ..Settings::default()
        };
        let Limits { idle, answer } = settings.limits();
        let now = Instant::now();
        assert!(now.checked_add(idle).is_some() && now.checked_add(answer).is_some());
    }
}
