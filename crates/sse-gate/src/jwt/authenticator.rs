//! [`JwtAuthenticator`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use serde::de::DeserializeOwned;
use sse_gate_core::Clock;

use super::cache::{self, SignatureCache};
use super::claims::Expected;
use super::source::ErasedSource;
use super::{JwtSetupError, KeySource, known_answer};
use crate::mint::{AuthError, Authenticator, Bearer, GateClock, Identity};

/// How far the clocks of issuer and service may differ.
const DEFAULT_LEEWAY: Duration = Duration::from_secs(5);

const MAX_LEEWAY: Duration = Duration::from_secs(30);

/// Identifies callers by the JWT in `Authorization: Bearer`. See the [module](super). Clones share the
/// keys.
///
/// `C` is the type of the claims beside the registered ones: `()` until
/// [`with_claims`](Self::with_claims) says another.
///
/// ```
/// # #[cfg(feature = "jwt-rust-crypto")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use sse_gate::{JwtAuthenticator, JwtKey};
///
/// let key = JwtKey::hs256(b"a-secret-of-at-least-32-bytes-here")?;
/// let authenticator = JwtAuthenticator::new(key, "https://id.example", "my-service")?
///     .with_audience("my-other-service")
///     .with_leeway(Duration::from_secs(10))?;
/// # drop(authenticator);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "jwt-rust-crypto"))]
/// # fn main() {}
/// ```
pub struct JwtAuthenticator<C = ()> {
    pub(super) inner: Arc<Inner>,
    /// Reads the claims beside the registered ones.
    pub(super) claims: fn(&[u8]) -> Option<C>,
}

#[derive(Clone)]
pub(super) struct Inner {
    pub(super) keys: Arc<dyn ErasedSource>,
    pub(super) verified: Arc<SignatureCache>,
    pub(super) expected: Expected,
    pub(super) max_len: usize,
    /// Set if it is not the clock of the gate.
    pub(super) clock: Option<Arc<dyn Clock>>,
}

impl JwtAuthenticator {
    /// Accepts JWTs that `issuer` has signed for `audience` with a key of `keys`: a
    /// [`JwtKey`](super::JwtKey), a [`JwkSet`](super::JwkSet), or any other [`KeySource`].
    ///
    /// # Errors
    ///
    /// If the cryptographic backend is missing, ambiguous, or does not know the algorithm of a key that
    /// is there from the beginning, or if it can't use such a key.
    pub fn new(keys: impl KeySource, issuer: &str, audience: &str) -> Result<Self, JwtSetupError> {
        Ok(Self::new_without_audience_check(keys, issuer)?.with_audience(audience))
    }

    /// Accepts JWTs that `issuer` has signed with a key of `keys`, for any audience.
    ///
    /// It is for issuers whose access tokens name no audience, such as Amazon Cognito and Clerk. A
    /// token that this issuer made for another service passes, unless that service has keys or
    /// an issuer of its own (RFC 8725 §3.9).
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn new_without_audience_check(
        keys: impl KeySource,
        issuer: &str,
    ) -> Result<Self, JwtSetupError> {
        known_answer::check(&keys.initial_keys())?;
        let inner = Inner {
            keys: Arc::new(keys),
            verified: Arc::new(SignatureCache::new(cache::DEFAULT_ENTRIES)),
            expected: Expected {
                issuers: vec![issuer.into()],
                audiences: None,
                leeway: millis(DEFAULT_LEEWAY),
            },
            max_len: Bearer::MAX_LEN,
            clock: None,
        };
        Ok(Self {
            inner: Arc::new(inner),
            claims: |_| Some(()),
        })
    }
}

