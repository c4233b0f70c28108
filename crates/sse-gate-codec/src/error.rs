//! Why a text can't be an event name, an event id or a comment.

use core::error::Error;
use core::fmt;

/// A text was refused because it holds a character that its field must not hold.
///
/// Returned by the conversions into [`EventName`](crate::EventName), [`EventId`](crate::EventId)
/// and [`Comment`](crate::Comment). The error says which character and at which byte, the first one
/// if there are several, and holds nothing of the text itself, so that it can be logged.
///
/// ```
/// use sse_gate_codec::EventId;
///
/// let error = EventId::try_from("41\r\n").unwrap_err();
/// assert_eq!(error.to_string(), "carriage return at byte 2 of an event id");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidField {
    field: &'static str,
    refused: Refused,
    position: usize,
}

/// The characters that no field on one line may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    CarriageReturn,
    LineFeed,
    Nul,
}

impl InvalidField {
    pub(crate) const fn new(field: &'static str, refused: Refused, position: usize) -> Self {
        Self {
            field,
            refused,
            position,
        }
    }
}

impl fmt::Display for InvalidField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            refused,
            position,
        } = self;
        write!(f, "{refused} at byte {position} of {field}")
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CarriageReturn => "carriage return",
            Self::LineFeed => "line feed",
            Self::Nul => "null character",
        })
    }
}

impl Error for InvalidField {}
