//! The token: what a client is given, how it is spelled, and the key a store knows it by.

mod key;
mod text;

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::{Zeroize, Zeroizing};

pub use key::TokenKey;
pub(crate) use text::TokenText;

use crate::{Entropy, EntropyError, Resource};

/// A single-use secret: whoever shows it first opens the stream it was issued for.
///
/// It is spelled `sset1_`, 43 characters of base64url (RFC 4648 §5, 32 random bytes, unpadded)
/// and the CRC-32 of those 49 characters as 6 base62 digits, 55 characters in all. A scanner for
/// leaked secrets finds one with `sset1_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}` and can tell it from a
/// look-alike by the checksum.
///
/// The only way to the text is [`expose`](Self::expose). A token cannot be cloned, compared,
/// printed or serialised, its `Debug` shows nothing of it, and its memory is wiped on drop.
pub struct Token(Box<[u8; Token::LEN]>);

impl Token {
    /// The length of every token, in bytes.
    pub const LEN: usize = 55;

    /// What every token begins with.
    pub const PREFIX: &'static str = "sset1_";

    /// Draws a new token.
    pub(crate) fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut secret = Zeroizing::new([0; 32]);
        entropy.fill(&mut secret)?;
        let mut token = Self(Box::new([b'-'; Self::LEN]));
        let (body, checksum) = token.0.split_at_mut(text::BODY_LEN);
        let (prefix, random) = body.split_at_mut(Self::PREFIX.len());
        prefix.copy_from_slice(Self::PREFIX.as_bytes());
        // 32 bytes fill the 43 characters exactly: the one error, too little room, is not possible.
        let encoded = Base64UrlUnpadded::encode(secret.as_slice(), random).map(str::len);
        debug_assert_eq!(encoded, Ok(43));
        checksum.copy_from_slice(&text::checksum(body));
        Ok(token)
    }

    /// The token's text, to be handed to the client that asked for it and to nobody else.
    pub fn expose(&self) -> &str {
        // Only ASCII was ever written into it.
        std::str::from_utf8(self.0.as_slice()).unwrap_or_default()
    }

    /// The key under which a store keeps this token's grant for `resource`.
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
