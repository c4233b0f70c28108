//! Whether the cryptography works: verifies a signature that is known to be good.

mod vectors;

use std::panic::{AssertUnwindSafe, catch_unwind};

use jsonwebtoken::crypto::verify;
use jsonwebtoken::{Algorithm, DecodingKey};

use super::{JwtKey, JwtSetupError};

const MESSAGE: &[u8] = b"sse-gate known answer";

/// Chooses AWS-LC if both backends are built in: one crate's features must not break another's.
/// If the program has chosen one before, that choice stands.
fn choose_backend() {
    #[cfg(all(feature = "jwt-rust-crypto", feature = "jwt-aws-lc-rs"))]
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}

/// Algorithms that every backend has at least one of, for sources that have no key yet.
const USUAL: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::HS256];

/// Checks that the backend works with each of these keys, or works at all if there is none yet.
pub(super) fn check(keys: &[JwtKey]) -> Result<(), JwtSetupError> {
    choose_backend();
    if keys.is_empty() && !USUAL.into_iter().any(verifies) {
        return Err(JwtSetupError::Backend);
    }
    for key in keys {
        if !verifies(key.algorithm()) {
            return Err(JwtSetupError::Backend);
        }
        if !can_use(key.decoding_key(), key.algorithm()) {
            return Err(JwtSetupError::Key);
        }
    }
    Ok(())
}

/// Whether the backend takes a good signature of this algorithm for good, and a bad one for bad.
///
/// Without a backend, or with two and no choice, `jsonwebtoken` panics. The panic ends here.
fn verifies(algorithm: Algorithm) -> bool {
    catch_unwind(|| {
        let Some((key, signature)) = known(algorithm) else {
            return false;
        };
        let holds = |message| verify(signature, message, &key, algorithm).ok();
        holds(MESSAGE) == Some(true) && holds(b"another message") == Some(false)
    })
    .unwrap_or(false)
}

/// Whether the backend can use this key at all, as far as it looks at one before it verifies.
fn can_use(key: &DecodingKey, algorithm: Algorithm) -> bool {
    catch_unwind(AssertUnwindSafe(|| {
        verify("AAAA", MESSAGE, key, algorithm).is_ok()
    }))
    .unwrap_or(false)
}

/// A public key, and the signature of [`MESSAGE`] that belongs to it.
fn known(algorithm: Algorithm) -> Option<(DecodingKey, &'static str)> {
    let secret = |len| Some(DecodingKey::from_secret(&[b'k'; 64][..len]));
    let rsa = || DecodingKey::from_rsa_pem(vectors::RSA_KEY).ok();
    let ec = |pem| DecodingKey::from_ec_pem(pem).ok();
    let (key, signature) = match algorithm {
        Algorithm::HS256 => (secret(32), vectors::HS256_SIGNATURE),
        Algorithm::HS384 => (secret(48), vectors::HS384_SIGNATURE),
        Algorithm::HS512 => (secret(64), vectors::HS512_SIGNATURE),
        Algorithm::ES256 => (ec(vectors::ES256_KEY), vectors::ES256_SIGNATURE),
        Algorithm::ES384 => (ec(vectors::ES384_KEY), vectors::ES384_SIGNATURE),
        Algorithm::EdDSA => (
            DecodingKey::from_ed_pem(vectors::EDDSA_KEY).ok(),
            vectors::EDDSA_SIGNATURE,
        ),
        Algorithm::RS256 => (rsa(), vectors::RS256_SIGNATURE),
        Algorithm::RS384 => (rsa(), vectors::RS384_SIGNATURE),
        Algorithm::RS512 => (rsa(), vectors::RS512_SIGNATURE),
        Algorithm::PS256 => (rsa(), vectors::PS256_SIGNATURE),
        Algorithm::PS384 => (rsa(), vectors::PS384_SIGNATURE),
        Algorithm::PS512 => (rsa(), vectors::PS512_SIGNATURE),
        _ => return None,
    };
    Some((key?, signature))
}
