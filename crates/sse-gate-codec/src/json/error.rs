//! Why a value or the data of an event is not the JSON that was expected: [`JsonError`].

use core::error::Error;
use core::fmt;

use serde_json::error::Category;

/// A value can't be written as JSON, or data is not the JSON that was expected.
///
/// The message tells which of them it is and, for data, the place. It quotes nothing, so you can log
/// it. The [`source`](Error::source) says more, such as the field that is missing, and may quote parts
/// of the data.
///
/// ```
/// use std::error::Error;
/// use sse_gate_codec::{Decoder, Frame, JsonErrorKind};
///
/// #[derive(Debug, serde::Deserialize)]
/// struct Progress {
///     #[expect(dead_code, reason = "an example")]
///     percent: u8,
/// }
///
/// let mut decoder = Decoder::new();
/// let mut feed = decoder.feed(b"data: {\"stage\":\"parsing\"}\n\n");
/// let Some(Ok(Frame::Event(message))) = feed.next_frame() else { panic!("no event") };
/// let error = message.json::<Progress>().unwrap_err();
/// assert_eq!(error.kind(), JsonErrorKind::Mismatch);
/// assert_eq!(error.to_string(), "data is JSON of another form, at line 1 column 19");
/// let source = error.source().unwrap().to_string();
/// assert_eq!(source, "missing field `percent` at line 1 column 19");
/// ```
#[derive(Debug)]
pub struct JsonError {
    kind: JsonErrorKind,
    source: serde_json::Error,
}

/// The kinds of a [`JsonError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// JSON can't hold the value: its `Serialize` failed, or a key of a map is not a string.
    Encoding,
    /// The data is not JSON. It may be cut off.
    Syntax,
    /// The data is JSON, but not of the form that the type needs: a field is missing, or a value has
    /// another type.
    Mismatch,
}

impl JsonError {
    pub(super) const fn encoding(source: serde_json::Error) -> Self {
        Self {
            kind: JsonErrorKind::Encoding,
            source,
        }
    }

    pub(super) fn decoding(source: serde_json::Error) -> Self {
        let kind = match source.classify() {
            Category::Data => JsonErrorKind::Mismatch,
            Category::Syntax | Category::Eof | Category::Io => JsonErrorKind::Syntax,
        };
        Self { kind, source }
    }

    /// What was wrong.
    pub const fn kind(&self) -> JsonErrorKind {
        self.kind
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            JsonErrorKind::Encoding => return f.write_str("value has no form in JSON"),
            JsonErrorKind::Syntax => "data is not JSON",
            JsonErrorKind::Mismatch => "data is JSON of another form",
        };
        let (line, column) = (self.source.line(), self.source.column());
        write!(f, "{what}, at line {line} column {column}")
    }
}

impl Error for JsonError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}
