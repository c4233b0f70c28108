//! Whom a grant is for: [`Subject`].

use std::error::Error;
use std::fmt;

/// Who may open the stream: the `sub` of a JWT, a user id. Opaque, compared byte by byte.
///
/// 1 to 256 bytes, none of them a control character, so that one fits in a log line and nobody
/// can make it look like two.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject(Box<str>);

impl Subject {
    /// The longest a subject may be, in bytes.
    pub const MAX_LEN: usize = 256;

    /// The subject of this name.
    pub fn new(name: impl Into<Box<str>>) -> Result<Self, InvalidSubject> {
        let name = name.into();
        match name.len() {
            0 => Err(InvalidSubject("subject is empty")),
            len if len > Self::MAX_LEN => Err(InvalidSubject("subject is longer than 256 bytes")),
            _ if name.chars().any(char::is_control) => {
                Err(InvalidSubject("subject holds a control character"))
            }
            _ => Ok(Self(name)),
        }
    }

    /// The subject's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a string is no [`Subject`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSubject(&'static str);

impl fmt::Display for InvalidSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for InvalidSubject {}

#[cfg(test)]
mod tests {
    use super::*;

    /// C10
    #[test]
    fn only_short_printable_names_are_subjects() {
        for good in [
            "a",
            "alice",
            "auth0|5f7c",
            "mailto:a@b.example",
            "Zoë",
            &"x".repeat(256),
        ] {
            assert_eq!(Subject::new(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "a\nb",
            "a\0",
            "\u{85}",
            "\u{7f}",
            &"x".repeat(257),
            &"é".repeat(129),
        ] {
            assert!(Subject::new(bad).is_err(), "{bad:?}");
        }
    }
}
