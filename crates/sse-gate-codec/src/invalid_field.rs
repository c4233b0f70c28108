//! Why a text can't be an event name, an event id or a comment: [`InvalidFieldError`].

use core::error::Error;
use core::fmt;

/// A text was refused because it holds a character that its field must not hold.
///
/// Returned by the conversions into [`EventName`](crate::EventName), [`EventId`](crate::EventId)
/// and [`Comment`](crate::Comment). It tells the first such character and its place, and holds nothing
/// of the text itself, so you can log it.
///
/// ```
/// use sse_gate_codec::{EventId, InvalidFieldErrorKind};
///
/// let error = EventId::try_from("41\r\n").unwrap_err();
/// assert_eq!(error.kind(), InvalidFieldErrorKind::CarriageReturn);
/// assert_eq!(error.position(), 2);
/// assert_eq!(error.to_string(), "carriage return at byte 2 of an event id");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidFieldError {
    field: &'static str,
    kind: InvalidFieldErrorKind,
    position: usize,
}

/// The characters that a field on one line must not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidFieldErrorKind {
    /// A carriage return, U+000D: it would end the line.
    CarriageReturn,
    /// A line feed, U+000A: it would end the line.
    LineFeed,
    /// A null character, U+0000: clients ignore an id that holds one.
    Nul,
}

impl InvalidFieldError {
    pub(crate) const fn new(
        field: &'static str,
        kind: InvalidFieldErrorKind,
        position: usize,
    ) -> Self {
        Self {
            field,
            kind,
            position,
        }
    }

    /// Which character was refused.
    pub const fn kind(&self) -> InvalidFieldErrorKind {
        self.kind
    }

    /// Where in the text the character is, in bytes from its start.
    pub const fn position(&self) -> usize {
        self.position
    }
}

impl fmt::Display for InvalidFieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let character = match self.kind {
            InvalidFieldErrorKind::CarriageReturn => "carriage return",
            InvalidFieldErrorKind::LineFeed => "line feed",
            InvalidFieldErrorKind::Nul => "null character",
        };
        let Self {
            field, position, ..
        } = self;
        write!(f, "{character} at byte {position} of {field}")
    }
}

impl Error for InvalidFieldError {}
