//! The id of a generation.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use serde::Serialize;

/// The id of a generation: 32 hexadecimal digits, so a path segment as it is.
///
/// It is drawn from 16 random bytes and can't be guessed. That isn't what protects a generation:
/// its owner is checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct GenerationId(Arc<str>);

impl GenerationId {
    /// A new id, which begins with this digit, if there is one. Without randomness there is none.
    pub(super) fn random(node: Option<NodeDigit>) -> Result<Self, SysError> {
        let mut bytes = [0; 16];
        SysRng.try_fill_bytes(&mut bytes)?;
        let number = match node {
            Some(NodeDigit(digit)) => u128::from_be_bytes(bytes) >> 4 | u128::from(digit) << 124,
            None => u128::from_be_bytes(bytes),
        };
        Ok(Self(format!("{number:032x}").into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The hexadecimal digit with which the ids of one server's generations begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeDigit(u8);

/// A text is no [`NodeDigit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one digit from 0 to f")]
pub struct InvalidNodeDigit;

impl FromStr for NodeDigit {
    type Err = InvalidNodeDigit;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digit = u8::from_str_radix(text, 16);
        let digit = digit.ok().filter(|_| text.len() == 1);
        digit.map(Self).ok_or(InvalidNodeDigit)
    }
}

impl fmt::Display for GenerationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A map of ids is asked with the text of a path.
impl Borrow<str> for GenerationId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_path_segments_and_differ() {
        let (one, other) = (
            GenerationId::random(None).unwrap(),
            GenerationId::random(None).unwrap(),
        );
        assert_ne!(one, other);
        assert_eq!(one.as_str().len(), 32);
        assert!(
            one.as_str()
                .bytes()
                .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
        );
    }

    #[test]
    fn an_id_begins_with_the_digit_of_its_server() {
        for (text, first) in [("0", "0"), ("7", "7"), ("F", "f")] {
            let id = GenerationId::random(Some(text.parse().unwrap())).unwrap();
            assert!(
                id.as_str().starts_with(first) && id.as_str().len() == 32,
                "{id}"
            );
        }
        for text in ["", "g", "10", "-1", "+1"] {
            assert_eq!(text.parse::<NodeDigit>(), Err(InvalidNodeDigit), "{text}");
        }
    }
}
