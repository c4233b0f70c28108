//! The keys of an issuer: [`JwkSet`].

mod entry;
mod error;
mod skipped;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde_json::Value;

use super::{JwtKey, KeyId};

pub use error::JwkSetError;
pub use skipped::{SkippedKey, SkippedKeyReason};

/// The public keys of an issuer, as a JWK Set says them (RFC 7517 §5). Clones share the keys.
///
/// Each key is for one algorithm: that of its `alg`. Without an `alg` it is ES256 for P-256, ES384 for
/// P-384, EdDSA for Ed25519, and for RSA what the program says, RS256 by default.
///
/// Entries that can't be used are skipped, and [`skipped`](Self::skipped) tells which and
/// [why](SkippedKeyReason): keys for encryption, of another type, private or symmetric ones, RSA keys
/// under 2,048 bits. Of two usable keys with one `kid` neither is used, since a JWT can't say which it
/// means.
///
/// ```
/// use sse_gate::jwt::{JwkSet, KeyId, SkippedKeyReason};
///
/// let set = JwkSet::parse(r#"{"keys": [
///     {"kid": "a", "kty": "EC", "crv": "P-256", "use": "sig",
///      "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///      "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
///     {"kid": "b", "kty": "oct", "k": "c2VjcmV0"}
/// ]}"#)?;
/// assert_eq!(set.key_count(), 1);
/// assert!(set.get(Some(&KeyId::new("a")?)).is_some());
/// let skipped = set.skipped()[0];
/// assert_eq!((skipped.index(), skipped.reason()), (1, SkippedKeyReason::Symmetric));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct JwkSet(Arc<Inner>);

struct Inner {
    keys: HashMap<KeyId, JwtKey>,
    /// The key for JWTs without a `kid`.
    only: Option<JwtKey>,
    skipped: Vec<SkippedKey>,
}

/// What an RSA key is for if its JWK does not say so.
///
/// Microsoft Entra publishes keys without an `alg`, for example, and signs with RS256.
///
/// ```
/// use sse_gate::jwt::RsaAlgorithm;
///
/// assert_eq!(RsaAlgorithm::default(), RsaAlgorithm::Rs256);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RsaAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, which most issuers sign with.
    #[default]
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
}

/// A JWK Set. Further members are allowed (RFC 7517 §5).
#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl JwkSet {
    /// The longest text, in bytes: 256 KiB.
    pub const MAX_LEN: usize = 256 * 1024;

    /// The most entries that a set may have, used or not.
    pub const MAX_KEYS: usize = 64;

    /// The set in this JSON text.
    ///
    /// The text comes from a file or an answer of the issuer. Members that RFC 7517 does not know are
    /// ignored, such as the certificates in `x5c`.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, JwkSetError> {
        Self::parse_with_rsa_default(text, RsaAlgorithm::default())
    }

    /// The set in this JSON text, with another algorithm for RSA keys that have no `alg`.
    ///
    /// An `alg` of the text comes first. A program that knows better can't overrule it.
    pub fn parse_with_rsa_default(
        text: impl AsRef<[u8]>,
        rsa: RsaAlgorithm,
    ) -> Result<Self, JwkSetError> {
        let text = text.as_ref();
        if text.len() > Self::MAX_LEN {
            return Err(JwkSetError::TooLong);
        }
        let Document { keys } = serde_json::from_slice(text).map_err(JwkSetError::not_jwk_set)?;
        if keys.len() > Self::MAX_KEYS {
            return Err(JwkSetError::TooManyKeys);
        }
        let mut usable = Vec::new();
        let mut skipped = Vec::new();
        for (index, entry) in keys.iter().enumerate() {
            match entry::read(entry, rsa) {
                Ok((id, key)) => usable.push((index, id, key)),
                Err(reason) => skipped.push(SkippedKey::new(index, reason)),
            }
        }
        Self::of(usable, skipped)
    }

    /// Keeps the keys that a JWT can name: by an id that is theirs alone, or because they are alone.
    fn of(
        usable: Vec<(usize, Option<KeyId>, JwtKey)>,
        mut skipped: Vec<SkippedKey>,
    ) -> Result<Self, JwkSetError> {
        let only = match &usable[..] {
            [(_, _, key)] => Some(key.clone()),
            _ => None,
        };
        let mut times: HashMap<KeyId, usize> = HashMap::new();
        for id in usable.iter().filter_map(|(_, id, _)| id.clone()) {
            *times.entry(id).or_default() += 1;
        }
        let mut keys = HashMap::new();
        for (index, id, key) in usable {
            match id {
                Some(id) if times[&id] > 1 => {
                    skipped.push(SkippedKey::new(index, SkippedKeyReason::SharedId));
                }
                Some(id) => drop(keys.insert(id, key)),
                None if only.is_none() => {
                    skipped.push(SkippedKey::new(index, SkippedKeyReason::NoId));
                }
                None => {}
            }
        }
        if keys.is_empty() && only.is_none() {
            return Err(JwkSetError::NoUsableKey);
        }
        skipped.sort_by_key(SkippedKey::index);
        Ok(Self(Arc::new(Inner {
            keys,
            only,
            skipped,
        })))
    }

    /// The key with this id. Without an id it is the only key of the set, if there is exactly one.
    pub fn get(&self, id: Option<&KeyId>) -> Option<&JwtKey> {
        match id {
            Some(id) => self.0.keys.get(id),
            None => self.0.only.as_ref(),
        }
    }

    /// How many keys can be used: at least one.
    pub fn key_count(&self) -> usize {
        self.0.keys.len().max(1)
    }

    /// The entries that can't be used, in the order of the text.
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.0.skipped
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &JwtKey> {
        let nameless = self.0.only.iter().filter(|_| self.0.keys.is_empty());
        self.0.keys.values().chain(nameless)
    }
}

impl fmt::Debug for JwkSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwkSet")
            .field("keys", &self.0.keys)
            .field("skipped", &self.0.skipped)
            .finish_non_exhaustive()
    }
}

impl RsaAlgorithm {
    fn to_algorithm(self) -> Algorithm {
        match self {
            Self::Rs256 => Algorithm::RS256,
            Self::Rs384 => Algorithm::RS384,
            Self::Rs512 => Algorithm::RS512,
            Self::Ps256 => Algorithm::PS256,
            Self::Ps384 => Algorithm::PS384,
            Self::Ps512 => Algorithm::PS512,
        }
    }
}
