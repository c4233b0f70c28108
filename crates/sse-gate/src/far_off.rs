//! A time that is longer than any stream lasts: [`FAR_OFF`].

use std::time::Duration;

/// A year. It is short enough to be added to any instant.
pub(crate) const FAR_OFF: Duration = Duration::from_secs(365 * 24 * 60 * 60);
