//! What a reader finds, and why a writer is asked to stop: [`Read`], [`StopReason`].

use super::LogEnd;

/// What a reader finds in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
    /// The log has failed, and the reader was told. That counted as one event more than the log has.
    Told,
    /// The store of the log can't be asked for what the reader misses.
    Unavailable,
}

/// Why a writer is asked to stop.
///
/// ```
/// use sse_gate_resume::{Logs, Publisher, StopReason};
///
/// # pollster::block_on(async {
/// let log = Logs::default().create().await?;
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
