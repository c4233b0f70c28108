//! How a server serves: [`Settings`].

use std::time::Duration;

use crate::activity::Limits;

/// How long a client may be silent by default.
const SILENCE: Duration = Duration::from_secs(30);

/// How long a request may be under way by default, if its answer is no stream.
const ANSWER: Duration = Duration::from_secs(300);

/// How long connections have to finish by default.
const GRACE: Duration = Duration::from_secs(10);

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
            idle: self.silence / 6 * 5,
            answer: self.answer,
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
