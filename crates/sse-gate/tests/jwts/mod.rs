//! JWTs that are signed with the keys in `tests/keys`, and the JWKs of those keys.
#![allow(dead_code, reason = "each test uses a part")]

use base64ct::{Base64UrlUnpadded, Encoding};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use sse_gate::core::{CredentialReason, ManualClock};
use sse_gate::jwt::KeySource;
use sse_gate::mint::{AuthError, Identity};
use sse_gate::{JwtAuthenticator, JwtKey};

/// What `ManualClock` shows at first.
pub(crate) const NOW: u64 = 1_767_225_600;

/// Verifies with keys that are there, so that there is nothing to wait for.
pub(crate) trait VerifyNow<C> {
    fn verify_now(&self, jwt: &str) -> Result<Identity<C>, AuthError>;
}

impl<C> VerifyNow<C> for JwtAuthenticator<C> {
    fn verify_now(&self, jwt: &str) -> Result<Identity<C>, AuthError> {
        let verified = futures_util::FutureExt::now_or_never(self.verify(jwt));
        verified.expect("the keys are there")
    }
}

/// An authenticator with these keys, and the clock that it goes by.
pub(crate) fn with_keys(keys: impl KeySource) -> (JwtAuthenticator, ManualClock) {
    let clock = ManualClock::default();
    let authenticator = JwtAuthenticator::new(keys, "issuer", "audience").unwrap();
    (authenticator.with_clock(clock.clone()), clock)
}

pub(crate) fn claims() -> Value {
    json!({"sub": "alice", "iss": "issuer", "aud": "audience", "iat": NOW, "exp": NOW + 3600})
}

/// The private key for an algorithm. That of HS256 is 64 times the byte 7.
pub(crate) fn signing_key(algorithm: Algorithm) -> EncodingKey {
    // If two backends are built in, the first authenticator chooses one.
    with_keys(JwtKey::hs256(&[7; 64]).unwrap());
    match algorithm {
        Algorithm::HS256 => EncodingKey::from_secret(&[7; 64]),
        Algorithm::ES256 => EncodingKey::from_ec_pem(include_bytes!("../keys/es256.pem")).unwrap(),
        Algorithm::ES384 => EncodingKey::from_ec_pem(include_bytes!("../keys/es384.pem")).unwrap(),
        Algorithm::EdDSA => EncodingKey::from_ed_pem(include_bytes!("../keys/eddsa.pem")).unwrap(),
        _ => EncodingKey::from_rsa_pem(include_bytes!("../keys/rs256.pem")).unwrap(),
    }
}

/// A JWT with this header, well signed by an algorithm that the header need not name.
pub(crate) fn spelled(algorithm: Algorithm, header: &Value, claims: &Value) -> String {
    let part = |json: &Value| Base64UrlUnpadded::encode_string(json.to_string().as_bytes());
    let message = format!("{}.{}", part(header), part(claims));
    let key = signing_key(algorithm);
    let signature = crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
    format!("{message}.{signature}")
}

/// A good JWT, with this `kid` if there is one.
pub(crate) fn signed(algorithm: Algorithm, kid: Option<&str>) -> String {
    signed_with(algorithm, kid, &claims())
}

/// A JWT with these claims, with this `kid` if there is one.
pub(crate) fn signed_with(algorithm: Algorithm, kid: Option<&str>, claims: &Value) -> String {
    let mut header = json!({"alg": format!("{algorithm:?}"), "typ": "JWT"});
    if let Some(kid) = kid {
        header["kid"] = kid.into();
    }
    spelled(algorithm, &header, claims)
}

/// The public key for an algorithm, as issuers publish it.
pub(crate) fn jwk(algorithm: Algorithm, kid: &str) -> Value {
    let jwk = Jwk::from_encoding_key(&signing_key(algorithm), algorithm).unwrap();
    let mut jwk = serde_json::to_value(jwk).unwrap();
    jwk["kid"] = kid.into();
    jwk["use"] = "sig".into();
    jwk
}

/// The same JWK with some members changed, or taken away by `null`.
pub(crate) fn changed(mut jwk: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(jwk.as_object_mut().unwrap().remove(name)),
            value => jwk[name] = value.clone(),
        }
    }
    jwk
}

/// A JWK Set of these keys.
pub(crate) fn set(keys: impl IntoIterator<Item = Value>) -> String {
    json!({ "keys": Vec::from_iter(keys) }).to_string()
}

/// Why a JWT was refused; `None` if it was not.
pub(crate) fn reason<C>(verified: Result<Identity<C>, AuthError>) -> Option<CredentialReason> {
    verified.err().map(|error| error.reason())
}
