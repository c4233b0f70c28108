//! Knows callers by their JWTs: [`JwtAuthenticator`].
//!
//! # Which tokens pass
//!
//! Those with one signature of the one algorithm that the key is for (RFC 8725 §3.1), whose
//! issuer and audience are the expected ones, which name a subject, and which are in force:
//! `exp` is required, `nbf` and `iat` are honoured. The header's `jku`, `jwk`, `x5u` and `x5c`
//! are never followed; one with `crit` is refused, and so is a `typ` that is neither `JWT` nor
//! `at+jwt`: an ID token is no access token.
//!
//! # The backend
//!
//! The cryptography is `jsonwebtoken`'s, by RustCrypto (feature `jwt-rust-crypto`) or AWS-LC
//! (`jwt-aws-lc-rs`, which is taken if both are on), or by a provider that the program installs.
//! Without any it can't verify anything:
//! [`JwtAuthenticator::new`] verifies a known signature first, so that this is an error at the
//! start rather than a surprise at the first request.

mod claims;
mod key;
mod known_answer;
mod verify;

pub use key::{InvalidKey, JwtKey};
pub use verify::{JwtAuthenticator, JwtSetupError};
