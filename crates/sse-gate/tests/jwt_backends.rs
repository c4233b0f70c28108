//! Every algorithm with the backend that is built in, and none without one.
//!
//! The keys in `tests/keys` were made with OpenSSL for these tests.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "jwt")]

#[cfg(any(feature = "jwt-rust-crypto", feature = "jwt-aws-lc-rs"))]
mod jwts;

use sse_gate::{JwtAuthenticator, JwtKey};

fn keys() -> Vec<(&'static str, JwtKey)> {
    let rsa = include_bytes!("keys/rs256.pub.pem");
    let es256 = include_bytes!("keys/es256.pub.pem");
    let es384 = include_bytes!("keys/es384.pub.pem");
    let eddsa = include_bytes!("keys/eddsa.pub.pem");
    let keys = [
        ("HS256", JwtKey::hs256(&[7; 64])),
        ("HS384", JwtKey::hs384(&[7; 64])),
        ("HS512", JwtKey::hs512(&[7; 64])),
        ("ES256", JwtKey::es256_pem(es256)),
        ("ES384", JwtKey::es384_pem(es384)),
        ("EdDSA", JwtKey::eddsa_pem(eddsa)),
        ("RS256", JwtKey::rs256_pem(rsa)),
        ("RS384", JwtKey::rs384_pem(rsa)),
        ("RS512", JwtKey::rs512_pem(rsa)),
        ("PS256", JwtKey::ps256_pem(rsa)),
        ("PS384", JwtKey::ps384_pem(rsa)),
        ("PS512", JwtKey::ps512_pem(rsa)),
    ];
    keys.map(|(name, key)| (name, key.unwrap())).into()
}

/// Without a backend the first verification would panic, and every one after it.
#[cfg(not(any(feature = "jwt-rust-crypto", feature = "jwt-aws-lc-rs")))]
#[test]
fn a_missing_backend_is_an_error_at_the_start() {
    use sse_gate::jwt::JwtSetupError;

    for (name, key) in keys() {
        let refused = JwtAuthenticator::new(key, "issuer", "audience");
        assert_eq!(refused.unwrap_err(), JwtSetupError::Backend, "{name}");
    }
    let refused = JwtAuthenticator::new(NoneYet, "issuer", "audience");
    assert_eq!(refused.unwrap_err(), JwtSetupError::Backend);
}

/// A source that has no keys at the start.
#[cfg(not(any(feature = "jwt-rust-crypto", feature = "jwt-aws-lc-rs")))]
struct NoneYet;

#[cfg(not(any(feature = "jwt-rust-crypto", feature = "jwt-aws-lc-rs")))]
impl sse_gate::jwt::KeySource for NoneYet {
    async fn key(
        &self,
        _: Option<&sse_gate::jwt::KeyId>,
    ) -> Result<JwtKey, sse_gate::jwt::KeyError> {
        Err(sse_gate::jwt::KeyError::unknown())
    }
}

/// C3: and a key is good for its own algorithm only.
#[cfg(any(feature = "jwt-rust-crypto", feature = "jwt-aws-lc-rs"))]
#[test]
fn every_algorithm_verifies_its_own_signatures_and_no_others() {
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
    use jwts::VerifyNow;
    use serde_json::json;

    let rsa = || EncodingKey::from_rsa_pem(include_bytes!("keys/rs256.pem")).unwrap();
    let ec = |pem| EncodingKey::from_ec_pem(pem).unwrap();
    let secret = EncodingKey::from_secret;
    let signing = [
        (Algorithm::HS256, secret(&[7; 64])),
        (Algorithm::HS384, secret(&[7; 64])),
        (Algorithm::HS512, secret(&[7; 64])),
        (Algorithm::ES256, ec(include_bytes!("keys/es256.pem"))),
        (Algorithm::ES384, ec(include_bytes!("keys/es384.pem"))),
        (
            Algorithm::EdDSA,
            EncodingKey::from_ed_pem(include_bytes!("keys/eddsa.pem")).unwrap(),
        ),
        (Algorithm::RS256, rsa()),
        (Algorithm::RS384, rsa()),
        (Algorithm::RS512, rsa()),
        (Algorithm::PS256, rsa()),
        (Algorithm::PS384, rsa()),
        (Algorithm::PS512, rsa()),
        // Public keys, taken for secrets.
        (
            Algorithm::HS256,
            secret(include_bytes!("keys/rs256.pub.pem")),
        ),
        (
            Algorithm::HS512,
            secret(include_bytes!("keys/es384.pub.pem")),
        ),
    ];
    let authenticators: Vec<_> = keys()
        .into_iter()
        .map(|(_, key)| JwtAuthenticator::new(key, "issuer", "audience").unwrap())
        .collect();
    let claims = json!({"sub": "alice", "iss": "issuer", "aud": "audience", "exp": u32::MAX});
    for (at, (algorithm, key)) in signing.iter().enumerate() {
        let jwt = encode(&Header::new(*algorithm), &claims, key).unwrap();
        for (other, authenticator) in authenticators.iter().enumerate() {
            let is_good = authenticator.verify_now(&jwt).is_ok();
            assert_eq!(is_good, at == other, "{algorithm:?} for {authenticator:?}");
        }
    }
}

/// A key of another curve is as long as one of P-256. Nothing is ever taken for signed by it.
#[cfg(feature = "jwt-rust-crypto")]
#[cfg(not(feature = "jwt-aws-lc-rs"))]
#[test]
fn a_key_that_the_backend_can_not_use_is_an_error_at_the_start() {
    use sse_gate::jwt::JwtSetupError;

    let key = JwtKey::es256_pem(include_bytes!("keys/secp256k1.pub.pem")).unwrap();
    let refused = JwtAuthenticator::new(key, "issuer", "audience");
    assert_eq!(refused.unwrap_err(), JwtSetupError::Key);
}
