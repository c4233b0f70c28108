//! Why a limiter of streams failed: [`LimiterError`].

use std::error::Error;

/// A limiter of streams can't be reached. A limiter that is full is not broken: it says so in
/// [`Claimed`](crate::backend::Claimed).
///
/// ```
/// use std::error::Error;
/// use sse_gate_resume::error::LimiterError;
///
/// let error = LimiterError::unavailable("no route to host");
/// assert_eq!(error.to_string(), "stream limiter is unavailable");
/// assert_eq!(error.source().unwrap().to_string(), "no route to host");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("stream limiter is unavailable")]
pub struct LimiterError {
    source: Box<dyn Error + Send + Sync>,
}

impl LimiterError {
    /// The limiter can't be reached, for this reason.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            source: source.into(),
        }
    }
}
