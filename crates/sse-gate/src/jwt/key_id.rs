//! The name of a key: [`KeyId`].

/// The `kid` of a JWT or a JWK (RFC 7515 §4.1.4, RFC 7517 §4.5).
///
/// It has 1 to 64 bytes and no control characters. It compares byte by byte. Anyone can write any
/// `kid` into a JWT: use it to look a key up in a map, never as a part of a path, a URL or a query.
///
/// ```
/// use sse_gate::jwt::KeyId;
///
/// assert_eq!(KeyId::new("2026-11").unwrap().as_str(), "2026-11");
/// assert!(KeyId::new("").is_err());
/// assert!(KeyId::new(&"x".repeat(65)).is_err());
/// assert!(KeyId::new("line\nfeed").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(Box<str>);

impl KeyId {
    /// The longest one, in bytes.
    pub const MAX_LEN: usize = 64;

    /// The `kid` with this text.
    pub fn new(text: &str) -> Result<Self, InvalidKeyId> {
        if text.is_empty() || text.len() > Self::MAX_LEN || text.contains(char::is_control) {
            return Err(InvalidKeyId(()));
        }
        Ok(Self(text.into()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not a [`KeyId`]. It prints nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("key id is empty, longer than 64 bytes, or has control characters")]
pub struct InvalidKeyId(());
