//! Whom a grant is for: [`Subject`].

use std::error::Error;
use std::fmt;

use crate::visible::is_visible;

/// Who may open the stream: the `sub` of a JWT, a user id. Opaque, compared byte by byte.
///
/// 1 to 256 bytes of characters that can be seen, so that it fits in a log line, can't be made to
/// look like two, and shows whose it is. It holds no control or format character (line breaks,
/// changes of direction, zero-width joiners), nothing that is not shown by default (fillers,
/// variation selectors), and no noncharacter.
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
            _ if !name.chars().all(is_visible) => Err(InvalidSubject(
                "subject holds a character that can't be seen",
            )),
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
    fn only_short_visible_names_are_subjects() {
        for good in [
            "a",
            "alice",
            "auth0|5f7c",
            "mailto:a@b.example",
            "Zoë",
            "O'Brien, 李雷 (محمد)",
            "a b\u{a0}c\u{3000}d",
            "🦀\u{e000}",
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
            "alice\u{9b}31m",
            "a\u{2028}b",
            "a\u{2029}b",
            "\u{202e}ecila",
            "a\u{2066}b",
            "a\u{200f}",
            "al\u{200b}ice",
            "alice\u{200d}",
            "\u{feff}alice",
            "ali\u{ad}ce",
            "a\u{2060}",
            "a\u{180e}",
            "\u{3164}",
            "\u{34f}a",
            "a\u{fe0f}",
            "a\u{e0061}",
            "a\u{e0100}",
            "a\u{fffe}",
            "a\u{10ffff}",
            &"x".repeat(257),
            &"é".repeat(129),
        ] {
            assert!(Subject::new(bad).is_err(), "{bad:?}");
        }
    }
}
