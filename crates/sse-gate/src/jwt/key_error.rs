//! Why there is no key: [`KeyError`].

use std::error::Error;

/// A [`KeySource`](super::KeySource) has no key to verify a JWT with.
///
/// | | the client gets | [reason](sse_gate_core::CredentialReason) for metrics and logs |
/// |---|---|---|
/// | [`unknown`](Self::unknown) | 401: another JWT is needed | `UnknownKey` |
/// | [`unavailable`](Self::unavailable) | 503: the same JWT may be good later | `Unavailable` |
///
/// ```
/// use sse_gate::jwt::KeyError;
///
/// assert!(KeyError::unknown().is_unknown());
/// assert!(!KeyError::unavailable("the network is down").is_unknown());
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{}", if source.is_none() { "the issuer has no key with this id" } else { "keys are not available" })]
pub struct KeyError {
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl KeyError {
    /// The source has keys, and none has this id. The JWT is refused with 401.
    pub fn unknown() -> Self {
        Self { source: None }
    }

    /// The source can't tell whether there is such a key. The request is answered with 503.
    ///
    /// Observers that write logs print the cause: it must hold no secret.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let source = Some(cause.into());
        Self { source }
    }

    /// Whether it is the JWT's fault and not the source's.
    pub fn is_unknown(&self) -> bool {
        self.source.is_none()
    }
}
