//! What a log can do: [`ReadLog`] and [`EventLog`].

use std::fmt;
use std::task::{Context, Poll};
use std::time::Duration;

use sse_gate_codec::Event;

use super::{AppendError, Bounds, LogEnd, LogEpoch, Page, ReaderId};

/// The side of a log that its readers see. Behind an `Arc` it is one handle for all kinds of logs.
pub trait ReadLog: fmt::Debug + Send + Sync + 'static {
    /// Which log it is.
    fn epoch(&self) -> LogEpoch;

    /// Which events it holds.
    fn bounds(&self) -> Bounds;

    /// Makes a place for a reader. The writer may wait for one, and be told when the last has
    /// gone.
    fn enroll(&self) -> ReaderId;

    /// A reader has gone.
    fn dismiss(&self, reader: ReaderId);

    /// What comes after event `after`, into a page that is empty.
    ///
    /// If there is nothing, the reader is woken when there is: between looking and waiting
    /// **nothing is missed**. Events come in the order of their numbers, without holes.
    fn poll_read(
        &self,
        reader: ReaderId,
        after: u64,
        page: &mut Page,
        cx: &mut Context<'_>,
    ) -> Poll<Read>;

    /// Asks the writer to stop. It goes on until it does: a log ends when its writer ends it.
    ///
    /// After [`StopReason::Closed`] every [`append`](EventLog::append) **fails** with
    /// [`AppendErrorKind::Closed`](super::AppendErrorKind), and what the log holds may be freed.
    fn stop(&self, reason: StopReason);
}

/// What a reader finds in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// The events in the page.
    Events,
    /// Events are gone that the reader has not had: all before this one.
    Trimmed {
        /// The number of the first event that is still there.
        first: u64,
    },
    /// The reader has had more events than there are: the log has lost some.
    Ahead {
        /// The number of the last event that there is.
        last: u64,
    },
    /// The reader has had all, and no more will come.
    Ended(LogEnd),
}

/// Why a writer is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// Somebody wants it to.
    Requested,
    /// The session that it writes for is over, and no client can read the log any more.
    Closed,
}

/// The side of a log that its writer sees.
pub trait EventLog: ReadLog {
    /// Appends an event and gives its number. It never waits for a reader.
    ///
    /// An event that has an id, a reserved name or no data is refused: see
    /// [`AppendErrorKind`](super::AppendErrorKind).
    fn append(&self, event: &Event<'_>) -> impl Future<Output = Result<u64, AppendError>> + Send;

    /// Ends the log. A second end is ignored. A log that can end without waiting does so when the
    /// future is polled first.
    fn end(&self, how: LogEnd) -> impl Future<Output = Result<(), AppendError>> + Send;

    /// Ready when the writer is asked to stop.
    fn poll_stopped(&self, cx: &mut Context<'_>) -> Poll<StopReason>;

    /// Ready when there is no reader: for how long there has been none.
    fn poll_deserted(&self, cx: &mut Context<'_>) -> Poll<Duration>;
}
