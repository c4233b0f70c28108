//! The id of a generation.

use std::borrow::Borrow;
use std::fmt;
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
    /// A new id. Without randomness there is none.
    pub(super) fn random() -> Result<Self, SysError> {
        let mut bytes = [0; 16];
        SysRng.try_fill_bytes(&mut bytes)?;
        Ok(Self(format!("{:032x}", u128::from_be_bytes(bytes)).into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
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
            GenerationId::random().unwrap(),
            GenerationId::random().unwrap(),
        );
        assert_ne!(one, other);
        assert_eq!(one.as_str().len(), 32);
        assert!(
            one.as_str()
                .bytes()
                .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
        );
    }
}
