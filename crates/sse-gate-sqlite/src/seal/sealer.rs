//! Sealing and opening values: [`Sealer`].
//!
//! | bytes of a value | |
//! |---|---|
//! | 1 | the scheme: 0 unsealed, 1 XChaCha20-Poly1305 |
//! | 24 | the nonce, random, if it is sealed |
//! | | the content, encrypted if it is sealed |
//! | 16 | the tag, if it is sealed |

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use chacha20poly1305::{AeadInOut, Tag, XChaCha20Poly1305, XNonce};
use sse_gate_core::{Entropy, EntropyError};

use super::{Row, SealingKeys};

/// The scheme of values that are not sealed.
const UNSEALED: u8 = 0;
/// The scheme of sealed values.
const SEALED: u8 = 1;

const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;
const HEADER_LEN: usize = 1 + NONCE_LEN;

/// Seals and opens the values of one file, if it has keys.
pub(crate) struct Sealer {
    current: Option<XChaCha20Poly1305>,
    previous: Option<XChaCha20Poly1305>,
    entropy: Arc<dyn Entropy>,
}

impl Sealer {
    pub(crate) fn new(
        keys: Option<&SealingKeys>,
        file: &[u8; 32],
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let previous = keys.and_then(|keys| keys.previous.as_ref());
        Self {
            current: keys.map(|keys| keys.current.cipher(file)),
            previous: previous.map(|key| key.cipher(file)),
            entropy,
        }
    }

    /// The value to keep in `row` for this content.
    pub(crate) fn seal(&self, row: &Row, content: &[u8]) -> Result<Vec<u8>, EntropyError> {
        let Some(cipher) = &self.current else {
            return Ok([&[UNSEALED], content].concat());
        };
        let mut random = [0; 32];
        self.entropy.fill(&mut random)?;
        let mut value = Vec::with_capacity(HEADER_LEN + content.len() + TAG_LEN);
        value.push(SEALED);
        value.extend_from_slice(&random[..NONCE_LEN]);
        value.extend_from_slice(content);
        let (header, content) = value.split_at_mut(HEADER_LEN);
        let nonce = XNonce::try_from(&header[1..]).map_err(EntropyError::new)?;
        let tag = cipher
            .encrypt_inout_detached(&nonce, row.as_bytes(), content.into())
            .expect("no content is as long as 256 GiB");
        value.extend_from_slice(&tag);
        Ok(value)
    }

    /// The content of a value that stood in `row`.
    pub(crate) fn open(&self, row: &Row, value: &[u8]) -> Result<Vec<u8>, Unsealable> {
        match (value.split_first(), &self.current) {
            (Some((&UNSEALED, content)), None) => Ok(content.to_vec()),
            (Some((&SEALED, sealed)), Some(current)) => [Some(current), self.previous.as_ref()]
                .into_iter()
                .flatten()
                .find_map(|cipher| decrypt(cipher, row, sealed))
                .ok_or(Unsealable("seal does not fit")),
            _ => Err(Unsealable("value is of another scheme")),
        }
    }
}

fn decrypt(cipher: &XChaCha20Poly1305, row: &Row, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
    let (content, tag) = rest.split_at_checked(rest.len().checked_sub(TAG_LEN)?)?;
    let (nonce, tag) = (XNonce::try_from(nonce).ok()?, Tag::try_from(tag).ok()?);
    let mut content = content.to_vec();
    cipher
        .decrypt_inout_detached(&nonce, row.as_bytes(), content.as_mut_slice().into(), &tag)
        .ok()
        .map(|()| content)
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer")
            .field("is_sealed", &self.current.is_some())
            .finish_non_exhaustive()
    }
}

/// A stored value can't be opened: it was forged, changed or moved, or its key is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unsealable(&'static str);

impl fmt::Display for Unsealable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Unsealable {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SealingKey;
    use sse_gate_core::SystemEntropy;

    fn sealer(keys: Option<&SealingKeys>) -> Sealer {
        Sealer::new(keys, &[9; 32], Arc::new(SystemEntropy))
    }

    fn keys(byte: u8) -> SealingKeys {
        SealingKeys::new(SealingKey::new([byte; 32]))
    }

    /// D11, D12: what was sealed is opened in its own row alone, and any change is noticed.
    #[test]
    fn a_value_is_opened_as_it_was_sealed_or_not_at_all() {
        let sealer = sealer(Some(&keys(1)));
        let (row, other) = (Row::of("tokens").with(b"1"), Row::of("tokens").with(b"2"));
        for content in [&b""[..], b"x", &[7; 1_000]] {
            let value = sealer.seal(&row, content).unwrap();
            assert_eq!(sealer.open(&row, &value).unwrap(), content);
            assert!(sealer.open(&other, &value).is_err());
            for at in 0..value.len() {
                let mut changed = value.clone();
                changed[at] ^= 1;
                assert!(sealer.open(&row, &changed).is_err(), "byte {at}");
                assert!(sealer.open(&row, &value[..at]).is_err(), "{at} bytes");
            }
        }
    }

    /// D11: the same content is never sealed to the same bytes.
    #[test]
    fn no_two_values_are_the_same() {
        let (sealer, row) = (sealer(Some(&keys(1))), Row::of("tokens"));
        let [one, two] = [(); 2].map(|()| sealer.seal(&row, b"alice").unwrap());
        assert_ne!(one, two);
    }

    /// E15
    #[test]
    fn the_previous_key_opens_and_the_current_one_seals() {
        let row = Row::of("tokens");
        let [old, new] = [1, 2].map(|byte| sealer(Some(&keys(byte))));
        let both = sealer(Some(&keys(2).with_previous(SealingKey::new([1; 32]))));
        let value = old.seal(&row, b"alice").unwrap();
        assert_eq!(both.open(&row, &value).unwrap(), b"alice");
        assert!(new.open(&row, &value).is_err());
        let value = both.seal(&row, b"bob").unwrap();
        assert_eq!(new.open(&row, &value).unwrap(), b"bob");
        assert!(old.open(&row, &value).is_err());
    }

    /// D12: a sealed file takes nothing in clear, and the other way round.
    #[test]
    fn the_scheme_is_the_files() {
        let (sealed, clear, row) = (sealer(Some(&keys(1))), sealer(None), Row::of("tokens"));
        let value = clear.seal(&row, b"alice").unwrap();
        assert_eq!(clear.open(&row, &value).unwrap(), b"alice");
        assert!(sealed.open(&row, &value).is_err());
        assert!(clear.open(&row, &sealed.seal(&row, b"x").unwrap()).is_err());
        assert!(clear.open(&row, b"").is_err());
    }
}
