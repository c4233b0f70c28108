//! Why a text can't be an event name, an event id or a comment.

use core::error::Error;
use core::fmt;

/// A text was refused because it holds a character that its field must not hold.
///
/// Returned by the conversions into [`EventName`](crate::EventName), [`EventId`](crate::EventId)
/// and [`Comment`](crate::Comment). The error says which character and where, and holds nothing
/// of the text itself, so that it can be logged.
///
/// ```
/// use sse_gate_codec::{EventId, InvalidFieldKind};
///
/// let error = EventId::try_from("41\r\n").unwrap_err();
/// assert_eq!(error.kind(), InvalidFieldKind::CarriageReturn);
/// assert_eq!(error.position(), 2);
/// assert_eq!(error.to_string(), "carriage return at byte 2 of an event id");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidField {
    field: &'static str,
    kind: InvalidFieldKind,
    position: usize,
}

/// The character that made a text [invalid](InvalidField).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidFieldKind {
    /// U+000D, which ends a line of an event stream.
    CarriageReturn,
    /// U+000A, which ends a line of an event stream.
    LineFeed,
    /// U+0000, which makes a client ignore an id.
    Nul,
}

impl InvalidField {
    pub(crate) const fn new(field: &'static str, kind: InvalidFieldKind, position: usize) -> Self {
        Self {
            field,
            kind,
            position,
        }
    }

    /// Which character was refused: the first one in the text, if there are several.
    pub const fn kind(&self) -> InvalidFieldKind {
        self.kind
    }

    /// Where it stands, in bytes from the start of the text.
    pub const fn position(&self) -> usize {
        self.position
    }
}

impl fmt::Display for InvalidField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            kind,
            position,
        } = self;
        write!(f, "{kind} at byte {position} of {field}")
    }
}

impl fmt::Display for InvalidFieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CarriageReturn => "carriage return",
            Self::LineFeed => "line feed",
            Self::Nul => "null character",
        })
    }
}

impl Error for InvalidField {}
