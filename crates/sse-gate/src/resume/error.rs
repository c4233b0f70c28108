//! Why a stream can't be attached: [`AttachError`].

use std::time::Duration;

use http::StatusCode;
use sse_gate_resume::error::{LogError, OpenError, SessionError, SessionErrorKind};

use crate::challenge::Challenge;
use crate::problem::Problem;

/// A stream was not attached to its session. [`produce`](super::ResumableStream::produce) and
/// [`follow`](super::ResumableStream::follow) return it.
///
/// As a [`Problem`], or as a response of axum, each variant has a status:
///
/// | variant | status |
/// |---|---|
/// | [`NotOpened`](Self::NotOpened), if the subject has too many sessions | 429 with `Retry-After` |
/// | [`NotOpened`](Self::NotOpened), if the subject was revoked just now | 401 |
/// | [`TooMuchWork`](Self::TooMuchWork) | 429 with `Retry-After` |
/// | [`OtherLog`](Self::OtherLog) | 410 |
/// | [`Already`](Self::Already) | 500: the handler has a mistake |
/// | all others | 503 with `Retry-After` |
///
/// ```
/// use http::StatusCode;
/// use sse_gate::{AttachError, Problem};
///
/// assert_eq!(Problem::from(AttachError::TooMuchWork).status(), StatusCode::TOO_MANY_REQUESTS);
/// assert_eq!(Problem::from(AttachError::OtherLog).status(), StatusCode::GONE);
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttachError {
    /// The stream of this request was attached before. A request has one stream.
    #[error("the stream of this request is attached already")]
    Already,
    /// The session began with another log, which does not exist any more. The session is closed.
    #[error("the session began with another log")]
    OtherLog,
    /// The work was refused, and the session that was opened for it can't be closed.
    #[error("the session can't be closed")]
    NotClosed(#[from] SessionError),
    /// The session can't be opened.
    #[error("the session can't be opened")]
    NotOpened(#[from] OpenError),
    /// The subject has too much work in progress. Other work of the subject did not stop within 1 s.
    #[error("the subject has too much work in progress")]
    TooMuchWork,
    /// All subjects together have too much work in progress.
    #[error("there is too much work in progress")]
    TooMuchWorkInAll,
    /// The log can't be made or found.
    #[error("the log can't be made or found")]
    NoLog(#[from] LogError),
}

impl From<AttachError> for Problem {
    /// 401, 410, 429, 500 or 503: see [`AttachError`].
    fn from(error: AttachError) -> Self {
        let kind = match &error {
            AttachError::NotOpened(OpenError::Store(error)) => Some(error.kind()),
            _ => None,
        };
        match (error, kind) {
            (_, Some(SessionErrorKind::FullForSubject)) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "You have too many streams open.",
            )
            .with_retry_after(Duration::from_secs(5)),
            (AttachError::TooMuchWork, _) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "You have too much work in progress.",
            )
            .with_retry_after(Duration::from_secs(5)),
            (_, Some(SessionErrorKind::Revoked)) => Self::new(
                StatusCode::UNAUTHORIZED,
                "The stream token is invalid. Ask for a new one.",
            )
            .with_challenge(Challenge::bearer().invalid()),
            (AttachError::OtherLog, _) => Self::new(
                StatusCode::GONE,
                "The data of this stream is gone. Ask for a new token.",
            ),
            (AttachError::Already, _) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The stream was attached twice.",
            ),
            _ => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "No stream can be opened right now.",
            )
            .with_retry_after(Duration::from_secs(1)),
        }
    }
}
