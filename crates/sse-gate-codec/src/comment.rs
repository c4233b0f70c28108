//! A comment: a line that clients skip.

use alloc::borrow::Cow;

use crate::text::one_line_text;

/// A comment line, which a client reads and ignores.
///
/// Holds no CR, LF or NUL. A comment keeps a quiet connection from being closed by something in
/// between ([`Event::HEARTBEAT`](crate::Event::HEARTBEAT)), or tells something to a person who
/// reads the stream. It reaches everyone who gets the stream: it is no place for secrets.
///
/// It is written right behind the colon, without a space: the text of a comment is all that
/// follows the colon (HTML standard, §9.2.5).
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
