//! [`JwtAuthenticator`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Validation, decode};
use sse_gate_core::{Clock, CredentialReason, SystemClock};

use super::claims::{Claims, Expected};
use super::header::Header;
use super::key::JwtKey;
use super::{fault, known_answer};
use crate::mint::{AuthError, Authenticator, Bearer, Identity};

/// How far the clocks of issuer and service may differ.
const DEFAULT_LEEWAY: Duration = Duration::from_secs(5);

const MAX_LEEWAY: Duration = Duration::from_secs(30);

/// Takes the `Authorization: Bearer` JWT of a request for its caller's identity. See the
/// [module](super). Clones share the key.
#[derive(Clone)]
pub struct JwtAuthenticator(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    key: JwtKey,
    validation: Validation,
    expected: Expected,
    max_len: usize,
    clock: Arc<dyn Clock>,
}

impl JwtAuthenticator {
    /// Knows callers by JWTs that `issuer` has signed with `key` for `audience`.
    ///
    /// # Errors
    ///
    /// If the cryptographic backend is missing, ambiguous, or does not know the algorithm, or if
    /// it can't use the key.
    pub fn new(key: JwtKey, issuer: &str, audience: &str) -> Result<Self, JwtSetupError> {
        Ok(Self::new_without_audience_check(key, issuer)?.with_audience(audience))
    }

    /// Knows callers by JWTs that `issuer` has signed with `key`, whatever they were made for.
    ///
    /// For issuers whose access tokens name no audience, as those of Amazon Cognito and Clerk. A
    /// token that this issuer made for another service passes, unless that service has keys or
    /// issuers of its own (RFC 8725 §3.9).
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn new_without_audience_check(key: JwtKey, issuer: &str) -> Result<Self, JwtSetupError> {
        if !known_answer::verifies(key.algorithm) {
            return Err(JwtSetupError::Backend);
        }
        if !known_answer::can_use(&key.key, key.algorithm) {
            return Err(JwtSetupError::Key);
        }
        // The claims are checked by `Claims`: their types, too, and times on the tokens' clock.
        let mut validation = Validation::new(key.algorithm);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        Ok(Self(Arc::new(Inner {
            key,
            validation,
            expected: Expected {
                issuers: vec![issuer.into()],
                audiences: None,
                leeway: millis(DEFAULT_LEEWAY),
            },
            max_len: Bearer::MAX_LEN,
            clock: Arc::new(SystemClock),
        })))
    }

    /// Takes JWTs of this issuer, too. They must be signed with the same key.
    pub fn with_issuer(self, issuer: &str) -> Self {
        self.with(|inner| inner.expected.issuers.push(issuer.into()))
    }

    /// Takes JWTs that were made for this audience, too.
    pub fn with_audience(self, audience: &str) -> Self {
        self.with(|inner| {
            let audiences = inner.expected.audiences.get_or_insert_default();
            audiences.push(audience.into());
        })
    }

    /// How far the issuer's clock may differ: 5 s by default, 30 s at most. A JWT counts from so
    /// long before its `nbf` and `iat`, and until so long after its `exp`.
    pub fn with_leeway(self, leeway: Duration) -> Result<Self, JwtSetupError> {
        if leeway > MAX_LEEWAY {
            return Err(JwtSetupError::Leeway);
        }
        Ok(self.with(|inner| inner.expected.leeway = millis(leeway)))
    }

    /// The longest JWT that is looked at, in bytes: [8 KiB](Bearer::MAX_LEN) by default. The
    /// server must take headers that are larger than that.
    pub fn with_max_len(self, bytes: usize) -> Self {
        self.with(|inner| inner.max_len = bytes)
    }

    /// The clock to go by, the system's by default.
    pub fn with_clock(self, clock: impl Clock) -> Self {
        self.with(|inner| inner.clock = Arc::new(clock))
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// The identity that a JWT gives, in its compact serialisation (RFC 7515 §7.1). It lasts until
    /// the JWT's `exp`; if that has passed already, until the leeway has, too.
    ///
    /// # Errors
    ///
    /// Its [reason](AuthError::reason) says what was wrong. Neither it nor its source prints
    /// anything of the JWT.
    pub fn verify(&self, jwt: &str) -> Result<Identity, AuthError> {
        let inner = &*self.0;
        if jwt.len() > inner.max_len {
            return Err(AuthError::too_large());
        }
        Header::read(jwt)?.check(inner.key.algorithm)?;
        let token = decode::<Claims>(jwt, &inner.key.key, &inner.validation);
        let token = token.map_err(|error| why(error.kind()))?;
        token.claims.identity(inner.clock.now(), &inner.expected)
    }
}

/// What an error of the backend's means. It is not kept: some of its kinds quote the JWT.
fn why(kind: &ErrorKind) -> AuthError {
    let (reason, what) = match kind {
        ErrorKind::Json(_) | ErrorKind::Utf8(_) => (
            CredentialReason::Claims,
            "one of its claims is missing, doubled, or of another type",
        ),
        ErrorKind::Base64(_) | ErrorKind::InvalidToken => (
            CredentialReason::Unreadable,
            "one of its parts is no base64url",
        ),
        ErrorKind::InvalidAlgorithm => (CredentialReason::Algorithm, "it names another algorithm"),
        _ => (
            CredentialReason::Signature,
            "its signature is not the key's",
        ),
    };
    fault(reason, what)
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl Authenticator for JwtAuthenticator {
    type Claims = ();

    async fn authenticate(&self, parts: &Parts) -> Result<Identity, AuthError> {
        self.verify(Bearer::up_to(self.0.max_len, &parts.headers)?.as_str())
    }
}

impl fmt::Debug for JwtAuthenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtAuthenticator")
            .field("key", &self.0.key)
            .finish_non_exhaustive()
    }
}

/// JWTs can't be verified in this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwtSetupError {
    /// The backend fails to verify a signature that is known to be good.
    #[error("no cryptographic backend verifies this algorithm: enable exactly one of them")]
    Backend,
    /// The backend can't use this key: it is not one of the algorithm's, or is damaged.
    #[error("the cryptographic backend can't use the key")]
    Key,
    /// The leeway is longer than 30 s.
    #[error("leeway is longer than 30 seconds")]
    Leeway,
}
