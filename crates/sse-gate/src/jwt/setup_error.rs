//! Why JWTs can't be verified at all: [`JwtSetupError`].

/// JWTs can't be verified with these settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwtSetupError {
    /// The backend fails to verify a signature that is known to be good.
    #[error("no cryptographic backend verifies this algorithm: enable exactly one of them")]
    Backend,
    /// The backend can't use this key: it belongs to another algorithm, or is damaged.
    #[error("the cryptographic backend can't use the key")]
    Key,
    /// The leeway is longer than 30 s.
    #[error("leeway is longer than 30 seconds")]
    Leeway,
}
