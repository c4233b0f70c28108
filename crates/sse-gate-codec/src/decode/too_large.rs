//! An event that is larger than the limit: [`TooLargeError`].

use core::error::Error;
use core::fmt;

/// An event was larger than the decoder's [limit](crate::Decoder::with_limit) and is skipped.
///
/// The decoder goes on with the next event. Nothing of the skipped event counts after the line that
/// was too long, not even its id: the last event id is still that of the event before. So a client
/// that reconnects asks for the skipped event again. If you must not miss an event, end the stream
/// at this error.
///
/// ```
/// use sse_gate_codec::Decoder;
///
/// let mut decoder = Decoder::new().with_limit(20);
/// let mut feed = decoder.feed(b"data: this event is too large\n\ndata: next\n\n");
/// let error = feed.next_frame().unwrap().unwrap_err();
/// assert_eq!(error.limit(), 20);
/// assert_eq!(error.to_string(), "event is larger than 20 bytes");
/// assert!(feed.next_frame().unwrap().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooLargeError {
    limit: usize,
}

impl TooLargeError {
    pub(super) const fn new(limit: usize) -> Self {
        Self { limit }
    }

    /// The limit that the event exceeds, in bytes.
    pub const fn limit(&self) -> usize {
        self.limit
    }
}

impl fmt::Display for TooLargeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event is larger than {} bytes", self.limit)
    }
}

impl Error for TooLargeError {}
