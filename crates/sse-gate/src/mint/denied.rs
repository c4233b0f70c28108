//! Why a caller gets no token: [`Denied`].

use std::error::Error;
use std::time::Duration;

use http::StatusCode;
use sse_gate_core::PayloadError;

use crate::problem::Problem;

/// A request for a token is denied.
///
/// ```
/// use sse_gate::mint::Denied;
///
/// # fn ask_database() -> Result<bool, std::io::Error> { Ok(true) }
/// fn is_member() -> Result<bool, Denied> {
///     // 503 for the client; the error itself only goes to the gate's observer.
///     ask_database().map_err(Denied::unavailable)
/// }
/// # assert!(is_member().is_ok());
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// The stream exists and is not the caller's: 403.
    #[error("stream is not the caller's")]
    Forbidden,
    /// The stream does not exist, or the caller may not know of it: 404.
    #[error("there is no such stream")]
    NotFound,
    /// The body does not say what it should: 422.
    #[error("body is not what it should be")]
    Unprocessable,
    /// The content of the body is too long: 413.
    #[error("body is too large")]
    TooLarge,
    /// The caller has as many of something as one caller may have: 429.
    #[error("caller has too many of these")]
    TooMany {
        /// When to ask again.
        retry_after: Duration,
    },
    /// There is no room for another stream, of any caller: 503.
    #[error("there is no room for another stream")]
    Busy {
        /// When to ask again.
        retry_after: Duration,
    },
    /// What decides about the request can't be asked: 503. [`unavailable`](Self::unavailable) makes
    /// one.
    #[error("authorizer is unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

impl Denied {
    /// What decides about the request can't be asked, for this reason. The client is told to come
    /// back; the gate's observer gets the reason.
    pub fn unavailable(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable(reason.into())
    }
}

impl From<PayloadError> for Denied {
    /// The data for the handler can't be kept.
    fn from(_: PayloadError) -> Self {
        Self::Unprocessable
    }
}

impl From<&Denied> for Problem {
    fn from(denied: &Denied) -> Self {
        match denied {
            Denied::Forbidden => Self::new(StatusCode::FORBIDDEN, "This stream is not yours."),
            Denied::NotFound => Self::new(StatusCode::NOT_FOUND, "There is no such stream."),
            Denied::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large.")
            }
            Denied::Unprocessable => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "The body is not what it should be.",
            ),
            Denied::TooMany { retry_after } => {
                let detail = "You have too many of these already.";
                Self::new(StatusCode::TOO_MANY_REQUESTS, detail).with_retry_after(*retry_after)
            }
            Denied::Busy { retry_after } => {
                let detail = "There is no room for another stream.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).with_retry_after(*retry_after)
            }
            Denied::Unavailable(_) => {
                let detail = "Whether you may open this stream can't be checked right now.";
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, detail);
                problem.with_retry_after(Duration::from_secs(1))
            }
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        Self::from(&denied)
    }
}
