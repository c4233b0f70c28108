//! What signatures are verified with: [`JwtKey`].

use std::fmt;

use jsonwebtoken::errors::Error as JwtError;
use jsonwebtoken::{Algorithm, DecodingKey};
use simple_asn1::ASN1Block;

/// A key and the one algorithm that it is for.
///
/// That they belong together is what makes it impossible to have a public key taken for a shared
/// secret (RFC 8725 §2.1).
///
/// ```
/// use sse_gate::JwtKey;
///
/// assert!(JwtKey::hs256(&[7; 32]).is_ok());
/// assert!(JwtKey::hs512(&[7; 32]).is_err(), "too short for SHA-512");
/// ```
#[derive(Clone)]
pub struct JwtKey {
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

impl JwtKey {
    /// The shortest secret for HS256, in bytes (RFC 7518 §3.2): as long as the hash.
    pub const MIN_SECRET_LEN: usize = 32;

    /// The shortest modulus of an RSA key, in bits (RFC 7518 §3.3).
    pub const MIN_RSA_BITS: u64 = 2048;

    /// A shared secret for HS256, of at least [32 bytes](Self::MIN_SECRET_LEN).
    pub fn hs256(secret: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_secret(Algorithm::HS256, secret, Self::MIN_SECRET_LEN)
    }

    /// A shared secret for HS384, of at least 48 bytes.
    pub fn hs384(secret: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_secret(Algorithm::HS384, secret, 48)
    }

    /// A shared secret for HS512, of at least 64 bytes.
    pub fn hs512(secret: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_secret(Algorithm::HS512, secret, 64)
    }

    /// A public key of P-256 for ES256, as PEM (`SubjectPublicKeyInfo`).
    pub fn es256_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_ec_pem(Algorithm::ES256, pem, 32)
    }

    /// A public key of P-384 for ES384, as PEM (`SubjectPublicKeyInfo`).
    pub fn es384_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_ec_pem(Algorithm::ES384, pem, 48)
    }

    /// A public key of Ed25519 for EdDSA, as PEM (`SubjectPublicKeyInfo`).
    pub fn eddsa_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        let key = DecodingKey::from_ed_pem(pem).map_err(InvalidKey::no_pem)?;
        Ok(Self::new(Algorithm::EdDSA, key))
    }

    /// A public RSA key for RS256, as PEM (`SubjectPublicKeyInfo` or PKCS #1), of at least
    /// [2,048 bits](Self::MIN_RSA_BITS).
    pub fn rs256_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_rsa_pem(Algorithm::RS256, pem)
    }

    /// The same for RS384.
    pub fn rs384_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_rsa_pem(Algorithm::RS384, pem)
    }

    /// The same for RS512.
    pub fn rs512_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_rsa_pem(Algorithm::RS512, pem)
    }

    /// The same for PS256, RSA with PSS.
    pub fn ps256_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_rsa_pem(Algorithm::PS256, pem)
    }

    /// The same for PS384.
    pub fn ps384_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_rsa_pem(Algorithm::PS384, pem)
    }

    /// The same for PS512.
    pub fn ps512_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_rsa_pem(Algorithm::PS512, pem)
    }

    fn from_secret(algorithm: Algorithm, secret: &[u8], min: usize) -> Result<Self, InvalidKey> {
        if secret.len() < min {
            return Err(InvalidKey::because("secret is shorter than its hash"));
        }
        Ok(Self::new(algorithm, DecodingKey::from_secret(secret)))
    }

    /// The point is 4, then both coordinates (SEC 1 §2.3.3).
    fn from_ec_pem(algorithm: Algorithm, pem: &[u8], size: usize) -> Result<Self, InvalidKey> {
        let key = DecodingKey::from_ec_pem(pem).map_err(InvalidKey::no_pem)?;
        let point = key.try_get_as_bytes().map_err(InvalidKey::no_pem)?;
        if point.first() != Some(&4) || point.len() != 1 + 2 * size {
            return Err(InvalidKey::because("key is one of another curve"));
        }
        Ok(Self::new(algorithm, key))
    }

    /// `RSAPublicKey` (RFC 8017 §A.1.1): modulus and exponent.
    fn from_rsa_pem(algorithm: Algorithm, pem: &[u8]) -> Result<Self, InvalidKey> {
        let key = DecodingKey::from_rsa_pem(pem).map_err(InvalidKey::no_pem)?;
        let der = key.try_get_as_bytes().map_err(InvalidKey::no_pem)?;
        let blocks = simple_asn1::from_der(der).unwrap_or_default();
        let [ASN1Block::Sequence(_, numbers)] = &blocks[..] else {
            return Err(InvalidKey::because("text is no public RSA key"));
        };
        let [
            ASN1Block::Integer(_, modulus),
            ASN1Block::Integer(_, exponent),
        ] = &numbers[..]
        else {
            return Err(InvalidKey::because("text is no public RSA key"));
        };
        if modulus.bits() < Self::MIN_RSA_BITS {
            return Err(InvalidKey::because("RSA key is shorter than 2,048 bits"));
        }
        // With 1 every text is its own signature.
        if exponent.bits() < 2 || !exponent.bit(0) {
            return Err(InvalidKey::because("exponent of the RSA key is no good"));
        }
        Ok(Self::new(algorithm, key))
    }

    fn new(algorithm: Algorithm, key: DecodingKey) -> Self {
        Self { algorithm, key }
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
    source: Option<JwtError>,
}

impl InvalidKey {
    fn because(what: &'static str) -> Self {
        Self { what, source: None }
    }

    fn no_pem(source: JwtError) -> Self {
        Self {
            what: "text is no public key of this kind in PEM",
            source: Some(source),
        }
    }
}
