//! How a server serves: [`Settings`].

use std::time::Duration;

/// How long a client may be silent by default.
const SILENCE: Duration = Duration::from_secs(30);

/// How long connections have to finish by default.
const GRACE: Duration = Duration::from_secs(10);

/// What [`Serve`](crate::Serve) sets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) silence: Duration,
    pub(crate) grace: Duration,
    pub(crate) parks: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            silence: SILENCE,
            grace: GRACE,
            parks: true,
        }
    }
}
