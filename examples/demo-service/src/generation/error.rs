//! Why a generation was not started.

use rand::rngs::SysError;

use crate::infer::{SampleError, TypeNameError};

/// Why a generation was not started.
///
/// Exhaustive on purpose: each is one HTTP status, and a server that has none for a new one should
/// not build.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The sample is too long (413) or no JSON (422; the message has line and column).
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// The name is no name for a type (422).
    #[error("the name is {0}")]
    Name(#[from] TypeNameError),
    /// The user has as many unfinished generations as one may have (429).
    #[error("you have {0} generations that are not finished: wait, or cancel one")]
    TooManyOfYours(usize),
    /// No room for another generation of anybody's (503).
    #[error("too many generations at the moment: try again later")]
    Busy,
    /// The operating system gave no randomness for an id (503).
    #[error("the operating system gave no randomness for an id")]
    NoRandomness(#[from] SysError),
}
