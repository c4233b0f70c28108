//! The key that signs JWTs: given, or drawn at random.

use std::ffi::OsString;
use std::{env, fmt};

use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use zeroize::Zeroizing;

/// A key for HS256, at least [`JwtSecret::MIN_BYTES`] long. It is wiped when dropped and never
/// printed.
#[derive(Clone)]
pub struct JwtSecret(Zeroizing<Vec<u8>>);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The key given has fewer bytes than an HS256 key needs (RFC 7518, section 3.2).
    #[error("JWT_SECRET has {0} bytes, but a key for HS256 needs at least {min}: \
        unset it, or set it to at least {min} random characters", min = JwtSecret::MIN_BYTES)]
    TooShort(usize),
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness for a key: {0}")]
    NoRandomness(#[from] SysError),
}

impl JwtSecret {
    /// The least bytes of a key: as many as SHA-256 gives out.
    pub const MIN_BYTES: usize = 32;

    /// A key given as bytes.
    pub fn new(key: impl Into<Vec<u8>>) -> Result<Self, SecretError> {
        let key = Zeroizing::new(key.into());
        if key.len() < Self::MIN_BYTES {
            return Err(SecretError::TooShort(key.len()));
        }
        Ok(Self(key))
    }

    /// A key from the operating system's generator.
    pub fn random() -> Result<Self, SecretError> {
        let mut key = Zeroizing::new(vec![0; Self::MIN_BYTES]);
        SysRng.try_fill_bytes(&mut key)?;
        Ok(Self(key))
    }

    /// The environment's `JWT_SECRET`. If that is not set, this key, or a random one.
    ///
    /// One that is set but too short, or empty, is an error and not a reason to take another.
    pub fn from_env_or(kept: Option<[u8; Self::MIN_BYTES]>) -> Result<Self, SecretError> {
        match (env::var_os("JWT_SECRET"), kept) {
            (None, Some(kept)) => Self::new(kept),
            (given, _) => Self::given_or_random(given),
        }
    }

    fn given_or_random(given: Option<OsString>) -> Result<Self, SecretError> {
        given.map_or_else(Self::random, |key| Self::new(key.into_encoded_bytes()))
    }

    /// The key, for a signer or a verifier.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Redacted.
impl fmt::Debug for JwtSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JwtSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_set_is_used_as_it_is() {
        let key = "0123456789abcdef0123456789abcdef";
        let secret = JwtSecret::given_or_random(Some(key.into())).unwrap();
        assert_eq!(secret.as_bytes(), key.as_bytes());
    }

    #[test]
    fn a_short_key_is_refused_and_the_error_says_how_short() {
        for length in [0, 1, 31] {
            let error = JwtSecret::given_or_random(Some("k".repeat(length).into())).unwrap_err();
            assert!(
                error.to_string().contains(&format!("has {length} bytes")),
                "{error}"
            );
            assert!(error.to_string().contains("at least 32"), "{error}");
        }
    }

    #[test]
    fn unset_keys_differ() {
        let draw = || JwtSecret::given_or_random(None).unwrap();
        assert_ne!(draw().as_bytes(), draw().as_bytes());
        assert_eq!(draw().as_bytes().len(), 32);
    }

    #[test]
    fn debug_is_redacted() {
        let secret = JwtSecret::new("0123456789abcdef0123456789abcdef").unwrap();
        assert_eq!(format!("{secret:?}"), "JwtSecret(..)");
    }
}
