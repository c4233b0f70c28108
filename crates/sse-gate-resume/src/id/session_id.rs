//! The name of a session: [`SessionId`].

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use sse_gate_core::{Entropy, EntropyError};

/// The name of a session: 16 bytes that can't be guessed.
///
/// It is a part of a resume id, and no credential by itself. Its `Debug` shows the first three
/// bytes, enough to find the session in a log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId([u8; 16]);

impl SessionId {
    /// The length of its text in an id, in bytes.
    pub(super) const TEXT_LEN: usize = 22;

    /// A new name, and the salt of the session's key. Both come of one draw: the name is a digest of the salt, which
    /// does not lead back to it.
    pub(crate) fn generate(entropy: &dyn Entropy) -> Result<(Self, [u8; 32]), EntropyError> {
        let mut salt = [0; 32];
        entropy.fill(&mut salt)?;
        let digest = Sha256::digest(salt);
        Ok((Self(std::array::from_fn(|place| digest[place])), salt))
    }

    /// The name of these bytes, as a store reads it back.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes. They are random, so a store may shard by any of them.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        decode16(text).map(Self)
    }

    pub(super) fn write(&self, text: &mut String) {
        push16(text, &self.0);
    }
}

/// Sixteen bytes from their one spelling in base64url.
pub(super) fn decode16(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    if text.len() != SessionId::TEXT_LEN {
        return None;
    }
    let decoded = Base64UrlUnpadded::decode(text, &mut bytes).ok()?;
    (decoded.len() == bytes.len()).then_some(bytes)
}

/// Appends sixteen bytes in base64url.
pub(super) fn push16(text: &mut String, bytes: &[u8; 16]) {
    let mut room = [0; SessionId::TEXT_LEN];
    // Sixteen bytes are 22 characters: there is always room.
    text.push_str(Base64UrlUnpadded::encode(bytes, &mut room).unwrap_or_default());
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, ..] = self.0;
        write!(f, "SessionId({a:02x}{b:02x}{c:02x}…)")
    }
}
