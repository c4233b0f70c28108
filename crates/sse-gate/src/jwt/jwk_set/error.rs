//! Why a text is not a set of keys: [`JwkSetError`].

/// The text is not a JWK Set, or has no key that can be used.
///
/// An entry that can't be used is no error, as long as another one can. See
/// [`SkippedKey`](super::SkippedKey).
///
/// It prints nothing of the keys.
///
/// ```
/// use sse_gate::jwt::{JwkSet, JwkSetError};
///
/// let error = JwkSet::parse("<html></html>").unwrap_err();
/// assert!(matches!(error, JwkSetError::NotJwkSet(_)));
/// let error = JwkSet::parse(r#"{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}"#).unwrap_err();
/// assert!(matches!(error, JwkSetError::NoUsableKey));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwkSetError {
    /// The text has more than 256 KiB.
    #[error("text of the JWK set is longer than 256 KiB")]
    TooLong,
    /// The text is not a JSON object with an array `keys` (RFC 7517 §5).
    #[error("text is not a JWK set")]
    NotJwkSet(#[source] serde_json::Error),
    /// The set has more than 64 entries.
    #[error("JWK set has more than 64 keys")]
    TooManyKeys,
    /// The set is empty, or each of its entries was skipped.
    #[error("JWK set has no usable key")]
    NoUsableKey,
}
