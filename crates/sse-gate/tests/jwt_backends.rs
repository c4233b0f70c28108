//! Every algorithm with the backend that is built in, and none without one.
//!
//! The keys in `tests/keys` were made with OpenSSL for these tests.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "jwt")]

use sse_gate::{JwtAuthenticator, JwtKey};

fn keys() -> [(&'static str, JwtKey); 4] {
    [
        ("HS256", JwtKey::hs256(&[7; 32]).unwrap()),
        (
            "ES256",
            JwtKey::es256_pem(include_bytes!("keys/es256.pub.pem")).unwrap(),
        ),
        (
            "EdDSA",
            JwtKey::eddsa_pem(include_bytes!("keys/eddsa.pub.pem")).unwrap(),
        ),
        (
            "RS256",
            JwtKey::rs256_pem(include_bytes!("keys/rs256.pub.pem")).unwrap(),
        ),
    ]
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
}

/// C3: and a key is good for its own algorithm only.
#[cfg(any(feature = "jwt-rust-crypto", feature = "jwt-aws-lc-rs"))]
#[test]
fn every_algorithm_verifies_its_own_signatures_and_no_others() {
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
    use serde_json::json;

    let public_as_secret = include_bytes!("keys/rs256.pub.pem");
    let signing = [
        (Algorithm::HS256, EncodingKey::from_secret(&[7; 32])),
        (
            Algorithm::ES256,
            EncodingKey::from_ec_pem(include_bytes!("keys/es256.pem")).unwrap(),
        ),
        (
            Algorithm::EdDSA,
            EncodingKey::from_ed_pem(include_bytes!("keys/eddsa.pem")).unwrap(),
        ),
        (
            Algorithm::RS256,
            EncodingKey::from_rsa_pem(include_bytes!("keys/rs256.pem")).unwrap(),
        ),
        (Algorithm::HS256, EncodingKey::from_secret(public_as_secret)),
    ];
    let authenticators =
        keys().map(|(_, key)| JwtAuthenticator::new(key, "issuer", "audience").unwrap());
    let claims = json!({"sub": "alice", "iss": "issuer", "aud": "audience", "exp": u32::MAX});
    for (at, (algorithm, key)) in signing.iter().enumerate() {
        let jwt = encode(&Header::new(*algorithm), &claims, key).unwrap();
        for (other, authenticator) in authenticators.iter().enumerate() {
            let is_good = authenticator.verify(&jwt).is_ok();
            assert_eq!(is_good, at == other, "{algorithm:?} for {authenticator:?}");
        }
    }
}
