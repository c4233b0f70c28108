//! How a server serves: [`Settings`].

use std::time::Duration;

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
