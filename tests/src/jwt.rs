//! JWTs as the demo's login makes them, and as it never would.

use std::time::{SystemTime, UNIX_EPOCH};

use base64ct::{Base64UrlUnpadded, Encoding};
use jsonwebtoken::crypto::sign as signature;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

/// What the servers are given as `JWT_SECRET`.
pub const SECRET: &str = "nobody-knows-this-secret-of-tests";

/// Issuer and audience of the demo.
pub const DEMO: &str = "sse-gate-demo";

/// The present moment, in Unix seconds.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("it is after 1970").as_secs()
}

/// The claims of a user whose JWT is good for an hour.
pub fn claims(user: &str) -> Value {
    let now = now();
    json!({ "sub": user, "iss": DEMO, "aud": DEMO, "iat": now, "exp": now + 3600 })
}

/// A good JWT.
pub fn of(user: &str) -> String {
    with_claims(&claims(user))
}

/// A JWT that says this, well signed.
pub fn with_claims(claims: &Value) -> String {
    signed(r#"{"alg":"HS256","typ":"JWT"}"#, &claims.to_string())
}

/// A JWT of this header's and these claims' text, with a good HS256 signature whatever the header
/// says.
pub fn signed(header: &str, claims: &str) -> String {
    signed_by(SECRET, header, claims)
}

/// As [`signed`], by somebody else's secret.
pub fn signed_by(secret: &str, header: &str, claims: &str) -> String {
    let text = unsigned(header, claims);
    let key = EncodingKey::from_secret(secret.as_bytes());
    let signature = signature(text.as_bytes(), &key, Algorithm::HS256).expect("HMAC never fails");
    format!("{text}.{signature}")
}

/// The first two parts of a JWT.
pub fn unsigned(header: &str, claims: &str) -> String {
    let [header, claims] =
        [header, claims].map(|it| Base64UrlUnpadded::encode_string(it.as_bytes()));
    format!("{header}.{claims}")
}
