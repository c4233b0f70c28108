//! Why an event was not appended, or a log not found: [`AppendError`], [`LogError`].

use std::error::Error;

use sse_gate_core::EntropyError;

/// An event was not appended to a log.
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_resume::error::AppendErrorKind;
/// use sse_gate_resume::{Logs, Publisher};
///
/// # pollster::block_on(async {
/// let publisher = Publisher::new(Logs::default().create().await?);
/// let error = publisher.publish(&Event::new()).await.unwrap_err();
/// assert_eq!(error.kind(), AppendErrorKind::NoData);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct AppendError {
    kind: AppendErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`AppendError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppendErrorKind {
    /// The event has an id. The ids on the wire are resume ids. Put an id of your own into the data.
    #[error("event has an id of its own")]
    Id,
    /// The event's name begins with `sse.`. Such names are the library's.
    #[error("event's name is reserved")]
    ReservedName,
    /// The event has no data. A browser would not dispatch it, and not remember its id.
    #[error("event has no data")]
    NoData,
    /// The event alone is larger than the [log may be](crate::LogLimits::with_max_bytes).
    #[error("event is larger than the log")]
    TooLarge,
    /// Other logs have used up the [budget](crate::LogBudget), or other logs of the same subject its
    /// share.
    #[error("all logs together, or those of the subject, are full")]
    NoRoom,
    /// The log has ended: its [`Publisher`](crate::Publisher) has finished or was dropped.
    #[error("log has ended")]
    Ended,
    /// The session that the log belongs to is over. No client can read the log any more, so stop the
    /// work.
    #[error("log's session is over")]
    Closed,
    /// The log can't be reached.
    #[error("log is unavailable")]
    Unavailable,
}

impl AppendError {
    /// What kind of error this is.
    pub fn kind(&self) -> AppendErrorKind {
        self.kind
    }

    /// The log can't be reached, for this reason.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: AppendErrorKind::Unavailable,
            source: Some(source.into()),
        }
    }
}

impl From<AppendErrorKind> for AppendError {
    fn from(kind: AppendErrorKind) -> Self {
        Self { kind, source: None }
    }
}

/// A log was not made, found or read.
///
/// ```
/// use sse_gate_resume::error::{LogError, LogErrorKind};
///
/// let error = LogError::unavailable("disk is full");
/// assert_eq!(error.kind(), LogErrorKind::Unavailable);
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct LogError {
    kind: LogErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`LogError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogErrorKind {
    /// The random number generator failed.
    #[error("log can't get an epoch")]
    NoEntropy,
    /// There is a log of this name already.
    #[error("log exists already")]
    Exists,
    /// The store holds as many logs as it may.
    #[error("there are too many logs")]
    Full,
    /// The store can't be reached.
    #[error("log store is unavailable")]
    Unavailable,
}

impl LogError {
    /// What kind of error this is.
    pub fn kind(&self) -> LogErrorKind {
        self.kind
    }

    /// The store can't be reached, for this reason.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: LogErrorKind::Unavailable,
            source: Some(source.into()),
        }
    }
}

impl From<LogErrorKind> for LogError {
    fn from(kind: LogErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl From<EntropyError> for LogError {
    fn from(error: EntropyError) -> Self {
        Self {
            kind: LogErrorKind::NoEntropy,
            source: Some(Box::new(error)),
        }
    }
}
