//! The spelling of a token: length, prefix, alphabet and checksum. Checking it needs no secret.

use super::{Token, TokenKey};
use crate::Resource;

/// The characters that the checksum covers: the prefix and 43 more.
pub(super) const BODY_LEN: usize = Token::LEN - CHECKSUM_LEN;

const CHECKSUM_LEN: usize = 6;

/// A text that is spelled as a token is. Only a store knows whether there is such a token.
#[derive(Clone, Copy)]
pub(crate) struct TokenText<'a>(&'a [u8; Token::LEN]);

impl<'a> TokenText<'a> {
    /// Checks the spelling, the cheapest part first.
    ///
    /// The text is never decoded, so a secret has exactly one spelling.
    pub(crate) fn check(text: &'a str) -> Option<Self> {
        let bytes: &[u8; Token::LEN] = text.as_bytes().try_into().ok()?;
        let (body, sum) = bytes.split_at(BODY_LEN);
        let random = body.strip_prefix(Token::PREFIX.as_bytes())?;
        let spelled = are_base64url(random) && checksum(body) == sum;
        spelled.then_some(Self(bytes))
    }

    /// The key of this text for `resource`.
    pub(crate) fn key(self, resource: &Resource) -> TokenKey {
        TokenKey::new(self.0, resource)
    }
}

/// Looks at all bytes. That is faster than to stop at the first bad one.
fn are_base64url(bytes: &[u8]) -> bool {
    let is_one = |byte: u8| byte.is_ascii_alphanumeric() | matches!(byte, b'-' | b'_');
    bytes.iter().fold(true, |all, byte| all & is_one(*byte))
}

/// The CRC-32 (ISO-HDLC, as in zlib) of `body` in base62, `0-9A-Za-z`, highest digit first.
pub(super) fn checksum(body: &[u8]) -> [u8; CHECKSUM_LEN] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = crc32fast::hash(body);
    let mut sum = [0; CHECKSUM_LEN];
    for digit in sum.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;
    use proptest::prelude::*;

    /// Appends the checksum that belongs to `body`.
    fn with_checksum(body: &str) -> String {
        format!(
            "{body}{}",
            String::from_utf8(checksum(body.as_bytes()).to_vec()).unwrap()
        )
    }

    /// B4, B5, B8
    #[test]
    fn only_the_exact_spelling_passes() {
        let good = with_checksum(&format!("sset1_{}", "A".repeat(43)));
        assert!(TokenText::check(&good).is_some());
        let bad = [
            String::new(),
            good[..54].to_owned(),
            format!("{good}A"),
            format!(" {}", &good[1..]),
            format!("\u{feff}{}", &good[3..]),
            with_checksum(&format!("sset1_{}=", "A".repeat(42))),
            with_checksum(&format!("sset1_{}+", "A".repeat(42))),
            with_checksum(&format!("sset1_{}/", "A".repeat(42))),
            with_checksum(&format!("sset1_%41{}", "A".repeat(40))),
            with_checksum(&format!("sset1_\0{}", "A".repeat(42))),
            with_checksum(&format!("sset1_\t{}", "A".repeat(42))),
            with_checksum(&format!("sset2_{}", "A".repeat(43))),
            with_checksum(&format!("SSET1_{}", "A".repeat(43))),
            "x".repeat(1 << 20),
        ];
        for text in bad {
            assert!(TokenText::check(&text).is_none(), "{text:.80?}");
        }
    }

    proptest! {
        /// B6: a typo anywhere is told from a token without asking a store.
        #[test]
        fn one_changed_character_never_passes(place in 0..Token::LEN, to in "[ -~]") {
            let token = Token::generate(&SystemEntropy).unwrap();
            let mut typo = token.expose().to_owned();
            typo.replace_range(place..=place, &to);
            prop_assert_eq!(TokenText::check(&typo).is_some(), typo == token.expose());
        }

        #[test]
        fn any_text_is_checked_without_a_panic(text in ".{0,80}") {
            prop_assert!(TokenText::check(&text).is_none());
        }
    }
}
