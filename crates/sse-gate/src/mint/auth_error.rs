//! Why a caller is not known: [`AuthError`].

use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::StatusCode;
use sse_gate_core::{CredentialReason, InvalidSubject};

use super::Challenge;
use crate::problem::Problem;

/// The caller of a request did not prove who it is.
///
/// The client learns of five cases: no credential, a malformed one, one that is too large, one that
/// can't be checked now, and a bad one. Which of the many ways to be bad it was, only the
/// [observer](sse_gate_core::Observer) of the gate is told.
///
/// ```
/// use sse_gate::core::CredentialReason;
/// use sse_gate::mint::AuthError;
///
/// let expired = AuthError::of(CredentialReason::Expired);
/// assert_eq!(expired.reason(), CredentialReason::Expired);
/// assert_eq!(AuthError::invalid().reason(), CredentialReason::Invalid);
/// ```
#[derive(Debug)]
pub struct AuthError {
    reason: CredentialReason,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl AuthError {
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

    /// The request shows credentials twice, or in a form that can't be read.
    pub fn malformed() -> Self {
        Self::of(CredentialReason::Malformed)
    }

    /// The credential is longer than the service reads.
    pub fn too_large() -> Self {
        Self::of(CredentialReason::TooLarge)
    }

    /// The credential is not valid, or no longer valid. [`of`](Self::of) says why.
    pub fn invalid() -> Self {
        Self::of(CredentialReason::Invalid)
    }

    /// A cookie came with a request of another origin's page.
    pub fn foreign_origin() -> Self {
        Self::of(CredentialReason::Origin)
    }

    /// The credential can't be checked now. The client is answered with 503.
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

impl AuthError {
    /// The answer of a service with this challenge.
    pub(crate) fn to_problem(&self, challenge: &Challenge) -> Problem {
        let of = Problem::new;
        match self.reason {
            CredentialReason::Missing => {
                of(StatusCode::UNAUTHORIZED, challenge.detail()).with_challenge(challenge.missing())
            }
            CredentialReason::Malformed => of(
                StatusCode::BAD_REQUEST,
                "The credential is not well-formed.",
            )
            .with_challenge(challenge.malformed()),
            CredentialReason::Origin => of(
                StatusCode::FORBIDDEN,
                "Pages of this origin may not use your cookie.",
            ),
            // RFC 6585 §5: it is a header field that is too large, not the content. The credential
            // may well be good, so a 401 would send the client for another one in vain.
            CredentialReason::TooLarge => of(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "The credential in the request's header is too large.",
            ),
            CredentialReason::Unavailable => of(
                StatusCode::SERVICE_UNAVAILABLE,
                "The credential can't be checked right now.",
            )
            .with_retry_after(Duration::from_secs(1)),
            _ => of(StatusCode::UNAUTHORIZED, "The credential is invalid.")
                .with_challenge(challenge.invalid()),
        }
    }
}

impl From<&AuthError> for Problem {
    /// The answer of a service that takes bearer tokens.
    fn from(error: &AuthError) -> Self {
        error.to_problem(&Challenge::bearer())
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        Self::from(&error)
    }
}

impl From<InvalidSubject> for AuthError {
    /// The credential names a subject that can't be one.
    fn from(error: InvalidSubject) -> Self {
        Self::of(CredentialReason::Claims).because(error)
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            CredentialReason::Missing => "request has no credential",
            CredentialReason::Malformed => "credential is not well-formed",
            CredentialReason::TooLarge => "credential is too large",
            CredentialReason::Unavailable => "credential can't be checked",
            CredentialReason::Origin => "page of another origin used a cookie",
            _ => "credential is invalid",
        })
    }
}

impl Error for AuthError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
