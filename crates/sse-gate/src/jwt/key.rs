//! What signatures are verified with: [`JwtKey`].

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey};

/// A key and the one algorithm that it is for.
///
/// That they belong together is what makes it impossible to have a public key taken for a shared
/// secret (RFC 8725 §2.1).
#[derive(Clone)]
pub struct JwtKey {
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

impl JwtKey {
    /// The shortest secret for HS256, in bytes (RFC 7518 §3.2).
    pub const MIN_SECRET_LEN: usize = 32;

    /// A shared secret for HS256, of at least [32 bytes](Self::MIN_SECRET_LEN).
    pub fn hs256(secret: &[u8]) -> Result<Self, InvalidKey> {
        if secret.len() < Self::MIN_SECRET_LEN {
            return Err(InvalidKey {
                what: "secret is shorter than 32 bytes",
                source: None,
            });
        }
        Ok(Self {
            algorithm: Algorithm::HS256,
            key: DecodingKey::from_secret(secret),
        })
    }

    /// A public key of P-256 for ES256, as PEM (`SubjectPublicKeyInfo`).
    pub fn es256_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_pem(Algorithm::ES256, DecodingKey::from_ec_pem(pem))
    }

    /// A public key of Ed25519 for EdDSA, as PEM (`SubjectPublicKeyInfo`).
    pub fn eddsa_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_pem(Algorithm::EdDSA, DecodingKey::from_ed_pem(pem))
    }

    /// A public RSA key for RS256, as PEM (`SubjectPublicKeyInfo` or PKCS #1).
    pub fn rs256_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_pem(Algorithm::RS256, DecodingKey::from_rsa_pem(pem))
    }

    fn from_pem(
        algorithm: Algorithm,
        key: Result<DecodingKey, jsonwebtoken::errors::Error>,
    ) -> Result<Self, InvalidKey> {
        let invalid = |source| InvalidKey {
            what: "text is no public key in PEM",
            source: Some(source),
        };
        Ok(Self {
            algorithm,
            key: key.map_err(invalid)?,
        })
    }
}

impl fmt::Debug for JwtKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtKey")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// Bytes are no key of their kind.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct InvalidKey {
    what: &'static str,
    #[source]
    source: Option<jsonwebtoken::errors::Error>,
}
