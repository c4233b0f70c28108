//! An event that is larger than it may be: [`TooLarge`].

use core::error::Error;
use core::fmt;

/// An event was larger than the decoder's [limit](crate::Decoder::with_limit), and is passed over.
///
/// The decoder goes on behind it, with the next block. Nothing of the block counts any more from
/// the line on that was too long, not its id either: the last event id is still that of the event
/// before, with which a client that reconnects asks for this one again. Where an event must not
/// be missed, take this for the end of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooLarge {
    limit: usize,
}

impl TooLarge {
    pub(super) const fn new(limit: usize) -> Self {
        Self { limit }
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event is larger than {} bytes", self.limit)
    }
}

impl Error for TooLarge {}
