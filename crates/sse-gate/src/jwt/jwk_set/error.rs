//! Why a text is not a set of keys: [`JwkSetError`].

/// The text is not a JWK Set, or has no key that can be used.
///
/// It prints nothing of the keys.
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
