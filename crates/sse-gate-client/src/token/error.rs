//! Why a source made no request: [`TokenError`].

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

use crate::machine::{Action, retry_after};
use crate::{BoxError, ErrorKind};

/// Why a [`TokenSource`](crate::TokenSource) made no request, and whether it may make one later.
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use sse_gate_client::TokenError;
///
/// // What a status means is decided by the same table as for streams.
/// let busy = TokenError::from_status(StatusCode::SERVICE_UNAVAILABLE, &HeaderMap::new());
/// assert!(busy.is_temporary());
/// assert!(!TokenError::permanent("there is no such account").is_temporary());
/// ```
#[derive(Debug)]
pub struct TokenError {
    pub(crate) outcome: Outcome,
    source: Option<BoxError>,
}

/// What the client does about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Retry,
    RetryAfter(Option<Duration>, u16),
    RetryStatus(u16),
    Stop(ErrorKind),
}

impl TokenError {
    /// It may work later: the client waits, and asks again.
    pub fn temporary(error: impl Into<BoxError>) -> Self {
        Self {
            outcome: Outcome::Retry,
            source: Some(error.into()),
        }
    }

    /// It never will: the client stops.
    pub fn permanent(error: impl Into<BoxError>) -> Self {
        Self {
            outcome: Outcome::Stop(ErrorKind::Source),
            source: Some(error.into()),
        }
    }

    /// The credential is refused, and there will be no other.
    pub(crate) const fn refused() -> Self {
        Self {
            outcome: Outcome::Stop(ErrorKind::Unauthorized),
            source: None,
        }
    }

    /// What the status of an answer means that brought no token. 401 is final: ask for a new bearer
    /// before you return this.
    pub fn from_status(status: StatusCode, headers: &HeaderMap) -> Self {
        let outcome = match Action::of_mint(status) {
            Action::RetryAfter => Outcome::RetryAfter(retry_after(headers), status.as_u16()),
            Action::Retry => Outcome::RetryStatus(status.as_u16()),
            Action::Stop(kind) => Outcome::Stop(kind),
            _ => Outcome::Stop(ErrorKind::Refused(status)),
        };
        Self {
            outcome,
            source: None,
        }
    }

    /// Whether the client will ask again.
    pub const fn is_temporary(&self) -> bool {
        !matches!(self.outcome, Outcome::Stop(_))
    }

    pub(crate) fn into_parts(self) -> (Outcome, Option<BoxError>) {
        (self.outcome, self.source)
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Outcome::RetryAfter(_, status) | Outcome::RetryStatus(status) => {
                write!(f, "the server answered {status}")
            }
            Outcome::Stop(ErrorKind::Refused(status)) => write!(f, "the server answered {status}"),
            Outcome::Stop(ErrorKind::Unauthorized) => f.write_str("the server refused the bearer"),
            Outcome::Stop(_) => f.write_str("there is no request for the stream"),
            Outcome::Retry => f.write_str("there is no request for the stream yet"),
        }
    }
}

impl std::error::Error for TokenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|it| it as _)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use http::header::RETRY_AFTER;

    use super::*;

    #[test]
    fn a_status_says_whether_a_source_is_asked_again() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, 7.into());
        let wait = Some(Duration::from_secs(7));
        for (status, outcome, text) in [
            (
                503,
                Outcome::RetryAfter(wait, 503),
                "the server answered 503",
            ),
            (502, Outcome::RetryStatus(502), "the server answered 502"),
            (
                401,
                Outcome::Stop(ErrorKind::Unauthorized),
                "the server refused the bearer",
            ),
            (
                403,
                Outcome::Stop(ErrorKind::Refused(StatusCode::FORBIDDEN)),
                "the server answered 403 Forbidden",
            ),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let error = TokenError::from_status(status, &headers);
            assert_eq!(error.outcome, outcome);
            assert_eq!(error.is_temporary(), status.is_server_error());
            assert_eq!(error.to_string(), text);
        }
    }

    #[test]
    fn an_error_of_a_source_keeps_its_cause() {
        for (error, is_temporary, text) in [
            (
                TokenError::temporary("no network"),
                true,
                "there is no request for the stream yet",
            ),
            (
                TokenError::permanent("no network"),
                false,
                "there is no request for the stream",
            ),
        ] {
            assert_eq!(error.is_temporary(), is_temporary);
            assert_eq!(error.to_string(), text);
            assert_eq!(error.source().unwrap().to_string(), "no network");
        }
    }
}
