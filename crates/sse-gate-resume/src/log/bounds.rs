//! Where a log begins and ends: [`Bounds`].

/// Which events a log holds, and whether more will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The number of the first event that is still there; `last + 1` if none is.
    pub first: u64,
    /// The number of the last event that was appended; 0 if none was.
    pub last: u64,
    /// How the log ended, if it has.
    pub end: Option<LogEnd>,
}

impl Bounds {
    /// Whether a reader that had everything up to `seq` has had everything there will ever be.
    pub fn is_over_for(&self, seq: u64) -> bool {
        self.end.is_some() && seq >= self.last
    }
}

/// How a log ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogEnd {
    /// Its writer has said everything.
    Complete,
    /// Its writer broke off.
    Failed,
}
