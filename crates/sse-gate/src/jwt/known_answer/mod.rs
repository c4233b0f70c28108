//! Whether the cryptography works: verifies a signature that is known to be good.

mod vectors;

use std::panic::{AssertUnwindSafe, catch_unwind};

use jsonwebtoken::crypto::verify;
use jsonwebtoken::{Algorithm, DecodingKey};

const MESSAGE: &[u8] = b"sse-gate known answer";

/// Chooses AWS-LC if both backends are built in: one crate's features must not break another's.
/// A choice that the program has made before stands.
fn choose_backend() {
    #[cfg(all(feature = "jwt-rust-crypto", feature = "jwt-aws-lc-rs"))]
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}

/// Whether the backend takes a good signature of this algorithm's for good, and a bad one for bad.
///
/// Without a backend, or with two and no choice, `jsonwebtoken` panics. The panic ends here.
pub(super) fn verifies(algorithm: Algorithm) -> bool {
    choose_backend();
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
pub(super) fn can_use(key: &DecodingKey, algorithm: Algorithm) -> bool {
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
