//! What a store finds rows by: a [`Tag`] of a name, made by a [`TagIndex`].
//!
//! Each store has an [`IndexKey`] of its own, which is random and which it keeps sealed. So the tags stay
//! the same when the sealing keys are rotated, and say nothing to someone without a key.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sse_gate_core::{Entropy, EntropyError};
use zeroize::Zeroizing;

use crate::{Place, Sealer, UnsealError};

/// The first 16 bytes of an HMAC-SHA256 of a name (RFC 2104, truncated as its §5 allows).
///
/// ```
/// use sse_gate_core::SystemEntropy;
/// use sse_gate_seal::{IndexKey, Tag};
///
/// let tags = IndexKey::draw(&SystemEntropy)?.into_index();
/// let tag = tags.tag(b"alice");
/// assert_eq!(Tag::from_slice(tag.as_bytes()), Some(tag));
/// # Ok::<(), sse_gate_core::EntropyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag([u8; 16]);

impl Tag {
    /// The tag that was kept as these bytes. `None` if they can't be one.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// The key of a store's tags. It is wiped on drop, and does not print.
///
/// It is also the check of the sealing keys: if it [opens](Self::open), they are the right ones.
///
/// ```
/// use std::sync::Arc;
/// use sse_gate_core::SystemEntropy;
/// use sse_gate_seal::{IndexKey, Realm, Sealer, SealingKey, SealingKeys};
///
/// let realm = Realm::new("my-store", [1; 32]);
/// let sealer = |byte| {
///     let keys = SealingKeys::new(SealingKey::new([byte; 32]));
///     Sealer::new(Some(&keys), &realm, Arc::new(SystemEntropy))
/// };
/// let kept = IndexKey::draw(&SystemEntropy)?.seal(&sealer(7))?;
/// assert!(IndexKey::open(&sealer(7), &kept).is_ok());
/// assert!(IndexKey::open(&sealer(8), &kept).is_err());
/// # Ok::<(), sse_gate_core::EntropyError>(())
/// ```
pub struct IndexKey(Zeroizing<[u8; 32]>);

impl IndexKey {
    /// A random key, for a new store.
    pub fn draw(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut key = Zeroizing::new([0; 32]);
        entropy.fill(&mut key)?;
        Ok(Self(key))
    }

    /// The value to keep for this key.
    pub fn seal(&self, sealer: &Sealer) -> Result<Vec<u8>, EntropyError> {
        sealer.seal(&place(), &*self.0)
    }

    /// Reads what [`seal`](Self::seal) made.
    ///
    /// # Errors
    ///
    /// It was sealed with other keys, in another store, or it is damaged.
    pub fn open(sealer: &Sealer, value: &[u8]) -> Result<Self, UnsealError> {
        let bytes = Zeroizing::new(sealer.open(&place(), value)?);
        match bytes.as_slice().try_into() {
            Ok(bytes) => Ok(Self(Zeroizing::new(bytes))),
            Err(_) => Err(UnsealError::new("index key has not 32 bytes")),
        }
    }

    fn mac(&self) -> Hmac<Sha256> {
        Hmac::new_from_slice(&*self.0).expect("HMAC takes a key of any length")
    }

    /// Makes tags with it.
    pub fn into_index(self) -> TagIndex {
        TagIndex(self)
    }
}

fn place() -> Place {
    Place::of("index key")
}

/// Makes the tags of one store.
///
/// ```
/// use sse_gate_core::SystemEntropy;
/// use sse_gate_seal::IndexKey;
///
/// let tags = IndexKey::draw(&SystemEntropy)?.into_index();
/// assert_eq!(tags.tag(b"alice"), tags.tag(b"alice"));
/// assert_ne!(tags.tag(b"alice"), tags.tag(b"bob"));
/// # Ok::<(), sse_gate_core::EntropyError>(())
/// ```
#[derive(Debug)]
pub struct TagIndex(IndexKey);

impl TagIndex {
    /// The tag of a name.
    pub fn tag(&self, name: &[u8]) -> Tag {
        let mut mac = self.0.mac();
        mac.update(name);
        let full: [u8; 32] = mac.finalize().into_bytes().into();
        Tag(std::array::from_fn(|place| full[place]))
    }
}

impl fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(byte: u8) -> TagIndex {
        IndexKey(Zeroizing::new([byte; 32])).into_index()
    }

    /// D11: a tag depends on the name and on the store's key.
    #[test]
    fn a_tag_tells_names_and_stores_apart() {
        let [one, two] = [1, 2].map(index);
        assert_eq!(one.tag(b"alice"), one.tag(b"alice"));
        assert_ne!(one.tag(b"alice"), one.tag(b"alic"));
        assert_ne!(one.tag(b"alice"), two.tag(b"alice"));
    }

    /// D8: no key prints.
    #[test]
    fn an_index_key_does_not_print() {
        assert_eq!(format!("{:?}", index(7)), "TagIndex(IndexKey { .. })");
    }
}
