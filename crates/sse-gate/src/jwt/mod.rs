//! Identifies callers by their JWTs: [`JwtAuthenticator`].
//!
//! Give it a key or keys, the issuer that must have signed, and the audience that a JWT must be made for:
//!
//! ```
//! # #[cfg(feature = "jwt-rust-crypto")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use sse_gate::jwt::JwkSet;
//! use sse_gate::{JwtAuthenticator, JwtKey};
//!
//! let issuer = "https://id.example";
//! // One shared secret.
//! let secret = JwtKey::hs256(b"a-secret-of-at-least-32-bytes-here")?;
//! let by_secret = JwtAuthenticator::new(secret, issuer, "my-service")?;
//! // Public keys from a text, by `kid`.
//! let set = JwkSet::parse(r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "2026-11",
//!     "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#)?;
//! let by_set = JwtAuthenticator::new(set, issuer, "my-service")?;
//! # drop((by_secret, by_set));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "jwt-rust-crypto"))]
//! # fn main() {}
//! ```
//!
//! Keys that the issuer publishes and changes are fetched by a `RemoteJwkSet` (feature `jwks`), with an
//! HTTP client of yours. Keys from anywhere else come from your own [`KeySource`]. Claims such as roles
//! are read into [a type of yours](JwtAuthenticator::with_claims).
//!
//! # Which JWTs pass
//!
//! | part | rule | a JWT that breaks it |
//! |---|---|---|
//! | length | at most 8 KiB, [or another limit](JwtAuthenticator::with_max_len) | 431 |
//! | form | three parts, signed and not encrypted (RFC 7515 §7.1) | 401 |
//! | `typ` | `JWT`, `at+jwt` (RFC 9068) or absent: an ID token is not an access token | 401 |
//! | `crit` | absent | 401 |
//! | `kid` | names a key of the issuer; may be absent if there is exactly one key | 401 |
//! | `alg` | the one algorithm that the key is for (RFC 8725 §3.1) | 401 |
//! | `iss`, `aud` | among the expected ones | 401 |
//! | `sub` | 1 to 256 bytes | 401 |
//! | `exp` | required, and ahead; `nbf` and `iat`, if they are there, not ahead; ± 5 s | 401 |
//! | other claims | fit your type, if you gave one | 401 |
//! | keys | can be asked for | 503 |
//!
//! A registered claim of another type than RFC 7519's is refused, even if nothing needs it. The header's
//! `jku`, `jwk`, `x5u` and `x5c` are never followed. Clients are told the status alone; the gate's
//! [observer](sse_gate_core::Observer) is told the [reason](sse_gate_core::CredentialReason).
//!
//! # Keys and algorithms
//!
//! HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA with
//! Ed25519. A [`JwtKey`] is for one of them. Secrets are as long as RFC 7518 asks, RSA keys have 2,048 to
//! 8,192 bits.
//!
//! | limit on a [`JwkSet`] | value |
//! |---|---|
//! | text | 256 KiB |
//! | entries | 64 |
//! | `kid` | 64 bytes |
//! | time of a fetch | 5 s |
//! | time between fetches | 30 s, and 5 s while there are no good keys |
//! | age of keys whose issuer can't be reached | 10 minutes |
//!
//! # The cache of signatures
//!
//! With a public key, the signature is nearly all of the work. So what was verified is remembered, by
//! SHA-256 of the key and the whole JWT: 10,000 JWTs in 410 KB, for 5 minutes and not after the JWT's
//! end. Failures are not remembered.
//!
//! | algorithm (`RustCrypto`) | work for a JWT that is remembered ÷ for one that is not |
//! |---|---|
//! | RS256 | 0.01 to 0.03, for 0.5 to 2 KB |
//! | ES256 | 0.01 to 0.02, for 0.3 to 2 KB |
//! | EdDSA | 0.04 to 0.13, for 0.3 to 2 KB |
//! | HS256 | not remembered: the signature is a quarter of the work, and the hash takes half of that or more |
//!
//! Only the signature is not verified again. The key is looked up each time, so a JWT whose key is gone is
//! refused. Dates, issuer, audience and the types of claims are checked each time. A client that shows
//! an expired JWT is refused though its signature is remembered.
//!
//! # The backend
//!
//! The cryptography is `jsonwebtoken`'s, by RustCrypto (feature `jwt-rust-crypto`) or AWS-LC
//! (`jwt-aws-lc-rs`, which is used if both are on), or by a provider that the program installs.
//! Without a backend nothing can be verified. [`JwtAuthenticator::new`] verifies a known signature first,
//! so that this is an error at the start and not at the first request.

mod authenticator;
mod cache;
mod claims;
mod compact;
mod header;
mod invalid_key;
mod jwk_set;
mod key;
mod key_error;
mod key_id;
mod known_answer;
#[cfg(feature = "jwks")]
mod remote;
mod rsa;
mod setup_error;
mod source;
mod verify;

use sse_gate_core::CredentialReason;

use crate::mint::AuthError;

pub use authenticator::JwtAuthenticator;
pub use invalid_key::InvalidKey;
pub use jwk_set::{JwkSet, JwkSetError, RsaAlgorithm, SkippedKey, SkippedKeyReason};
pub use key::JwtKey;
pub use key_error::KeyError;
pub use key_id::{InvalidKeyId, KeyId};
#[cfg(feature = "jwks")]
pub use remote::{
    FetchError, FetchErrorKind, RemoteJwkSet, RemoteJwkSetBuilder, RemoteJwkSetError,
};
pub use setup_error::JwtSetupError;
pub use source::KeySource;

/// A fault of a JWT, in words that hold nothing of it.
fn fault(reason: CredentialReason, what: &'static str) -> AuthError {
    AuthError::of(reason).because(what)
}
