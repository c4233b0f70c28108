//! [`JwtAuthenticator`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use jsonwebtoken::{Validation, decode, decode_header};
use sse_gate_core::{Clock, SystemClock};

use super::claims::Claims;
use super::key::JwtKey;
use super::known_answer;
use crate::mint::{Authenticator, Bearer, Identity, Unauthenticated};

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
    leeway: Duration,
    clock: Arc<dyn Clock>,
}

impl JwtAuthenticator {
    /// Knows callers by JWTs that `issuer` has signed with `key` for `audience`.
    ///
    /// # Errors
    ///
    /// If the cryptographic backend is missing, ambiguous, or does not know the algorithm.
    pub fn new(key: JwtKey, issuer: &str, audience: &str) -> Result<Self, JwtSetupError> {
        if !known_answer::verifies(key.algorithm) {
            return Err(JwtSetupError::Backend);
        }
        let mut validation = Validation::new(key.algorithm);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Times are checked by `Claims`, on the clock that tokens go by.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let (leeway, clock) = (DEFAULT_LEEWAY, Arc::new(SystemClock));
        Ok(Self(Arc::new(Inner {
            key,
            validation,
            leeway,
            clock,
        })))
    }

    /// How far the issuer's clock may differ: 5 s by default, 30 s at most.
    pub fn with_leeway(mut self, leeway: Duration) -> Result<Self, JwtSetupError> {
        if leeway > MAX_LEEWAY {
            return Err(JwtSetupError::Leeway);
        }
        Arc::make_mut(&mut self.0).leeway = leeway;
        Ok(self)
    }

    /// The clock to go by, the system's by default.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        Arc::make_mut(&mut self.0).clock = Arc::new(clock);
        self
    }

    /// The identity that a JWT gives, in its compact serialisation (RFC 7515 §7.1).
    pub fn verify(&self, jwt: &str) -> Result<Identity, Unauthenticated> {
        let Inner {
            key,
            validation,
            leeway,
            clock,
        } = &*self.0;
        let invalid = |error| Unauthenticated::invalid().because(error);
        let header = decode_header(jwt).map_err(invalid)?;
        if header.crit.is_some() {
            return Err(Unauthenticated::invalid().because("it has critical extensions"));
        }
        if header.typ.is_some_and(|typ| !is_access_token(&typ)) {
            return Err(Unauthenticated::invalid().because("it is of another type"));
        }
        let token = decode::<Claims>(jwt, &key.key, validation).map_err(invalid)?;
        let leeway = u64::try_from(leeway.as_millis()).unwrap_or(u64::MAX);
        token.claims.identity(clock.now(), leeway)
    }
}

/// RFC 7515 §4.1.9: a media type, in any case, with or without its `application/`.
fn is_access_token(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    matches!(
        typ.strip_prefix("application/").unwrap_or(&typ),
        "jwt" | "at+jwt"
    )
}

impl Authenticator for JwtAuthenticator {
    async fn authenticate(&self, parts: &Parts) -> Result<Identity, Unauthenticated> {
        self.verify(Bearer::of(&parts.headers)?.as_str())
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
    /// The leeway is longer than 30 s.
    #[error("leeway is longer than 30 seconds")]
    Leeway,
}
