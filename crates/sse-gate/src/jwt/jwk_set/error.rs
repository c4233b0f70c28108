//! Why a text is not a set of keys: [`JwkSetError`].

use serde::de::Error as _;

/// The text is not a JWK Set, or has no key that can be used.
///
/// An entry that can't be used is no error, as long as another one can. See
/// [`SkippedKey`](super::SkippedKey).
///
/// It prints nothing of the text.
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

impl JwkSetError {
    /// The text has another form than a set. An error about the form of the data quotes the data, so only
    /// its place is kept.
    pub(super) fn not_jwk_set(error: serde_json::Error) -> Self {
        if !error.is_data() {
            return Self::NotJwkSet(error);
        }
        let (line, column) = (error.line(), error.column());
        let place = format!("not an object with one array `keys`, at line {line} column {column}");
        Self::NotJwkSet(serde_json::Error::custom(place))
    }
}
