//! Why there is no log of a topic: [`TopicError`].

use std::error::Error;
use std::time::Duration;

use crate::log::{AppendError, AppendErrorKind, LogError, LogErrorKind};

/// There is no log of a topic, or its log does not take an event.
///
/// ```
/// use sse_gate_resume::error::{TopicError, TopicErrorKind};
///
/// /// The status of the answer, and its `Retry-After`.
/// fn answer(error: &TopicError) -> (u16, Option<u64>) {
///     let status = match error.kind() {
///         TopicErrorKind::NameTooLong => 404,
///         TopicErrorKind::FullForSubject => 429,
///         TopicErrorKind::NotAppended(_) => 400,
///         _ => 503,
///     };
///     (status, error.retry_after().map(|wait| wait.as_secs()))
/// }
///
/// # pollster::block_on(async {
/// let long = sse_gate_resume::Topics::default().log(&"x".repeat(257), None).await;
/// assert_eq!(answer(&long.unwrap_err()), (404, None));
/// # });
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct TopicError {
    kind: TopicErrorKind,
    retry_after: Option<Duration>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`TopicError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TopicErrorKind {
    /// The name has more than [`Topics::MAX_NAME_LEN`](crate::Topics::MAX_NAME_LEN) bytes.
    #[error("name of the topic is too long")]
    NameTooLong,
    /// There are as many topics as there may be, and none of them is idle.
    #[error("there are too many topics")]
    Full,
    /// The subject owns as many topics as it may, and none of its topics is idle.
    #[error("subject has too many topics")]
    FullForSubject,
    /// The log of the topic was not made or found, for this reason.
    #[error("there is no log for the topic")]
    NoLog(LogErrorKind),
    /// The topic's log did not take the event, for this reason.
    #[error("log of the topic does not take the event")]
    NotAppended(AppendErrorKind),
}

impl TopicError {
    pub(super) fn full(kind: TopicErrorKind, retry_after: Duration) -> Self {
        Self {
            kind,
            retry_after: Some(retry_after),
            source: None,
        }
    }

    /// What kind of error this is.
    pub fn kind(&self) -> TopicErrorKind {
        self.kind
    }

    /// When to try again, if there were too many topics: when the first of them may be idle, within
    /// the bounds of 1 s and 60 s. If all of them are in use, it is a guess, 10 s.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl From<TopicErrorKind> for TopicError {
    fn from(kind: TopicErrorKind) -> Self {
        Self {
            kind,
            retry_after: None,
            source: None,
        }
    }
}

impl From<LogError> for TopicError {
    fn from(error: LogError) -> Self {
        let kind = TopicErrorKind::NoLog(error.kind());
        Self {
            source: Some(Box::new(error)),
            ..kind.into()
        }
    }
}

impl From<AppendError> for TopicError {
    fn from(error: AppendError) -> Self {
        let kind = TopicErrorKind::NotAppended(error.kind());
        Self {
            source: Some(Box::new(error)),
            ..kind.into()
        }
    }
}
