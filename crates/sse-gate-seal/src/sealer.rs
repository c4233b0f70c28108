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

use crate::{Place, Realm, SealingKeys};

/// The scheme of values that are not sealed.
const UNSEALED: u8 = 0;
/// The scheme of sealed values.
const SEALED: u8 = 1;

const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;
const HEADER_LEN: usize = 1 + NONCE_LEN;

/// Seals and opens the values of one store.
///
/// Without keys, values stay in clear. A sealed store takes no value in clear, and the other way round.
///
/// ```
/// use std::sync::Arc;
/// use sse_gate_core::SystemEntropy;
/// use sse_gate_seal::{Place, Realm, Sealer, SealingKey, SealingKeys};
///
/// let (realm, place) = (Realm::new("my-store", [1; 32]), Place::of("tokens"));
/// let keys = SealingKeys::new(SealingKey::new([7; 32]));
/// let sealed = Sealer::new(Some(&keys), &realm, Arc::new(SystemEntropy));
/// let clear = Sealer::new(None, &realm, Arc::new(SystemEntropy));
///
/// let planted = clear.seal(&place, b"mallory")?;
/// assert!(sealed.open(&place, &planted).is_err());
/// # Ok::<(), sse_gate_core::EntropyError>(())
/// ```
pub struct Sealer {
    current: Option<XChaCha20Poly1305>,
    previous: Option<XChaCha20Poly1305>,
    entropy: Arc<dyn Entropy>,
}

impl Sealer {
    /// Seals the values of this store with these keys, and draws nonces from this source.
    pub fn new(keys: Option<&SealingKeys>, realm: &Realm, entropy: Arc<dyn Entropy>) -> Self {
        let previous = keys.and_then(|keys| keys.previous.as_ref());
        Self {
            current: keys.map(|keys| keys.current.cipher(realm)),
            previous: previous.map(|key| key.cipher(realm)),
            entropy,
        }
    }

    /// The value to keep in `place` for this content.
    pub fn seal(&self, place: &Place, content: &[u8]) -> Result<Vec<u8>, EntropyError> {
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
        let tag = encrypt(cipher, &nonce, place, content);
        value.extend_from_slice(&tag);
        Ok(value)
    }

    /// By how many bytes a value is longer than its content. It is the same for all values of a store.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use sse_gate_core::SystemEntropy;
    /// use sse_gate_seal::{Place, Realm, Sealer, SealingKey, SealingKeys};
    ///
    /// let (realm, place) = (Realm::new("my-store", [1; 32]), Place::of("events"));
    /// let keys = SealingKeys::new(SealingKey::new([7; 32]));
    /// for (keys, overhead) in [(Some(&keys), 41), (None, 1)] {
    ///     let sealer = Sealer::new(keys, &realm, Arc::new(SystemEntropy));
    ///     assert_eq!(sealer.overhead(), overhead);
    ///     assert_eq!(sealer.seal(&place, b"hello")?.len(), 5 + overhead);
    /// }
    /// # Ok::<(), sse_gate_core::EntropyError>(())
    /// ```
    pub fn overhead(&self) -> usize {
        match self.current {
            Some(_) => HEADER_LEN + TAG_LEN,
            None => 1,
        }
    }

    /// The content of a value that stood in `place`.
    pub fn open(&self, place: &Place, value: &[u8]) -> Result<Vec<u8>, UnsealError> {
        match (value.split_first(), &self.current) {
            (Some((&UNSEALED, content)), None) => Ok(content.to_vec()),
            (Some((&SEALED, sealed)), Some(current)) => [Some(current), self.previous.as_ref()]
                .into_iter()
                .flatten()
                .find_map(|cipher| decrypt(cipher, place, sealed))
                .ok_or(UnsealError::new("seal does not fit")),
            _ => Err(UnsealError::new("value is of another scheme")),
        }
    }
}

fn encrypt(cipher: &XChaCha20Poly1305, nonce: &XNonce, place: &Place, content: &mut [u8]) -> Tag {
    cipher
        .encrypt_inout_detached(nonce, place.as_bytes(), content.into())
        .expect("no content is as long as 256 GiB")
}

