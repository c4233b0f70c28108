//! The name of the root type, as its user wants it.

use std::fmt;

use serde::Serialize;

use super::words;

/// The name of the root type: a Rust type name in `UpperCamelCase`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct TypeName(String);

/// The text is no name for a type: not 1 to 64 ASCII letters, digits and underscores with a letter
/// in front, or a name that the generated code needs for itself (`Self`, `Option`, `Vec`, …).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not usable as the name of a type")]
pub struct TypeNameError;

impl TypeName {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// Takes a name as a user would write it: `Invoice`, `invoice` and `line_item` will all do.
    pub fn new(text: &str) -> Result<Self, TypeNameError> {
        let fits = text.len() <= Self::MAX_BYTES
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !fits {
            return Err(TypeNameError);
        }
        match words::type_name(text) {
            name if words::is_reserved_type(&name) => Err(TypeNameError),
            name => Ok(Self(name)),
        }
    }

    /// The name in `UpperCamelCase`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `Root`.
impl Default for TypeName {
    fn default() -> Self {
        Self("Root".to_owned())
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_brought_into_the_usual_case() {
        for (text, name) in [
            ("Invoice", "Invoice"),
            ("line_item", "LineItem"),
            ("v2", "V2"),
        ] {
            assert_eq!(TypeName::new(text).unwrap().as_str(), name, "{text}");
        }
    }

    #[test]
    fn what_cannot_name_a_type_is_refused() {
        let long = "x".repeat(TypeName::MAX_BYTES + 1);
        for text in [
            "", "1st", "_", "a b", "a-b", "größe", "self", "Option", "vec", "a;b", &long,
        ] {
            assert_eq!(TypeName::new(text), Err(TypeNameError), "{text}");
        }
    }
}
