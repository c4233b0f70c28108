//! From the text of a JWT to an identity.

use sse_gate_core::{Clock, CredentialReason, SystemClock};

use super::cache::Hash;
use super::claims::Claims;
use super::compact::Compact;
use super::header::Header;
use super::{JwtAuthenticator, JwtKey, KeyError, fault};
use crate::mint::{AuthError, Identity};

impl<C> JwtAuthenticator<C> {
    /// The identity that a JWT gives, in its compact serialisation (RFC 7515 §7.1). It lasts until
    /// the JWT's `exp`. If the leeway lets the JWT in after that, it lasts until the leeway ends.
    ///
    /// # Errors
    ///
    /// Its [reason](AuthError::reason) says what was wrong. Neither it nor its source prints
    /// anything of the JWT.
    pub async fn verify(&self, jwt: &str) -> Result<Identity<C>, AuthError> {
        self.verify_by(jwt, None).await
    }

    /// The same by this clock, unless another one was set.
    pub(super) async fn verify_by(
        &self,
        jwt: &str,
        clock: Option<&dyn Clock>,
    ) -> Result<Identity<C>, AuthError> {
        let inner = &*self.inner;
        if jwt.len() > inner.max_len {
            return Err(AuthError::too_large());
        }
        let compact = Compact::parse(jwt)?;
        let header = Header::read(&compact.header()?)?;
        // What no key can verify must not make a source fetch one.
        let (algorithm, id) = (header.algorithm()?, header.key_id()?);
        let key = inner.keys.key(id.as_ref()).await.map_err(no_key)?;
        if key.algorithm() != algorithm {
            return Err(fault(
                CredentialReason::Algorithm,
                "it names another algorithm than the key's",
            ));
        }
        let clock = inner.clock.as_deref().or(clock).unwrap_or(&SystemClock);
        self.check(jwt, &compact, &key, clock)
    }

    /// Checks all that can be checked with the key at hand.
    fn check(
        &self,
        jwt: &str,
        compact: &Compact<'_>,
        key: &JwtKey,
        clock: &dyn Clock,
    ) -> Result<Identity<C>, AuthError> {
        let inner = &*self.inner;
        let (now, steady) = (clock.now(), clock.steady());
        let hash = inner.verified.is_for(key).then(|| Hash::of(key, jwt));
        let is_verified = hash.is_some_and(|hash| inner.verified.has(&hash, steady));
        if !is_verified {
            compact.verify(key)?;
        }
        let json = compact.claims()?;
        let identity = Claims::read(&json)?.identity(now, &inner.expected)?;
        let claims = (self.claims)(&json).ok_or_else(|| {
            fault(
                CredentialReason::Claims,
                "its claims do not fit the service's type",
            )
        })?;
        // A hit does not prolong its life.
        if let (Some(hash), false) = (hash, is_verified) {
            let life = identity.expires_at().saturating_since(now);
            inner.verified.keep(hash, life, steady);
        }
        Ok(identity.with_claims(claims))
    }
}

fn no_key(error: KeyError) -> AuthError {
    let reason = if error.is_unknown() {
        CredentialReason::UnknownKey
    } else {
        CredentialReason::Unavailable
    };
    AuthError::of(reason).because(error)
}
