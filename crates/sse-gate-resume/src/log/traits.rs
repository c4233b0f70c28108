//! What a log can do: [`ReadLog`] and [`EventLog`].

use std::fmt;
use std::task::{Context, Poll};
use std::time::Duration;

use sse_gate_codec::Event;

use super::{AppendError, Bounds, LogEnd, LogEpoch, Page, ReaderId};

/// The side of a log that its readers see. An `Arc<dyn ReadLog>` is a handle of any kind of log.
///
/// [`EventLog`] shows an implementation.
pub trait ReadLog: fmt::Debug + Send + Sync + 'static {
    /// Which log it is.
    fn epoch(&self) -> LogEpoch;

    /// The name by which a log store finds it again. A log that ends with its process needs none.
    fn name(&self) -> &str {
        ""
    }

    /// Which events it holds.
    fn bounds(&self) -> Bounds;

    /// Makes a place for a reader. The log wakes its readers when events come, and tells its writer
    /// when the last reader has gone.
    ///
    /// Each call must be followed by one of [`dismiss`](Self::dismiss).
    fn enroll(&self) -> ReaderId;

    /// Gives the place of a reader back: it has gone.
    fn dismiss(&self, reader: ReaderId);

    /// Reads what comes after event `after` into a page, which is empty before.
    ///
    /// If there is nothing, the reader's task is woken as soon as there is: between looking and
    /// waiting **nothing is missed**. Events come in the order of their numbers, without holes.
    fn poll_read(
        &self,
        reader: ReaderId,
        after: u64,
        page: &mut Page,
        cx: &mut Context<'_>,
    ) -> Poll<Read>;

    /// Asks the writer to stop. The log goes on until the writer ends it.
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
    /// The log no longer holds some events that the reader has not had: all before this one.
    Trimmed {
        /// The number of the first event that is still there.
        first: u64,
    },
    /// The reader has had more events than the log has: the log has lost some.
    Ahead {
        /// The number of the last event that there is.
        last: u64,
    },
    /// The reader has had all events, and no more will come.
    Ended(LogEnd),
}

/// Why a writer is asked to stop.
///
/// ```
/// use sse_gate_resume::backend::ReadLog;
/// use sse_gate_resume::{MemoryLogs, Publisher, StopReason};
///
/// # pollster::block_on(async {
/// let log = MemoryLogs::default().create()?;
/// let publisher = Publisher::new(log.clone());
/// // The user presses "stop": the layer calls this.
/// log.stop(StopReason::Requested);
///
/// // The work waits for it beside its next step, and ends what it has said so far.
/// assert_eq!(publisher.stopped().await, StopReason::Requested);
/// publisher.finish().await?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// The client, or the server, asked for it.
    Requested,
    /// The session that it writes for is over, and no client can read the log any more.
    Closed,
}

/// The side of a log that its writer sees.
///
/// # Example
///
/// A log that also keeps every event in an archive, here a list.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use std::task::{Context, Poll};
/// use std::time::Duration;
/// use sse_gate_codec::Event;
/// use sse_gate_resume::backend::{
///     Bounds, EventLog, LogEnd, LogEpoch, Page, Read, ReadLog, ReaderId,
/// };
/// use sse_gate_resume::error::AppendError;
/// use sse_gate_resume::{MemoryLog, MemoryLogs, Publisher, StopReason};
///
/// #[derive(Clone, Debug)]
/// struct Archived {
///     inner: MemoryLog,
///     archive: Arc<Mutex<Vec<String>>>,
/// }
///
/// impl ReadLog for Archived {
///     fn epoch(&self) -> LogEpoch {
///         self.inner.epoch()
///     }
///
///     fn bounds(&self) -> Bounds {
///         self.inner.bounds()
///     }
///
///     fn enroll(&self) -> ReaderId {
///         self.inner.enroll()
///     }
///
///     fn dismiss(&self, reader: ReaderId) {
///         self.inner.dismiss(reader);
///     }
///
///     fn poll_read(
///         &self,
///         reader: ReaderId,
///         after: u64,
///         page: &mut Page,
///         cx: &mut Context<'_>,
///     ) -> Poll<Read> {
///         self.inner.poll_read(reader, after, page, cx)
///     }
///
///     fn stop(&self, reason: StopReason) {
///         self.inner.stop(reason);
///     }
/// }
///
/// impl EventLog for Archived {
///     async fn append(&self, event: &Event<'_>) -> Result<u64, AppendError> {
///         let seq = self.inner.append(event).await?;
///         let text = String::from_utf8_lossy(&event.to_bytes()).into_owned();
///         self.archive.lock().unwrap().push(text);
///         Ok(seq)
///     }
///
///     async fn end(&self, how: LogEnd) -> Result<(), AppendError> {
///         self.inner.end(how).await
///     }
///
///     fn poll_stopped(&self, cx: &mut Context<'_>) -> Poll<StopReason> {
///         self.inner.poll_stopped(cx)
///     }
///
///     fn poll_deserted(&self, cx: &mut Context<'_>) -> Poll<Duration> {
///         self.inner.poll_deserted(cx)
///     }
/// }
///
/// # pollster::block_on(async {
/// let log = Archived { inner: MemoryLogs::default().create()?, archive: Arc::default() };
/// let publisher = Publisher::new(log.clone());
/// publisher.publish(&Event::new().data("hello")).await?;
/// assert_eq!(*log.archive.lock().unwrap(), ["data: hello\n\n"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub trait EventLog: ReadLog {
    /// Appends an event and returns its number. It never waits for a reader.
    ///
    /// An event that has an id, a reserved name or no data is refused: see
    /// [`AppendErrorKind`](super::AppendErrorKind).
    fn append(&self, event: &Event<'_>) -> impl Future<Output = Result<u64, AppendError>> + Send;

    /// Ends the log. A second end is ignored.
    ///
    /// A log that can end without waiting does so when the future is first polled: a dropped
    /// [`Publisher`](crate::Publisher) polls it once.
    fn end(&self, how: LogEnd) -> impl Future<Output = Result<(), AppendError>> + Send;

    /// Is ready when the writer is asked to stop, or if it was asked before.
    fn poll_stopped(&self, cx: &mut Context<'_>) -> Poll<StopReason>;

    /// Is ready when there is no reader, and says for how long there has been none.
    fn poll_deserted(&self, cx: &mut Context<'_>) -> Poll<Duration>;
}
