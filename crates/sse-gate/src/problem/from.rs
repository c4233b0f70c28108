//! Which status and which detail each error gets.
//!
//! A client learns what it can act on: its credential, its limits, and when to come back. What went
//! wrong inside the server stays there.

use std::error::Error;
use std::time::Duration;

use http::StatusCode;
use sse_gate_codec::JsonError;
use sse_gate_core::{
    Cap, EntropyError, InvalidResource, InvalidSubject, IssueError, IssueErrorKind, PayloadError,
    RedeemError, StoreError, StoreErrorKind,
};
use sse_gate_resume::error::{
    AppendError, AppendErrorKind, LogError, SessionError, SessionErrorKind, TopicError,
    TopicErrorKind,
};

use super::Problem;
use crate::challenge::Challenge;
use crate::{InvalidRoute, RevokeError};

impl From<&IssueError> for Problem {
    /// A client that gets no token:
    ///
    /// | kind | status |
    /// |---|---|
    /// | the credential has expired, or the subject was revoked | 401 |
    /// | the payload is over the limit of one token | 413 |
    /// | a limit of the subject is reached | 429 with `Retry-After` |
    /// | a limit of the store is reached, or the store or the randomness failed | 503 with `Retry-After` |
    fn from(error: &IssueError) -> Self {
        let problem = match error.kind() {
            IssueErrorKind::CredentialExpired => {
                return Self::new(StatusCode::UNAUTHORIZED, "The credential has expired.")
                    .with_challenge(Challenge::bearer().invalid());
            }
            // The caller has signed out since it showed the credential. It can't get a token with the
            // same credential, so this is neither a conflict nor a failure of the server.
            IssueErrorKind::Withdrawn => {
                return Self::new(
                    StatusCode::UNAUTHORIZED,
                    "You have signed out in the meantime.",
                )
                .with_challenge(Challenge::bearer().invalid());
            }
            IssueErrorKind::Full(Cap::PayloadPerToken) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large.")
            }
            IssueErrorKind::Full(Cap::TokensPerSubject | Cap::PayloadPerSubject) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "You have too many unused stream tokens.",
            ),
            _ => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "No token can be issued right now.",
            ),
        };
        match error.retry_after() {
            Some(span) => problem.with_retry_after(span),
            None if problem.status == StatusCode::SERVICE_UNAVAILABLE => {
                problem.with_retry_after(Duration::from_secs(1))
            }
            None => problem,
        }
    }
}

impl From<IssueError> for Problem {
    /// 401, 413, 429 or 503, as for `&IssueError`.
    fn from(error: IssueError) -> Self {
        Self::from(&error)
    }
}

impl From<RedeemError> for Problem {
    /// 401 for every bad token, or 503 if the store can't be asked.
    fn from(error: RedeemError) -> Self {
        if error.is_unavailable() {
            return unavailable("The stream token can't be checked right now.");
        }
        let detail = "The stream token is invalid. Ask for a new one.";
        Self::new(StatusCode::UNAUTHORIZED, detail).with_challenge(Challenge::bearer().invalid())
    }
}

impl From<StoreError> for Problem {
    /// 429 at a limit of the subject, 413 for a payload that is too large, or 503.
    fn from(error: StoreError) -> Self {
        match error.kind() {
            StoreErrorKind::Full(_) | StoreErrorKind::Withdrawn => IssueError::from(error).into(),
            _ => unavailable("The store can't be asked right now."),
        }
    }
}

impl From<SessionError> for Problem {
    /// 429 if the subject has too many streams, 401 if it was revoked, or 503.
    fn from(error: SessionError) -> Self {
        match error.kind() {
            SessionErrorKind::FullForSubject => {
                let detail = "You have too many streams open.";
                let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, detail);
                problem.with_retry_after(Duration::from_secs(5))
            }
            SessionErrorKind::Revoked => {
                let detail = "The stream token is invalid. Ask for a new one.";
                let problem = Self::new(StatusCode::UNAUTHORIZED, detail);
                problem.with_challenge(Challenge::bearer().invalid())
            }
            _ => unavailable("No stream can be opened right now."),
        }
    }
}

impl From<AppendErrorKind> for Problem {
    /// 413 for an event that is too large, 410 for a log that has ended, 503 if there is no room or the
    /// log can't be asked, and 500 for an event that no log takes.
    fn from(kind: AppendErrorKind) -> Self {
        match kind {
            AppendErrorKind::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The event is too large.")
            }
            AppendErrorKind::Ended | AppendErrorKind::Closed => {
                Self::new(StatusCode::GONE, "The stream has ended.")
            }
            AppendErrorKind::NoRoom | AppendErrorKind::Unavailable => {
                unavailable("No event can be published right now.")
            }
            _ => internal(),
        }
    }
}

impl From<AppendError> for Problem {
    /// The same as for its [`AppendErrorKind`].
    fn from(error: AppendError) -> Self {
        error.kind().into()
    }
}

impl From<LogError> for Problem {
    /// 503: the client may try again.
    fn from(_: LogError) -> Self {
        unavailable("No stream can be opened right now.")
    }
}

impl From<TopicError> for Problem {
    /// 429 if the subject has too many topics, 404 for a name that is too long, 503 if there is no room
    /// for a topic. An event that was not appended: the same as for its [`AppendErrorKind`].
    fn from(error: TopicError) -> Self {
        let problem = match error.kind() {
            TopicErrorKind::NotAppended(kind) => return kind.into(),
            TopicErrorKind::NameTooLong => {
                return Self::new(StatusCode::NOT_FOUND, "There is no such topic.");
            }
            TopicErrorKind::FullForSubject => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "You have too many topics.")
            }
            _ => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "The topic can't be made right now.",
            ),
        };
        problem.with_retry_after(error.retry_after().unwrap_or(Duration::from_secs(1)))
    }
}

impl From<RevokeError> for Problem {
    /// 503: call [`Gate::revoke`](crate::Gate::revoke) again.
    fn from(_: RevokeError) -> Self {
        unavailable("Not everything could be ended. Try again.")
    }
}

impl From<EntropyError> for Problem {
    /// 503: the random number generator failed.
    fn from(_: EntropyError) -> Self {
        unavailable("The request can't be served right now.")
    }
}

impl From<InvalidSubject> for Problem {
    /// 422: a name that can't be a subject.
    fn from(_: InvalidSubject) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "This is not a valid subject.",
        )
    }
}

/// Errors in what a path or a body asks for: 404.
macro_rules! not_found {
    ($($error:ty),*) => {$(
        impl From<$error> for Problem {
            fn from(_: $error) -> Self {
                Self::new(StatusCode::NOT_FOUND, "There is no such stream.")
            }
        }
    )*};
}

not_found!(InvalidResource, InvalidRoute);

/// Mistakes of the server: a payload that its own authorizer wrote, or an event that can't be written
/// as JSON. 500.
macro_rules! internal {
    ($($error:ty),*) => {$(
        impl From<$error> for Problem {
            fn from(_: $error) -> Self {
                internal()
            }
        }
    )*};
}

internal!(PayloadError, JsonError);

impl From<Box<dyn Error + Send + Sync>> for Problem {
    /// 500, without any detail of the error.
    fn from(_: Box<dyn Error + Send + Sync>) -> Self {
        internal()
    }
}

fn unavailable(detail: &'static str) -> Problem {
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail);
    problem.with_retry_after(Duration::from_secs(1))
}

fn internal() -> Problem {
    let detail = "The server has made a mistake.";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
}
