//! The token: the secret itself, its spelling, and the key that stores know it by.

mod key;
mod text;

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::{Zeroize, Zeroizing};

pub use key::TokenKey;
pub(crate) use text::TokenText;

use crate::{Entropy, EntropyError, Resource};

/// A single-use secret. The first client that shows it opens the stream that it was issued for.
///
/// It is 55 characters long: `sset1_`, then 32 random bytes as 43 characters of base64url without
/// padding (RFC 4648 §5), then the CRC-32 of these 49 characters as 6 digits of base62. A scanner for
/// leaked secrets finds tokens with `sset1_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}`, and checks them with the
/// checksum.
///
/// Only [`expose`](Self::expose) gives the text. A token can't be cloned, compared, printed or
/// serialised. Its `Debug` is redacted, and its memory is wiped on drop.
///
/// ```
/// use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, Token, TokenGate};
///
/// # pollster::block_on(async {
/// let gate = TokenGate::new(MemoryStore::default());
/// let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["feed"])?);
/// let issued = gate.issue(request).await?;
/// let token: &Token = issued.token();
/// assert_eq!(token.expose().len(), Token::LEN);
/// assert!(token.expose().starts_with(Token::PREFIX));
/// assert_eq!(format!("{token:?}"), "Token([redacted])");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct Token(Box<[u8; Token::LEN]>);

impl Token {
    /// The length of every token, in bytes.
    pub const LEN: usize = 55;

    /// The first characters of every token.
    pub const PREFIX: &'static str = "sset1_";

    /// Draws a new token.
    pub(crate) fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut secret = Zeroizing::new([0; 32]);
        entropy.fill(&mut secret)?;
        let mut token = Self(Box::new([b'-'; Self::LEN]));
        let (body, checksum) = token.0.split_at_mut(text::BODY_LEN);
        let (prefix, random) = body.split_at_mut(Self::PREFIX.len());
        prefix.copy_from_slice(Self::PREFIX.as_bytes());
        // The only error is too little room. 32 bytes fill exactly 43 characters.
        let encoded = Base64UrlUnpadded::encode(secret.as_slice(), random).map(str::len);
        debug_assert_eq!(encoded, Ok(43));
        checksum.copy_from_slice(&text::checksum(body));
        Ok(token)
    }

    /// The text of the token. Give it to the client that asked for it, and to no one else.
    pub fn expose(&self) -> &str {
        // It holds only ASCII.
        std::str::from_utf8(self.0.as_slice()).unwrap_or_default()
    }

    /// The key under which a store keeps the grant of this token for `resource`.
    pub fn key(&self, resource: &Resource) -> TokenKey {
        TokenKey::new(&self.0, resource)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl zeroize::ZeroizeOnDrop for Token {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    fn token() -> Token {
        Token::generate(&SystemEntropy).unwrap()
    }

    /// D18
    #[test]
    fn every_token_is_well_formed() {
        for _ in 0..1_000 {
            let token = token();
            assert_eq!(token.expose().len(), Token::LEN);
            assert!(
                TokenText::check(token.expose()).is_some(),
                "{}",
                token.expose()
            );
        }
    }

    /// D6
    #[test]
    fn debug_shows_nothing_of_a_token() {
        assert_eq!(
            format!("{:?} {:#?}", token(), token()),
            "Token([redacted]) Token([redacted])"
        );
    }

    #[test]
    fn the_spelling_is_fixed() {
        #[derive(Debug)]
        struct Counting;
        impl Entropy for Counting {
            fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError> {
                bytes.iter_mut().zip(0..).for_each(|(byte, n)| *byte = n);
                Ok(())
            }
        }
        // The checksum was computed with Python's zlib.crc32.
        let expected = "sset1_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh838KnJa";
        assert_eq!(Token::generate(&Counting).unwrap().expose(), expected);
    }
}
