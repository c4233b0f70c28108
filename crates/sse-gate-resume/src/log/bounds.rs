//! Where a log begins and ends: [`Bounds`].

/// Which events a log holds, and whether more will come.
///
/// ```
/// use sse_gate_resume::backend::{Bounds, LogEnd};
///
/// let whole = Bounds { first: 3, last: 7, end: Some(LogEnd::Complete) };
/// assert!(whole.is_over_for(7) && !whole.is_over_for(6));
/// // A log that has not ended is over for no reader.
/// let open = Bounds { end: None, ..whole };
/// assert!(!open.is_over_for(7));
/// // That a log has failed is told behind its last event.
/// let failed = Bounds { end: Some(LogEnd::Failed), ..whole };
/// assert!(failed.is_over_for(8) && !failed.is_over_for(7));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The number of the first event that the log still holds; `last + 1` if it holds no event.
    pub first: u64,
    /// The number of the last event that was appended; 0 before the first one.
    pub last: u64,
    /// How the log ended, if it has.
    pub end: Option<LogEnd>,
}

impl Bounds {
    /// Whether the log has ended, and a reader that had everything up to `seq` has had all of it.
    ///
    /// A reader must not take what a writer has left unfinished for all that there is. So it has had all of a log that
    /// failed when it was told so, which counts as one event more.
    pub fn is_over_for(&self, seq: u64) -> bool {
        match self.end {
            None => false,
            Some(LogEnd::Complete) => seq >= self.last,
            Some(LogEnd::Failed) => seq > self.last,
        }
    }

    /// Whether a reader that had everything up to `seq` was told that the log has failed.
    pub(super) fn was_told_failure(&self, seq: u64) -> bool {
        self.end == Some(LogEnd::Failed) && seq.checked_sub(1) == Some(self.last)
    }
}

/// How a log ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogEnd {
    /// Its writer has finished: the log holds the whole stream.
    Complete,
    /// Its writer stopped before it had finished.
    Failed,
}
