//! What is left over where a stream ends: [`Incomplete`].

use core::error::Error;
use core::fmt;

/// The last block of a stream has no end, so it is discarded.
///
/// Returned by [`Decoder::incomplete`](crate::Decoder::incomplete) and by `EventStream::incomplete`.
/// A stream can end in these two ways and no others, so a `match` may name both.
///
/// "If the file ends in the middle of an event, before the final empty line, the incomplete event is
/// not dispatched" (HTML standard, [§9.2.6]). A browser does not tell a page about it. Here it is no
/// error either, unless you make it one: it implements [`Error`] for that.
///
/// [§9.2.6]: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Incomplete {
    /// Each line has its end, but the empty line that ends the block is missing.
    ///
    /// This is also what a server leaves that forgets the last empty line.
    Block,
    /// The last line has no end. It may also lack a part of its last character.
    ///
    /// No server ends a stream like this on purpose: the stream was cut.
    Line,
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Block => "stream ended before the empty line that ends a block",
            Self::Line => "stream ended in the middle of a line",
        })
    }
}

impl Error for Incomplete {}