fn decrypt(cipher: &XChaCha20Poly1305, place: &Place, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
    let (content, tag) = rest.split_at_checked(rest.len().checked_sub(TAG_LEN)?)?;
    let (nonce, tag) = (XNonce::try_from(nonce).ok()?, Tag::try_from(tag).ok()?);
    let mut content = content.to_vec();
    cipher
        .decrypt_inout_detached(
            &nonce,
            place.as_bytes(),
            content.as_mut_slice().into(),
            &tag,
        )
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
///
/// ```
/// use std::sync::Arc;
/// use sse_gate_core::SystemEntropy;
/// use sse_gate_seal::{Place, Realm, Sealer};
///
/// let sealer = Sealer::new(None, &Realm::new("my-store", [1; 32]), Arc::new(SystemEntropy));
/// let error = sealer.open(&Place::of("tokens"), b"").unwrap_err();
/// assert_eq!(error.to_string(), "value is of another scheme");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnsealError(&'static str);

impl UnsealError {
    pub(crate) const fn new(why: &'static str) -> Self {
        Self(why)
    }
}

impl fmt::Display for UnsealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for UnsealError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SealingKey;
    use sse_gate_core::SystemEntropy;

    fn sealer(keys: Option<&SealingKeys>) -> Sealer {
        Sealer::new(keys, &Realm::new("test", [9; 32]), Arc::new(SystemEntropy))
    }

    fn keys(byte: u8) -> SealingKeys {
        SealingKeys::new(SealingKey::new([byte; 32]))
    }

    /// D11, D12: what was sealed is opened in its own place alone, and any change is noticed.
    #[test]
    fn a_value_is_opened_as_it_was_sealed_or_not_at_all() {
        let sealer = sealer(Some(&keys(1)));
        let (place, other) = (
            Place::of("tokens").with(b"1"),
            Place::of("tokens").with(b"2"),
        );
        for content in [&b""[..], b"x", &[7; 1_000]] {
            let value = sealer.seal(&place, content).unwrap();
            assert_eq!(value.len(), content.len() + sealer.overhead());
            assert_eq!(sealer.open(&place, &value).unwrap(), content);
            assert!(sealer.open(&other, &value).is_err());
            for at in 0..value.len() {
                let mut changed = value.clone();
                changed[at] ^= 1;
                assert!(sealer.open(&place, &changed).is_err(), "byte {at}");
                assert!(sealer.open(&place, &value[..at]).is_err(), "{at} bytes");
            }
        }
    }

    /// D12: what one store has sealed is opened by no other, whether its kind or its name is another one.
    #[test]
    fn a_value_is_opened_only_in_its_own_store() {
        let (keys, place) = (keys(1), Place::of("tokens"));
        let realms = [("one", [1; 32]), ("two", [1; 32]), ("one", [2; 32])];
        let sealers = realms.map(|(kind, name)| {
            let realm = Realm::new(kind, name);
            Sealer::new(Some(&keys), &realm, Arc::new(SystemEntropy))
        });
        let value = sealers[0].seal(&place, b"alice").unwrap();
        let opened = sealers.map(|sealer| sealer.open(&place, &value).is_ok());
        assert_eq!(opened, [true, false, false]);
    }

    /// D11: the same content is never sealed to the same bytes.
    #[test]
    fn no_two_values_are_the_same() {
        let (sealer, place) = (sealer(Some(&keys(1))), Place::of("tokens"));
        let [one, two] = [(); 2].map(|()| sealer.seal(&place, b"alice").unwrap());
        assert_ne!(one, two);
    }

    /// E15
    #[test]
    fn the_previous_key_opens_and_the_current_one_seals() {
        let place = Place::of("tokens");
        let [old, new] = [1, 2].map(|byte| sealer(Some(&keys(byte))));
        let both = sealer(Some(&keys(2).with_previous(SealingKey::new([1; 32]))));
        let value = old.seal(&place, b"alice").unwrap();
        assert_eq!(both.open(&place, &value).unwrap(), b"alice");
        assert!(new.open(&place, &value).is_err());
        let value = both.seal(&place, b"bob").unwrap();
        assert_eq!(new.open(&place, &value).unwrap(), b"bob");
        assert!(old.open(&place, &value).is_err());
    }

    /// D12: a sealed file takes nothing in clear, and the other way round.
    #[test]
    fn the_scheme_is_the_files() {
        let (sealed, clear, place) = (sealer(Some(&keys(1))), sealer(None), Place::of("tokens"));
        let value = clear.seal(&place, b"alice").unwrap();
        assert_eq!(value.len(), 5 + clear.overhead());
        assert_eq!(clear.open(&place, &value).unwrap(), b"alice");
        assert!(sealed.open(&place, &value).is_err());
        assert!(
            clear
                .open(&place, &sealed.seal(&place, b"x").unwrap())
                .is_err()
        );
        assert!(clear.open(&place, b"").is_err());
    }
}
