//! Why JWTs can't be verified at all: [`JwtSetupError`].

/// JWTs can't be verified with these settings.
///
/// It comes when an authenticator is made, so that a program does not start instead of refusing each
/// caller.
///
/// ```
/// # #[cfg(feature = "jwt-rust-crypto")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use sse_gate::jwt::JwtSetupError;
/// use sse_gate::{JwtAuthenticator, JwtKey};
///
/// let authenticator = JwtAuthenticator::new(JwtKey::hs256(&[7; 32])?, "issuer", "audience")?;
/// let error = authenticator.with_leeway(Duration::from_secs(60)).unwrap_err();
/// assert_eq!(error, JwtSetupError::Leeway);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "jwt-rust-crypto"))]
/// # fn main() {}
/// ```
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
