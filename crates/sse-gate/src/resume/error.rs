//! Why a handler gets no stream: [`AttachError`].

use std::time::Duration;

use http::StatusCode;
use sse_gate_core::EntropyError;
use sse_gate_resume::error::{OpenError, SessionError, SessionErrorKind};

use crate::challenge::Challenge;
use crate::problem::Problem;

/// A stream was not attached to its session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttachError {
    /// It was attached before: a request has one stream.
    #[error("request has its stream already")]
    Already,
    /// It was begun on another log, which is no more.
    #[error("session was begun on another log")]
    OtherLog,
    /// Its session can't be closed.
    #[error("session can't be closed")]
    NotClosed(#[from] SessionError),
    /// No session was opened.
    #[error("session can't be opened")]
    NotOpened(#[from] OpenError),
    /// The subject has as much work in progress as it may have. It was not told to stop in time, or
    /// does not stop although its session is over.
    #[error("subject has too much work in progress")]
    TooMuchWork,
    /// There is as much work in progress as there may be.
    #[error("there is too much work in progress")]
    TooMuchWorkInAll,
    /// No log could be made.
    #[error("log can't be made")]
    NoLog(#[from] EntropyError),
}

impl From<AttachError> for Problem {
    /// What the client is told: 429 if it has too many sessions or too much work, 401 if its right was
    /// taken away in this moment, 410 if its log is no more, 500 for a handler's mistake, or 503.
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
                "What the stream began with is no more. Ask for a new token.",
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
