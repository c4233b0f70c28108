//! Where in its log a session begins: [`Start`].

use crate::log::Bounds;

/// Where in its log a session begins. What comes before it is out of reach of the session's ids.
///
/// | | gets first |
/// |---|---|
/// | [`Beginning`](Self::Beginning) | the log's first event, or a gap if that is gone |
/// | [`Now`](Self::Now) | the next event that is appended |
/// | [`Last`](Self::Last) | up to so many events that the log still holds |
/// | [`After`](Self::After) | the event behind this number, or a gap if that is gone |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Start {
    /// With the first event that the log ever had. If it was trimmed since, the client is told of
    /// a gap.
    Beginning,
    /// With the next event that is appended.
    Now,
    /// With the last events that the log still holds, at most so many, then with new ones. Older
    /// events are no gap.
    Last(u64),
    /// With the event behind this number, for a client that has kept the number of the last event
    /// that it had, from a snapshot, say.
    ///
    /// If some of the events behind it are trimmed, the client is told of a gap. If the log ends
    /// before this number, because it was made anew or has lost writes, the client is told of a
    /// gap, too, and gets the events that come after the log's last one.
    After(u64),
}

/// A start in a log that holds these events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StartPlace {
    /// No id reaches events up to this one.
    pub(crate) base: u64,
    /// The event that the first connection takes as the client's last one. It is above the base
    /// only if the client has had more than the log has.
    pub(crate) cursor: u64,
}

impl Start {
    pub(crate) fn place(self, bounds: &Bounds) -> StartPlace {
        let cursor = match self {
            Self::Beginning => 0,
            Self::Now => bounds.last,
            Self::Last(count) => {
                let before_first = bounds.first.saturating_sub(1);
                bounds.last.saturating_sub(count).max(before_first)
            }
            Self::After(seq) => seq,
        };
        StartPlace {
            base: cursor.min(bounds.last),
            cursor,
        }
    }
}
