//! Why an authorizer denies a request: [`Denied`].

use std::error::Error;
use std::time::Duration;

use http::StatusCode;
use sse_gate_core::PayloadError;

use crate::problem::Problem;

/// An [`Authorizer`](super::Authorizer) denies a request. Each variant has a status of its own.
///
/// Choose [`NotFound`](Self::NotFound) over [`Forbidden`](Self::Forbidden) if a caller may not know
/// whether the stream exists.
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
    /// The caller may not open this stream: 403.
    #[error("the caller may not open this stream")]
    Forbidden,
    /// The stream does not exist, or the caller may not know of it: 404.
    #[error("there is no such stream")]
    NotFound,
    /// The body is not valid for this request: 422.
    #[error("body is not valid for this request")]
    Unprocessable,
    /// The content of the body is too long: 413.
    #[error("body is too large")]
    TooLarge,
    /// The caller has reached a limit of yours: 429.
    #[error("caller has too many of these")]
    TooMany {
        /// When the client may ask again. It is sent as `Retry-After`, in whole seconds.
        retry_after: Duration,
    },
    /// The service has no capacity for another stream, of any caller: 503.
    #[error("there is no room for another stream")]
    Busy {
        /// When the client may ask again. It is sent as `Retry-After`, in whole seconds.
        retry_after: Duration,
    },
    /// The authorizer failed, because its database did not answer, for example: 503.
    /// [`unavailable`](Self::unavailable) makes one.
    #[error("authorizer is unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

impl Denied {
    /// The authorizer failed because of this error. The client is told to come back after 1 s. The
    /// gate's observer gets the error.
    pub fn unavailable(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable(reason.into())
    }
}

impl From<PayloadError> for Denied {
    /// The data for the handler can't be written as JSON: 422.
    fn from(_: PayloadError) -> Self {
        Self::Unprocessable
    }
}

impl From<&Denied> for Problem {
    fn from(denied: &Denied) -> Self {
        match denied {
            Denied::Forbidden => Self::new(StatusCode::FORBIDDEN, "You may not open this stream."),
            Denied::NotFound => Self::new(StatusCode::NOT_FOUND, "There is no such stream."),
            Denied::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large.")
            }
            Denied::Unprocessable => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "The body is not valid for this request.",
            ),
            Denied::TooMany { retry_after } => {
                let detail = "You have reached a limit.";
                Self::new(StatusCode::TOO_MANY_REQUESTS, detail).with_retry_after(*retry_after)
            }
            Denied::Busy { retry_after } => {
                let detail = "There is no room for another stream.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).with_retry_after(*retry_after)
            }
            Denied::Unavailable(_) => {
                let detail = "Your access to this stream can't be checked right now.";
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
