//! The bearer, from the environment or from a file: [`BearerOrigin`].
//!
//! A file is read before each use, so that another program can renew what is in it: a sidecar that refreshes a JWT, or a
//! secret that a platform mounts. Spaces and line ends around it are left away, as most editors end a file with one.
//! The text is wiped from memory after use. An error names the variable or the file, and never what was there.

use std::fmt;
use std::path::PathBuf;

use sse_gate_client::{Bearer, BearerSource, BoxError};
use zeroize::Zeroizing;

/// Where the bearer is. It is read before each use, so a file may be written anew.
#[derive(Clone, Debug)]
pub(super) enum BearerOrigin {
    /// In this variable.
    Env(String),
    /// In this file.
    File(PathBuf),
}

/// There is no bearer. It shows where one was looked for, and nothing of what was there.
#[derive(Debug)]
struct NoBearerError(String);

impl fmt::Display for NoBearerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no bearer {}", self.0)
    }
}

impl std::error::Error for NoBearerError {}

impl BearerOrigin {
    /// The bearer that is there now.
    pub(super) fn read(&self) -> Result<Bearer, BoxError> {
        let (text, place) = match self {
            Self::Env(name) => (std::env::var(name).ok(), format!("in the variable {name}")),
            Self::File(path) => {
                let text = std::fs::read_to_string(path).ok();
                (text, format!("in the file {}", path.display()))
            }
        };
        let text = Zeroizing::new(text.ok_or_else(|| NoBearerError(place.clone()))?);
        let bearer = Bearer::new(text.trim());
        bearer.map_err(|error| NoBearerError(format!("{place}: {error}")).into())
    }
}

impl BearerSource for BearerOrigin {
    async fn bearer(&mut self, _refused: bool) -> Result<Bearer, BoxError> {
        self.read()
    }
}
