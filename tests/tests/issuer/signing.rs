//! Keys of the issuer, and JWTs that it signs with them.

use std::time::Duration;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

/// A key of the issuer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) kid: &'static str,
    algorithm: Algorithm,
    pem: &'static [u8],
}

pub(crate) const RSA: Key = Key {
    kid: "FJ86GcF3jTbNLOco4NvZkUCIUmfYCqoqtOQeMfbhNlE",
    algorithm: Algorithm::RS256,
    pem: include_bytes!("../../../crates/sse-gate/tests/keys/rs256.pem"),
};

pub(crate) const EC: Key = Key {
    kid: "hV1Xh1zYbbuLqFFyOJeqNRWFVZoFdvcw6ZqNqY0vXVo",
    algorithm: Algorithm::ES256,
    pem: include_bytes!("../../../crates/sse-gate/tests/keys/es256.pem"),
};

pub(crate) const ED: Key = Key {
    kid: "2sJmBvMpOJdmHcXqcJwYzYPKuSRzD4Pz4zHcAgNW1vE",
    algorithm: Algorithm::EdDSA,
    pem: include_bytes!("../../../crates/sse-gate/tests/keys/eddsa.pem"),
};

impl Key {
    fn signing(&self) -> EncodingKey {
        let key = match self.algorithm {
            Algorithm::RS256 => EncodingKey::from_rsa_pem(self.pem),
            Algorithm::ES256 => EncodingKey::from_ec_pem(self.pem),
            _ => EncodingKey::from_ed_pem(self.pem),
        };
        key.unwrap()
    }

    /// The public key, as Keycloak publishes it.
    pub(crate) fn jwk(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.signing(), self.algorithm).unwrap();
        let mut jwk = serde_json::to_value(jwk).unwrap();
        jwk["kid"] = self.kid.into();
        jwk["use"] = "sig".into();
        jwk["alg"] = format!("{:?}", self.algorithm).into();
        jwk["x5c"] = json!(["MIICmzCCAYMCBgGB"]);
        jwk["x5t"] = "cdyCVWDVUlKkqUe0EJzEFUb4Gj4".into();
        jwk
    }

    /// A JWT for this user, signed with this key under another id.
    pub(crate) fn sign_as(&self, kid: &str, issuer: &str, user: &str) -> String {
        let now = sse_gate_tests::jwt::now();
        let claims = json!({
            "sub": user, "iss": issuer, "aud": ["account", "streams"], "typ": "Bearer",
            "iat": now, "exp": now + 3600, "realm_access": { "roles": ["user"] },
        });
        let mut header = Header::new(self.algorithm);
        header.kid = Some(kid.to_owned());
        encode(&header, &claims, &self.signing()).unwrap()
    }

    /// A JWT for this user.
    pub(crate) fn sign(&self, issuer: &str, user: &str) -> String {
        self.sign_as(self.kid, issuer, user)
    }
}

/// A key for encryption, which Keycloak publishes beside the others.
pub(crate) fn encryption_key() -> Value {
    let mut jwk = RSA.jwk();
    jwk["kid"] = "WhBqPkHbyXCLLmnvTQjqFPzzQ0ZCPRwHBQZhbGPW7uA".into();
    jwk["use"] = "enc".into();
    jwk["alg"] = "RSA-OAEP".into();
    jwk
}

/// Lets time jump, without a wait. Sockets go on as before.
pub(crate) async fn jump(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
