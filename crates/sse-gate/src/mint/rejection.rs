//! Why a mint refuses a request: [`MintRejection`].

use std::error::Error;
use std::time::Duration;

use http::StatusCode;
use sse_gate_core::{IssueError, MintRefusalReason};

use super::{AuthError, Challenge, Denied};
use crate::problem::Problem;

pub(super) type BoxError = Box<dyn Error + Send + Sync>;

/// Why a request gets no token, or why a caller with its own credential gets no stream.
#[derive(Debug)]
pub(crate) enum MintRejection {
    /// The method is not POST.
    Method,
    /// The path is not the mint path of the route.
    Path,
    /// The authenticator refused.
    NotAuthenticated(AuthError),
    /// The body can't be read.
    Body(BodyFault),
    /// The authorizer refused.
    Denied(Denied),
    /// The gate did not issue the token.
    NotIssued(IssueError),
}

/// Why a body can't be read.
#[derive(Debug)]
pub(crate) enum BodyFault {
    /// It did not arrive within the time limit.
    TooSlow,
    /// It is larger than the limit of one body.
    TooLarge,
    /// Its content type is not JSON.
    NotJson,
    /// Its connection failed.
    Broken(BoxError),
    /// The subject has too many bodies in progress.
    PerSubject,
    /// There are too many bodies or bytes in progress.
    InAll,
}

impl MintRejection {
    /// The reason, for metrics and logs.
    pub(crate) fn reason(&self) -> MintRefusalReason {
        match self {
            Self::Method => MintRefusalReason::Method,
            Self::Path => MintRefusalReason::Path,
            Self::NotAuthenticated(error) => MintRefusalReason::Credential(error.reason()),
            Self::Body(fault) => fault.reason(),
            Self::Denied(Denied::Forbidden) => MintRefusalReason::Forbidden,
            Self::Denied(Denied::NotFound) => MintRefusalReason::NotFound,
            Self::Denied(Denied::Unprocessable) => MintRefusalReason::Unprocessable,
            Self::Denied(Denied::TooLarge) => MintRefusalReason::TooLarge,
            Self::Denied(Denied::TooMany { .. }) => MintRefusalReason::TooMany,
            Self::Denied(Denied::Busy { .. }) => MintRefusalReason::Busy,
            Self::Denied(Denied::Unavailable(_)) => MintRefusalReason::Unavailable,
            Self::NotIssued(error) => MintRefusalReason::NotIssued(error.kind()),
        }
    }

    /// The error behind it, for logs.
    pub(crate) fn error(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotAuthenticated(error) => Some(error),
            Self::NotIssued(error) => Some(error),
            Self::Denied(Denied::Unavailable(error)) | Self::Body(BodyFault::Broken(error)) => {
                Some(&**error)
            }
            _ => None,
        }
    }

    /// What the client is told.
    pub(crate) fn to_problem(&self, challenge: &Challenge) -> Problem {
        let problem = match self {
            Self::Method => {
                Problem::new(StatusCode::METHOD_NOT_ALLOWED, "Ask for a token with POST.")
                    .with_allow("POST")
            }
            Self::Path => Denied::NotFound.into(),
            Self::NotAuthenticated(error) => error.to_problem(challenge),
            Self::Body(fault) => fault.to_problem(),
            Self::Denied(denied) => denied.into(),
            Self::NotIssued(error) => error.into(),
        };
        problem.for_scheme(challenge)
    }
}

impl BodyFault {
    fn reason(&self) -> MintRefusalReason {
        match self {
            Self::TooSlow => MintRefusalReason::BodyTooSlow,
            Self::TooLarge => MintRefusalReason::BodyTooLarge,
            Self::NotJson => MintRefusalReason::BodyNotJson,
            Self::Broken(_) => MintRefusalReason::BodyBroken,
            Self::PerSubject => MintRefusalReason::BodiesPerSubject,
            Self::InAll => MintRefusalReason::BodiesInAll,
        }
    }

    fn to_problem(&self) -> Problem {
        let (status, detail) = match self {
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "The body did not arrive in time.",
            ),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."),
            Self::NotJson => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body must be application/json.",
            ),
            Self::Broken(_) => (StatusCode::BAD_REQUEST, "The body could not be read."),
            Self::PerSubject => (
                StatusCode::TOO_MANY_REQUESTS,
                "You have too many requests under way.",
            ),
            Self::InAll => (
                StatusCode::SERVICE_UNAVAILABLE,
                "There are too many requests under way.",
            ),
        };
        let problem = Problem::new(status, detail);
        match self {
            Self::PerSubject | Self::InAll => problem.with_retry_after(Duration::from_secs(1)),
            _ => problem,
        }
    }
}

impl From<AuthError> for MintRejection {
    fn from(error: AuthError) -> Self {
        Self::NotAuthenticated(error)
    }
}

impl From<BodyFault> for MintRejection {
    fn from(fault: BodyFault) -> Self {
        Self::Body(fault)
    }
}

impl From<Denied> for MintRejection {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<IssueError> for MintRejection {
    fn from(error: IssueError) -> Self {
        Self::NotIssued(error)
    }
}
