//! A question, checked at the door.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text that is not blank, and no longer than [`Question::MAX_BYTES`].
///
/// It goes through `serde` as a string, and is checked again on its way back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Question(String);

/// Why a text is no [`Question`].
///
/// Exhaustive on purpose: each is one HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// Nothing but white space (422).
    #[error("the message is blank")]
    Blank,
    /// Longer than [`Question::MAX_BYTES`] (413).
    #[error("the message has {0} bytes, more than {max}", max = Question::MAX_BYTES)]
    TooLong(usize),
}

impl Question {
    /// The longest question, in bytes: 64 KiB.
    pub const MAX_BYTES: usize = 64 << 10;

    /// Checks a text.
    pub fn new(text: impl Into<String>) -> Result<Self, QuestionError> {
        let text = text.into();
        if text.len() > Self::MAX_BYTES {
            return Err(QuestionError::TooLong(text.len()));
        }
        if text.trim().is_empty() {
            return Err(QuestionError::Blank);
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Question {
    type Error = QuestionError;

    fn try_from(text: String) -> Result<Self, QuestionError> {
        Self::new(text)
    }
}

/// What somebody asks is between them and the service: only its length is shown.
impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Question({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_has_one_byte_to_64_kib_and_is_not_blank() {
        let rows = [
            (String::new(), Some(QuestionError::Blank)),
            (" \n\t\u{3000}".to_owned(), Some(QuestionError::Blank)),
            ("?".to_owned(), None),
            ("x".repeat(65_536), None),
            ("x".repeat(65_537), Some(QuestionError::TooLong(65_537))),
            (" ".repeat(65_537), Some(QuestionError::TooLong(65_537))),
            ("é".repeat(32_769), Some(QuestionError::TooLong(65_538))),
        ];
        for (text, error) in rows {
            let length = text.len();
            assert_eq!(Question::new(text).err(), error, "{length} bytes");
        }
    }

    #[test]
    fn debug_and_errors_show_no_content() {
        let question = Question::new("secret").unwrap();
        assert_eq!(format!("{question:?}"), "Question(6 bytes)");
        let error = Question::new("secret".repeat(20_000)).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
    }

    #[test]
    fn a_question_that_was_stored_is_the_same_and_is_checked() {
        let question = Question::new("What is a token?").unwrap();
        let stored = serde_json::to_string(&question).unwrap();
        assert_eq!(stored, r#""What is a token?""#);
        assert_eq!(serde_json::from_str::<Question>(&stored).unwrap(), question);
        let refused = serde_json::from_str::<Question>(r#"" ""#).unwrap_err();
        assert!(refused.to_string().contains("blank"), "{refused}");
    }
}
