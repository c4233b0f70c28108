//! Why an event was not appended: [`AppendError`].

use std::error::Error;
use std::fmt;

/// An event was not appended to a log.
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_resume::error::AppendErrorKind;
/// use sse_gate_resume::{MemoryLogs, Publisher};
///
/// # pollster::block_on(async {
/// let publisher = Publisher::new(MemoryLogs::default().create()?);
/// let error = publisher.publish(&Event::new()).await.unwrap_err();
/// assert_eq!(error.kind(), AppendErrorKind::NoData);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct AppendError {
    kind: AppendErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`AppendError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AppendErrorKind {
    /// The event has an id. The ids on the wire are resume ids. Put an id of your own into the data.
    Id,
    /// The event's name begins with `sse.`. Such names are the library's.
    ReservedName,
    /// The event has no data. A browser would not dispatch it, and not remember its id.
    NoData,
    /// The event alone is larger than the [log may be](crate::LogLimits::with_max_bytes).
    TooLarge,
    /// Other logs have used up the [budget](crate::LogBudget), or other logs of the same subject its
    /// share.
    NoRoom,
    /// The log has ended: its [`Publisher`](crate::Publisher) has finished or was dropped.
    Ended,
    /// The session that the log belongs to is over. No client can read the log any more, so stop the
    /// work.
    Closed,
    /// The log can't be reached.
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

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            AppendErrorKind::Id => "event has an id of its own",
            AppendErrorKind::ReservedName => "event's name is reserved",
            AppendErrorKind::NoData => "event has no data",
            AppendErrorKind::TooLarge => "event is larger than the log",
            AppendErrorKind::NoRoom => "all logs together, or those of the subject, are full",
            AppendErrorKind::Ended => "log has ended",
            AppendErrorKind::Closed => "log's session is over",
            AppendErrorKind::Unavailable => "log is unavailable",
        })
    }
}

impl Error for AppendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
