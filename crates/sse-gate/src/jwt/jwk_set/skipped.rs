//! Entries of a set that are not used: [`SkippedKey`].

use std::fmt;

/// An entry of a [`JwkSet`](super::JwkSet) that is not used, and why.
///
/// Its `Display` is a line for a log: `key 1 of the JWK set was skipped: symmetric`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkippedKey {
    index: usize,
    reason: SkippedKeyReason,
}

/// Why an entry of a [`JwkSet`](super::JwkSet) is not used.
///
/// A set of a well-run issuer has [`Use`](Self::Use) for its keys for encryption, and
/// [`Unsupported`](Self::Unsupported) or [`Algorithm`](Self::Algorithm) for kinds of keys that are newer
/// than this crate. [`Symmetric`](Self::Symmetric) and [`Private`](Self::Private) are a leak at the issuer,
/// [`SharedId`](Self::SharedId) is a mistake there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SkippedKeyReason {
    /// The entry is not an object, or a member is missing or of another type.
    Malformed,
    /// The type (`kty`) or the curve (`crv`) is not supported (RFC 7517 §5).
    Unsupported,
    /// A shared secret (`oct`). One in a public set is not secret, so anyone could sign with it.
    Symmetric,
    /// The entry has private members, such as `d`. A private key in a public set is not secret.
    Private,
    /// The key is not for signatures: its `use` is another than `sig` (RFC 7517 §4.2).
    Use,
    /// The key is not for verification: its `key_ops` lack `verify` (RFC 7517 §4.3).
    Operations,
    /// The algorithm (`alg`) is not supported, or does not fit the type and curve.
    Algorithm,
    /// The key itself is no good: a weak RSA key, a point of a wrong length, bytes that are not base64url.
    InvalidKey,
    /// The `kid` is empty, longer than 64 bytes, or has control characters.
    InvalidId,
    /// Another usable key of the set has the same `kid`.
    SharedId,
    /// The key has no `kid` and is not the only one, so no JWT can name it.
    NoId,
}

impl SkippedKey {
    pub(super) fn new(index: usize, reason: SkippedKeyReason) -> Self {
        Self { index, reason }
    }

    /// The place in the array `keys`, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Why it is not used.
    pub fn reason(&self) -> SkippedKeyReason {
        self.reason
    }
}

impl SkippedKeyReason {
    /// A short name, fit for a metric's label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unsupported => "unsupported",
            Self::Symmetric => "symmetric",
            Self::Private => "private",
            Self::Use => "other_use",
            Self::Operations => "other_operations",
            Self::Algorithm => "wrong_algorithm",
            Self::InvalidKey => "invalid_key",
            Self::InvalidId => "invalid_id",
            Self::SharedId => "shared_id",
            Self::NoId => "no_id",
        }
    }
}

impl fmt::Display for SkippedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { index, reason } = self;
        write!(
            f,
            "key {index} of the JWK set was skipped: {}",
            reason.as_str()
        )
    }
}
