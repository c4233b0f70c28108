//! Who asks for a token: [`Authenticator`].

use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::StatusCode;
use http::request::Parts;
use sse_gate_core::{CredentialReason, Subject, Timestamp};

use crate::challenge;
use crate::problem::Problem;

/// Finds out who makes a request, from its head.
///
/// It must go by a header that no foreign page can make a browser send: `Authorization` is one,
/// `Cookie` is not. [`Bearer::of`](super::Bearer::of) reads the former.
///
/// Every `Fn(&Parts)` that returns such a future is one.
pub trait Authenticator: Send + Sync + 'static {
    /// What an identity says beside its subject and its end.
    type Claims: Send + Sync + 'static;

    /// The caller's identity, or why there is none.
    fn authenticate(
        &self,
        parts: &Parts,
    ) -> impl Future<Output = Result<Identity<Self::Claims>, Unauthenticated>> + Send;
}

impl<F, Fut, C> Authenticator for F
where
    F: Fn(&Parts) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Identity<C>, Unauthenticated>> + Send,
    C: Send + Sync + 'static,
{
    type Claims = C;

    fn authenticate(
        &self,
        parts: &Parts,
    ) -> impl Future<Output = Result<Identity<C>, Unauthenticated>> + Send {
        self(parts)
    }
}

/// Who makes a request, how long that is known for, and what else the credential says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity<C = ()> {
    subject: Subject,
    expires_at: Timestamp,
    claims: C,
}

impl Identity {
    /// An identity that does not end by itself.
    pub fn new(subject: Subject) -> Self {
        Self {
            subject,
            expires_at: Timestamp::FOREVER,
            claims: (),
        }
    }
}

impl<C> Identity<C> {
    /// What else the credential says, in a type of yours.
    pub fn with_claims<D>(self, claims: D) -> Identity<D> {
        Identity {
            subject: self.subject,
            expires_at: self.expires_at,
            claims,
        }
    }

    /// When the credential ends, a JWT's `exp`. No token and no stream of its outlives it.
    pub fn with_expiry(mut self, at: Timestamp) -> Self {
        self.expires_at = at;
        self
    }

    /// Who it is.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// When the credential ends.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// What else the credential says.
    pub fn claims(&self) -> &C {
        &self.claims
    }
}

/// The caller of a request did not prove who they are.
///
/// The client learns of five cases: no credential, a malformed one, one that is too large, one that
/// can't be checked now, and a bad one. Which of the many ways to be bad it was, only the
/// [observer](sse_gate_core::Observer) of the gate is told.
///
/// ```
/// use sse_gate::core::CredentialReason;
/// use sse_gate::mint::Unauthenticated;
///
/// let expired = Unauthenticated::of(CredentialReason::Expired);
/// assert_eq!(expired.reason(), CredentialReason::Expired);
/// assert_eq!(Unauthenticated::invalid().reason(), CredentialReason::Invalid);
/// ```
#[derive(Debug)]
pub struct Unauthenticated {
    reason: CredentialReason,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Unauthenticated {
    /// The request is not authenticated, for this reason.
    pub fn of(reason: CredentialReason) -> Self {
        Self {
            reason,
            source: None,
        }
    }

    /// The request shows no credential.
    pub fn missing() -> Self {
        Self::of(CredentialReason::Missing)
    }

    /// The request shows credentials twice, or in a form that is none.
    pub fn malformed() -> Self {
        Self::of(CredentialReason::Malformed)
    }

    /// The credential is longer than is looked at.
    pub fn too_large() -> Self {
        Self::of(CredentialReason::TooLarge)
    }

    /// The credential is no good, or no longer. [`of`](Self::of) says why.
    pub fn invalid() -> Self {
        Self::of(CredentialReason::Invalid)
    }

    /// The credential can't be checked now.
    pub fn unavailable() -> Self {
        Self::of(CredentialReason::Unavailable)
    }

    /// Keeps what was found wrong, for logs. Clients are not told.
    ///
    /// It must print nothing of the credential: observers that write logs print it.
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Why, for metrics and logs. Never for the client.
    pub fn reason(&self) -> CredentialReason {
        self.reason
    }
}

impl From<&Unauthenticated> for Problem {
    fn from(error: &Unauthenticated) -> Self {
        let of = Self::new;
        match error.reason {
            CredentialReason::Missing => {
                of(StatusCode::UNAUTHORIZED, "A bearer credential is required.")
                    .with_challenge(challenge::MISSING)
            }
            CredentialReason::Malformed => of(
                StatusCode::BAD_REQUEST,
                "The credential is not well-formed.",
            )
            .with_challenge(challenge::INVALID_REQUEST),
            // RFC 6585 §5: it is a header field that is too large, and no content. The credential
            // may well be good, so a 401 would send the client for another one in vain.
            CredentialReason::TooLarge => of(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "The credential in the Authorization header is too large.",
            ),
            CredentialReason::Unavailable => of(
                StatusCode::SERVICE_UNAVAILABLE,
                "The credential can't be checked right now.",
            )
            .with_retry_after(Duration::from_secs(1)),
            _ => of(StatusCode::UNAUTHORIZED, "The credential is invalid.")
                .with_challenge(challenge::INVALID_TOKEN),
        }
    }
}

impl fmt::Display for Unauthenticated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            CredentialReason::Missing => "request has no credential",
            CredentialReason::Malformed => "credential is not well-formed",
            CredentialReason::TooLarge => "credential is too large",
            CredentialReason::Unavailable => "credential can't be checked",
            _ => "credential is invalid",
        })
    }
}

impl Error for Unauthenticated {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
