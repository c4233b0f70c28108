//! What is left over where a stream ends: [`Incomplete`].

use core::error::Error;
use core::fmt;

/// How the last event of a stream is incomplete. A client discards such an event.
///
/// Returned by [`Decoder::incomplete`](crate::Decoder::incomplete) and by `EventStream::incomplete`.
/// There are these two ways and no others, so the enum is exhaustive on purpose and a `match` may
/// name both.
///
/// "If the file ends in the middle of an event, before the final empty line, the incomplete event is
/// not dispatched" (HTML standard, [§9.2.6]). A browser does not tell the page about it. It is no
/// error here either, but it implements [`Error`], so that you can make it one.
///
/// ```
/// use sse_gate_codec::{Decoder, Incomplete};
///
/// /// Whether all events of a complete response have arrived.
/// fn check(response: &[u8]) -> Result<(), Incomplete> {
///     let mut decoder = Decoder::new();
///     drop(decoder.feed(response));
///     decoder.incomplete().map_or(Ok(()), Err)
/// }
///
/// assert!(check(b"data: 1\n\n").is_ok());
/// let error = check(b"data: 1\n\ndata: 2").unwrap_err();
/// assert_eq!(error.to_string(), "stream ended in the middle of a line");
/// ```
///
/// [§9.2.6]: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Incomplete {
    /// Each line has its end, but the empty line that ends the event is missing.
    ///
    /// The stream was cut, or the server forgets the last empty line.
    Event,
    /// The last line has no end. It may also lack a part of its last character.
    ///
    /// The stream was cut: no server ends a stream like this on purpose.
    Line,
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Event => "stream ended before the empty line that ends an event",
            Self::Line => "stream ended in the middle of a line",
        })
    }
}

impl Error for Incomplete {}