impl<C> JwtAuthenticator<C> {
    /// Reads claims into a type of yours, for the authorizer: roles, a tenant, scopes.
    ///
    /// It is read from the whole claims set, so registered claims may be members, too. Those are checked
    /// in any case. A JWT with claims that don't fit the type is refused, with the reason
    /// [`Claims`](sse_gate_core::CredentialReason::Claims). So use `Option` or `#[serde(default)]` for
    /// claims that may be absent.
    ///
    /// ```
    /// # #[cfg(feature = "jwt-rust-crypto")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use serde::Deserialize;
    /// use sse_gate::{JwtAuthenticator, JwtKey};
    ///
    /// #[derive(Deserialize)]
    /// struct Tenancy {
    ///     tenant: String,
    ///     #[serde(default)]
    ///     roles: Vec<String>,
    /// }
    ///
    /// let key = JwtKey::hs256(b"a-secret-of-at-least-32-bytes-here")?;
    /// let authenticator = JwtAuthenticator::new(key, "https://id.example", "my-service")?
    ///     .with_claims::<Tenancy>();
    /// # drop(authenticator);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "jwt-rust-crypto"))]
    /// # fn main() {}
    /// ```
    pub fn with_claims<T: DeserializeOwned + Send + Sync + 'static>(self) -> JwtAuthenticator<T> {
        JwtAuthenticator {
            inner: self.inner,
            // The error is not kept: it may quote the JWT.
            claims: |json| serde_json::from_slice(json).ok(),
        }
    }

    /// Accepts JWTs of this issuer, too. They must be signed with the same keys.
    pub fn with_issuer(self, issuer: &str) -> Self {
        self.with(|inner| inner.expected.issuers.push(issuer.into()))
    }

    /// Accepts JWTs that were made for this audience, too.
    pub fn with_audience(self, audience: &str) -> Self {
        self.with(|inner| {
            let audiences = inner.expected.audiences.get_or_insert_default();
            audiences.push(audience.into());
        })
    }

    /// How far the issuer's clock may differ: 5 s by default, 30 s at most. A JWT is valid from this
    /// long before its `nbf` and `iat`, and until this long after its `exp`.
    pub fn with_leeway(self, leeway: Duration) -> Result<Self, JwtSetupError> {
        if leeway > MAX_LEEWAY {
            return Err(JwtSetupError::Leeway);
        }
        Ok(self.with(|inner| inner.expected.leeway = millis(leeway)))
    }

    /// The longest JWT that is read, in bytes: [8 KiB](Bearer::MAX_LEN) by default. The
    /// server must take headers that are larger than that.
    pub fn with_max_len(self, bytes: usize) -> Self {
        self.with(|inner| inner.max_len = bytes)
    }

    /// How many verified signatures are remembered: 10,000 by default, which take 410 KB. With 0 each
    /// signature is verified each time. See [the module](super#the-cache-of-signatures).
    pub fn with_signature_cache(self, entries: usize) -> Self {
        self.with(|inner| inner.verified = Arc::new(SignatureCache::new(entries)))
    }

    /// The clock that JWTs are checked by. By default it is the clock of the [`Gate`](crate::Gate) that
    /// the authenticator is asked for; [`verify`](Self::verify) takes the system's.
    pub fn with_clock(self, clock: impl Clock) -> Self {
        self.with(|inner| inner.clock = Some(Arc::new(clock)))
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.inner));
        self
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl<C: Send + Sync + 'static> Authenticator for JwtAuthenticator<C> {
    type Claims = C;

    async fn authenticate(&self, parts: &Parts) -> Result<Identity<C>, AuthError> {
        let jwt = Bearer::up_to(self.inner.max_len, &parts.headers)?;
        let gate = parts.extensions.get();
        let clock = gate.map(|GateClock(clock)| &**clock);
        self.verify_by(jwt.as_str(), clock).await
    }
}

impl<C> Clone for JwtAuthenticator<C> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            claims: self.claims,
        }
    }
}

impl<C> fmt::Debug for JwtAuthenticator<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtAuthenticator")
            .field("issuers", &self.inner.expected.issuers)
            .field("audiences", &self.inner.expected.audiences)
            .finish_non_exhaustive()
    }
}
