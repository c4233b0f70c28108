//! The key that stores know a token by: [`TokenKey`].

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::{Token, TokenText};
use crate::Resource;

/// Keeps these digests apart from every other use of SHA-256.
const DOMAIN: &[u8] = b"sse-gate/token-key/1\0";

/// A digest of a token and its resource. Stores keep it instead of the token.
///
/// It is the SHA-256 of a domain, the length of the resource (64 bits, big-endian), the resource and
/// the exact bytes of the token. The resource is part of it. So a token that is shown for another
/// resource has another key there: it is unknown, and stays good for its own resource.
///
/// A key is not a secret: the token can't be computed from it. You may print it, and
/// [`TokenGate::withdraw`](crate::TokenGate::withdraw) takes one.
///
/// Keys have an order, for stores that sort them. How long `<` takes depends on both keys. That betrays no
/// token, as even a whole key does not. The gate itself accepts a token only after a comparison in constant
/// time.
///
/// ```
/// use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate, TokenKey};
///
/// # pollster::block_on(async {
/// let gate = TokenGate::new(MemoryStore::default());
/// let (feed, other) = (Resource::new(["feed"])?, Resource::new(["other"])?);
/// let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, feed.clone())).await?;
/// let text = issued.token().expose();
///
/// assert_eq!(TokenKey::of(text, &feed), Some(issued.key()));
/// assert_ne!(TokenKey::of(text, &other), Some(issued.key()));
/// assert_eq!(TokenKey::of("no token", &feed), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenKey([u8; 32]);

impl TokenKey {
    pub(super) fn new(token: &[u8; Token::LEN], resource: &Resource) -> Self {
        let resource = resource.as_bytes();
        let digest = Sha256::new()
            .chain_update(DOMAIN)
            .chain_update((resource.len() as u64).to_be_bytes())
            .chain_update(resource)
            .chain_update(token)
            .finalize();
        Self(digest.into())
    }

    /// The key of the token `text` for `resource`. `None` if the text is not spelled as a token is.
    /// Only a store knows whether there is such a token.
    pub fn of(text: &str, resource: &Resource) -> Option<Self> {
        Some(TokenText::check(text)?.key(resource))
    }

    /// The key with these bytes, for a store that reads it back.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes of the key. They are evenly distributed.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 8 bytes. They are enough to find an entry, but not to accept it.
    pub(crate) fn prefix(&self) -> u64 {
        self.0
            .first_chunk()
            .map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }
}

impl ConstantTimeEq for TokenKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenKey({:016x}…)", self.prefix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(token: u8, parts: &[&str]) -> TokenKey {
        TokenKey::new(&[token; Token::LEN], &Resource::new(parts).unwrap())
    }

    /// B9, B13, B15
    #[test]
    fn token_and_resource_both_make_the_key() {
        let same = key(b'a', &["generation", "1"]);
        assert_eq!(same, key(b'a', &["generation", "1"]));
        for other in [
            key(b'b', &["generation", "1"]),
            key(b'a', &["generation", "2"]),
            key(b'a', &["generation", "11"]),
            key(b'a', &["generation"]),
            key(b'a', &["generation1", ""]),
        ] {
            assert_ne!(same, other);
            assert!(!bool::from(same.ct_eq(&other)));
        }
    }

    #[test]
    fn a_text_has_the_key_of_the_token_it_spells() {
        let token = Token::generate(&crate::SystemEntropy).unwrap();
        let resource = Resource::new(["chat", "42"]).unwrap();
        assert_eq!(
            TokenKey::of(token.expose(), &resource),
            Some(token.key(&resource))
        );
        assert_eq!(TokenKey::of(&token.expose()[1..], &resource), None);
    }

    /// Stores that outlive a process keep these digests: they are the same in every version.
    #[test]
    fn the_digest_is_fixed() {
        let token = b"sset1_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh838KnJa";
        let key = TokenKey::new(token, &Resource::new(["chat", "42"]).unwrap());
        // Computed with Python's hashlib.
        let expected = [
            0x87, 0x34, 0x29, 0x98, 0x7f, 0x10, 0x04, 0xff, 0xc1, 0x6e, 0xd8, 0xa1, 0x82, 0xbf,
            0x00, 0xfe, 0xba, 0xbe, 0x3f, 0xa7, 0x40, 0xe4, 0xae, 0xb6, 0x09, 0x08, 0xa3, 0xf6,
            0xb1, 0xe8, 0xc0, 0x18,
        ];
        assert_eq!(key.as_bytes(), &expected);
    }
}
