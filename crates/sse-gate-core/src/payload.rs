//! Errors of turning an application's data into a grant's payload and back.

use std::error::Error;
use std::fmt;

/// A payload could not be serialised, or is not of the type that was asked for.
#[derive(Debug)]
pub struct PayloadError {
    source: Option<serde_json::Error>,
}

impl PayloadError {
    pub(crate) fn absent() -> Self {
        Self { source: None }
    }

    /// Whether the grant carries no payload at all.
    pub fn is_absent(&self) -> bool {
        self.source.is_none()
    }
}

impl From<serde_json::Error> for PayloadError {
    fn from(error: serde_json::Error) -> Self {
        Self {
            source: Some(error),
        }
    }
}

impl fmt::Display for PayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.source {
            None => "grant has no payload",
            Some(_) => "payload does not fit its type",
        })
    }
}

impl Error for PayloadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
