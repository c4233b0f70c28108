//! Who a grant is for: [`Subject`].

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use crate::visible::is_visible;

/// Who may open the stream: the `sub` of a JWT, or a user id. Subjects are compared byte by byte.
///
/// It has 1 to 256 bytes, and all its characters can be seen. Control and format characters are refused
/// (line breaks, changes of direction, zero-width joiners), and so are noncharacters and characters that
/// are not shown by default (fillers, variation selectors). So a subject stays on one line of a log, and
/// can't be made to look like another one by characters that don't show.
///
/// `Display` prints the name as it is. It may have spaces and quotes in it. In logs of the form
/// `key=value` print it with `Debug`, which quotes and escapes. A name may be personal data.
///
/// ```
/// use sse_gate_core::Subject;
///
/// let alice = Subject::new("alice")?;
/// assert_eq!(alice, "alice".parse()?);
/// assert_eq!(alice, Subject::try_from("alice".to_owned())?);
/// assert_eq!(alice.to_string(), "alice");
/// assert!(Subject::new("alice\u{202e}").is_err(), "it changes the direction of what follows");
/// # Ok::<(), sse_gate_core::InvalidSubject>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject(Box<str>);

impl Subject {
    /// The longest name of a subject, in bytes.
    pub const MAX_LEN: usize = 256;

    /// The subject with this name.
    ///
    /// # Errors
    ///
    /// The name is empty, too long, or has a character that can't be seen.
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

    /// The name of the subject.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for Subject {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for Subject {
    type Err = InvalidSubject;

    fn from_str(name: &str) -> Result<Self, InvalidSubject> {
        Self::new(name)
    }
}

impl TryFrom<&str> for Subject {
    type Error = InvalidSubject;

    fn try_from(name: &str) -> Result<Self, InvalidSubject> {
        Self::new(name)
    }
}

impl TryFrom<String> for Subject {
    type Error = InvalidSubject;

    fn try_from(name: String) -> Result<Self, InvalidSubject> {
        Self::new(name)
    }
}

/// A text is not the name of a [`Subject`].
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

    /// C10: each way to make a subject checks the name.
    #[test]
    fn every_conversion_refuses_a_bad_name() {
        let good = Subject::new("Zoë O'Brien").unwrap();
        assert_eq!("Zoë O'Brien".parse(), Ok(good.clone()));
        assert_eq!(Subject::try_from("Zoë O'Brien"), Ok(good.clone()));
        assert_eq!(Subject::try_from(good.to_string()), Ok(good.clone()));
        assert_eq!(good.as_ref(), format!("{good}"));
        for bad in ["", "a\nb", &"x".repeat(257)] {
            let error = Subject::new(bad).unwrap_err();
            assert_eq!(bad.parse::<Subject>(), Err(error));
            assert_eq!(Subject::try_from(bad), Err(error));
            assert_eq!(Subject::try_from(bad.to_owned()), Err(error));
        }
    }

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
