//! Knows callers by their JWTs: [`JwtAuthenticator`].
//!
//! # Which tokens pass
//!
//! Those with one signature of the one algorithm that the key is for (RFC 8725 §3.1), whose
//! issuer and audience are among the expected ones, which name a subject, and which are in force:
//! `exp` is required, `nbf` and `iat` are honoured. A registered claim of another type than RFC
//! 7519's is refused, looked at or not. One that is longer than 8 KiB is not looked at, and
//! answered with 431. The header's `jku`, `jwk`, `x5u` and `x5c`
//! are never followed; one with `crit` is refused, and so is a `typ` that is neither `JWT` nor
//! `at+jwt`: an ID token is no access token.
//!
//! # Algorithms
//!
//! HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA with
//! Ed25519. A [`JwtKey`] is for one of them, and is as long as RFC 7518 asks.
//!
//! # The backend
//!
//! The cryptography is `jsonwebtoken`'s, by RustCrypto (feature `jwt-rust-crypto`) or AWS-LC
//! (`jwt-aws-lc-rs`, which is taken if both are on), or by a provider that the program installs.
//! Without any it can't verify anything:
//! [`JwtAuthenticator::new`] verifies a known signature first, so that this is an error at the
//! start rather than a surprise at the first request.

mod claims;
mod header;
mod key;
mod known_answer;
mod verify;

use sse_gate_core::CredentialReason;

use crate::mint::AuthError;

pub use key::{InvalidKey, JwtKey};
pub use verify::{JwtAuthenticator, JwtSetupError};

/// A fault of a JWT's, in words that hold nothing of it.
fn fault(reason: CredentialReason, what: &'static str) -> AuthError {
    AuthError::of(reason).because(what)
}
