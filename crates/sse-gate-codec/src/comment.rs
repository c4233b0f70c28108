//! A line that clients skip: [`Comment`].

use alloc::borrow::Cow;

use crate::text::one_line_text;

/// A comment line, which a client reads and ignores.
///
/// It holds no CR, LF or NUL. A comment keeps a quiet connection open
/// ([`Event::HEARTBEAT`](crate::Event::HEARTBEAT)), or is a note to a person who reads the stream.
/// Every client gets it, so it must not hold secrets.
///
/// The text follows the colon directly, without a space: the comment is everything after the colon
/// (HTML standard, §9.2.5).
///
/// ```
/// use sse_gate_codec::{Comment, Event};
///
/// let hello = Event::new().comment(Comment::from_static(" node 7"));
/// assert_eq!(hello.to_bytes(), ": node 7\n\n");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Comment<'a>(Cow<'a, str>);

one_line_text!(Comment, "a comment");
