//! What signatures are verified with: [`JwtKey`].

use std::fmt;
use std::sync::Arc;

use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind};
use sha2::{Digest, Sha256};

use super::{InvalidKey, rsa};

/// A key and the one algorithm that it is for.
///
/// | constructors | key | size |
/// |---|---|---|
/// | `hs256`, `hs384`, `hs512` | a secret that the issuer shares with you | at least 32, 48, 64 bytes |
/// | `es256_pem`, `es384_pem` | a public key of P-256 or P-384 | |
/// | `eddsa_pem` | a public key of Ed25519 | |
/// | `rs256_pem` to `rs512_pem`, `ps256_pem` to `ps512_pem` | a public RSA key | 2,048 to 8,192 bits |
///
/// That they belong together makes it impossible to take a public key for a shared secret
/// (RFC 8725 §2.1). Clones share the key. Keys in the form of JWKs come as a
/// [`JwkSet`](super::JwkSet).
///
/// ```
/// use sse_gate::JwtKey;
///
/// assert!(JwtKey::hs256(&[7; 32]).is_ok());
/// assert!(JwtKey::hs512(&[7; 32]).is_err(), "too short for SHA-512");
/// ```
#[derive(Clone)]
pub struct JwtKey(Arc<Inner>);

struct Inner {
    algorithm: Algorithm,
    key: DecodingKey,
    fingerprint: [u8; 32],
}

impl JwtKey {
    /// The shortest secret for HS256, in bytes (RFC 7518 §3.2): as long as the hash.
    pub const MIN_SECRET_LEN: usize = 32;

    /// The shortest modulus of an RSA key, in bits (RFC 7518 §3.3).
    pub const MIN_RSA_BITS: u64 = rsa::MIN_BITS;

    /// The longest modulus of an RSA key, in bits. A backend may take less: `RustCrypto` stops at 4,096.
    pub const MAX_RSA_BITS: u64 = rsa::MAX_BITS;

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
        Self::from_ec_pem(Algorithm::ES256, pem)
    }

    /// A public key of P-384 for ES384, as PEM (`SubjectPublicKeyInfo`).
    pub fn es384_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_ec_pem(Algorithm::ES384, pem)
    }

    /// A public key of Ed25519 for EdDSA, as PEM (`SubjectPublicKeyInfo`).
    pub fn eddsa_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        let key = DecodingKey::from_ed_pem(pem).map_err(InvalidKey::no_pem)?;
        Ok(Self::new(Algorithm::EdDSA, key))
    }

    /// A public RSA key for RS256, as PEM (`SubjectPublicKeyInfo` or PKCS #1), of
    /// [2,048](Self::MIN_RSA_BITS) to [8,192 bits](Self::MAX_RSA_BITS).
    pub fn rs256_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_rsa_pem(Algorithm::RS256, pem)
    }

    /// A public RSA key for RS384, in the form of [`rs256_pem`](Self::rs256_pem).
    pub fn rs384_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_rsa_pem(Algorithm::RS384, pem)
    }

    /// A public RSA key for RS512, in the form of [`rs256_pem`](Self::rs256_pem).
    pub fn rs512_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_rsa_pem(Algorithm::RS512, pem)
    }

    /// A public RSA key for PS256, RSA with PSS, in the form of [`rs256_pem`](Self::rs256_pem).
    pub fn ps256_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_rsa_pem(Algorithm::PS256, pem)
    }

    /// A public RSA key for PS384, in the form of [`rs256_pem`](Self::rs256_pem).
    pub fn ps384_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_rsa_pem(Algorithm::PS384, pem)
    }

    /// A public RSA key for PS512, in the form of [`rs256_pem`](Self::rs256_pem).
    pub fn ps512_pem(pem: &[u8]) -> Result<Self, InvalidKey> {
        Self::from_rsa_pem(Algorithm::PS512, pem)
    }

    fn from_secret(algorithm: Algorithm, secret: &[u8], min: usize) -> Result<Self, InvalidKey> {
        if secret.len() < min {
            return Err(InvalidKey::because("secret is shorter than its hash"));
        }
        Ok(Self::new(algorithm, DecodingKey::from_secret(secret)))
    }

    fn from_ec_pem(algorithm: Algorithm, pem: &[u8]) -> Result<Self, InvalidKey> {
        let key = DecodingKey::from_ec_pem(pem).map_err(InvalidKey::no_pem)?;
        let point = key.try_get_as_bytes().map_err(InvalidKey::no_pem)?;
        Self::from_ec_point(algorithm, point)
    }

    /// The point is 4, then both coordinates (SEC 1 §2.3.3), 32 bytes each for ES256 and 48 for ES384.
    pub(super) fn from_ec_point(algorithm: Algorithm, point: &[u8]) -> Result<Self, InvalidKey> {
        let size = if algorithm == Algorithm::ES256 {
            32
        } else {
            48
        };
        if point.first() != Some(&4) || point.len() != 1 + 2 * size {
            return Err(InvalidKey::because("key belongs to another curve"));
        }
        Ok(Self::new(algorithm, DecodingKey::from_ec_der(point)))
    }

    fn from_rsa_pem(algorithm: Algorithm, pem: &[u8]) -> Result<Self, InvalidKey> {
        let key = DecodingKey::from_rsa_pem(pem).map_err(InvalidKey::no_pem)?;
        rsa::check_der(key.try_get_as_bytes().map_err(InvalidKey::no_pem)?)?;
        Ok(Self::new(algorithm, key))
    }

    /// The numbers are unsigned, with the first byte first.
    pub(super) fn from_rsa_numbers(
        algorithm: Algorithm,
        modulus: &[u8],
        exponent: &[u8],
    ) -> Result<Self, InvalidKey> {
        rsa::check(modulus, exponent)?;
        let key = DecodingKey::from_rsa_raw_components(modulus, exponent);
        Ok(Self::new(algorithm, key))
    }

    /// The encoded point of a public key (RFC 8032 §5.1.5).
    pub(super) fn from_ed_point(point: &[u8; 32]) -> Self {
        Self::new(Algorithm::EdDSA, DecodingKey::from_ed_der(point))
    }

    fn new(algorithm: Algorithm, key: DecodingKey) -> Self {
        let fingerprint = fingerprint(algorithm, key.kind());
        Self(Arc::new(Inner {
            algorithm,
            key,
            fingerprint,
        }))
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// What the backend verifies with.
    pub(super) fn decoding_key(&self) -> &DecodingKey {
        &self.0.key
    }

    /// Whether it is a shared secret.
    pub(super) fn is_secret(&self) -> bool {
        self.0.algorithm.family() == AlgorithmFamily::Hmac
    }

    /// A hash of the key and its algorithm. Keys that are read twice from the same text have one.
    pub(super) fn fingerprint(&self) -> &[u8; 32] {
        &self.0.fingerprint
    }
}

fn fingerprint(algorithm: Algorithm, key: &DecodingKeyKind) -> [u8; 32] {
    let (first, second) = match key {
        DecodingKeyKind::SecretOrDer(bytes) => (&bytes[..], &[][..]),
        DecodingKeyKind::RsaModulusExponent { n, e } => (&n[..], &e[..]),
    };
    let hash = Sha256::new()
        .chain_update(format!("{algorithm:?} {} ", first.len()))
        .chain_update(first)
        .chain_update(second);
    hash.finalize().into()
}

impl fmt::Debug for JwtKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtKey")
            .field("algorithm", &self.0.algorithm)
            .finish_non_exhaustive()
    }
}
