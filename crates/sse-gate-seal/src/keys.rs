//! The server's keys: [`SealingKeys`].

use std::fmt;

use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Realm;

/// What the derived keys are for. It stands before the kind of the store (the `info` of RFC 5869 §2.3).
const PURPOSE: &[u8] = b"sse-gate-seal/values/1/";

/// A key that seals what a store keeps. It is wiped on drop, and does not print.
///
/// Keep it where the store is not: someone who has both reads the store. What is sealed with a key that is lost is
/// lost with it, which for tokens costs clients one more request.
///
/// ```
/// use sse_gate_seal::SealingKey;
///
/// let secret = [7; 32];
/// let key = SealingKey::new(secret);
/// assert_eq!(format!("{key:?}"), "SealingKey { .. }");
/// ```
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// The key of these 32 random bytes.
    ///
    /// Each store gets a key of its own from it (HKDF-SHA256, RFC 5869), so one secret can serve several
    /// stores. A value that is copied from one store into another can't be opened there.
    ///
    /// ```
    /// use sse_gate_seal::{SealingKey, SealingKeys};
    ///
    /// # let path = std::env::temp_dir().join(format!("sse-gate-seal-{}", std::process::id()));
    /// # std::fs::write(&path, [7; 32])?;
    /// // Made once, by `head -c 32 /dev/urandom > key`. A file of another length is refused.
    /// let secret: [u8; 32] = std::fs::read(&path)?
    ///     .try_into()
    ///     .map_err(|_| "a key has 32 bytes")?;
    /// let keys = SealingKeys::new(SealingKey::new(secret));
    /// # std::fs::remove_file(&path)?;
    /// # let _ = keys;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(secret: [u8; 32]) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// The cipher of one store. Each has its own, so that nothing can be moved from store to store.
    pub(crate) fn cipher(&self, realm: &Realm) -> XChaCha20Poly1305 {
        let mut own = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(realm.name()), &*self.0)
            .expand_multi_info(&[PURPOSE, realm.kind().as_bytes()], &mut *own)
            .expect("32 bytes are one block of HKDF-SHA256");
        XChaCha20Poly1305::new((&*own).into())
    }
}

/// The key that seals, and the key before it, whose values can still be opened.
///
/// To rotate, open the store with the new key as the current one and the old key as the previous one. Drop
/// the old key at a later start, when all that it has sealed has ended: for tokens after their time to
/// live, a minute by default. What is still sealed with a key that was dropped is refused.
///
/// Several processes share a Redis server. So first give all of them the new key as the previous one, and
/// then as the current one: else, some would not open what others have sealed.
///
/// ```
/// use std::sync::Arc;
/// use sse_gate_core::SystemEntropy;
/// use sse_gate_seal::{Place, Realm, Sealer, SealingKey, SealingKeys};
///
/// let (realm, place) = (Realm::new("my-store", [1; 32]), Place::of("tokens"));
/// let sealer = |keys: SealingKeys| Sealer::new(Some(&keys), &realm, Arc::new(SystemEntropy));
/// # let (old, new) = ([1; 32], [2; 32]);
/// let before = sealer(SealingKeys::new(SealingKey::new(old)));
/// let value = before.seal(&place, b"alice")?;
///
/// let both = SealingKeys::new(SealingKey::new(new)).with_previous(SealingKey::new(old));
/// let now = sealer(both);
/// assert!(now.open(&place, &value).is_ok());
/// // What is sealed now can't be opened with the old key alone.
/// assert!(before.open(&place, &now.seal(&place, b"bob")?).is_err());
/// # Ok::<(), sse_gate_core::EntropyError>(())
/// ```
#[derive(Debug)]
pub struct SealingKeys {
    pub(crate) current: SealingKey,
    pub(crate) previous: Option<SealingKey>,
}

impl SealingKeys {
    /// Only this key. It seals and opens.
    pub fn new(current: SealingKey) -> Self {
        Self {
            current,
            previous: None,
        }
    }

    /// Opens what the key before has sealed, too. Nothing new is sealed with it.
    ///
    /// Sessions and logs live longer than tokens, for hours or days. A session is sealed anew whenever it
    /// changes, an event never. If the previous key is dropped too early, a session that it has sealed is lost,
    /// and an event that it has sealed is a gap for its readers.
    pub fn with_previous(mut self, previous: SealingKey) -> Self {
        self.previous = Some(previous);
        self
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// D8: no key prints.
    #[test]
    fn keys_do_not_print() {
        let keys = SealingKeys::new(SealingKey::new([7; 32]));
        let shown = format!("{:?}", keys.with_previous(SealingKey::new([7; 32])));
        assert!(!shown.contains('7'), "{shown}");
        assert!(shown.contains("SealingKey { .. }"), "{shown}");
    }
}
