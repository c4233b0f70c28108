//! Why a request is not authenticated: [`AuthError`].

use std::error::Error;
use std::time::Duration;

use http::StatusCode;
use sse_gate_core::{CredentialReason, InvalidSubject};

use super::Challenge;
use crate::problem::Problem;

/// The caller of a request did not prove who it is. An [`Authenticator`](super::Authenticator) returns
/// it.
///
/// | made with | status |
/// |---|---|
/// | [`missing`](Self::missing), [`invalid`](Self::invalid) | 401 with `WWW-Authenticate` |
/// | [`malformed`](Self::malformed) | 400 with `WWW-Authenticate` |
/// | [`foreign_origin`](Self::foreign_origin) | 403 |
/// | [`too_large`](Self::too_large) | 431 |
/// | [`unavailable`](Self::unavailable) | 503 with `Retry-After` |
///
/// The client does not learn why a credential is invalid. [`of`](Self::of) takes the exact reason, and
/// the gate's [observer](sse_gate_core::Observer) is told.
///
/// ```
/// use http::StatusCode;
/// use sse_gate::Problem;
/// use sse_gate::core::CredentialReason;
/// use sse_gate::mint::AuthError;
///
/// let expired = AuthError::of(CredentialReason::Expired);
/// assert_eq!(expired.reason(), CredentialReason::Expired);
/// assert_eq!(Problem::from(expired).status(), StatusCode::UNAUTHORIZED);
///
/// // The error of a database goes to the observer, and not to the client.
/// # fn ask_database() -> Result<(), std::io::Error> { Err(std::io::Error::other("no route")) }
/// let error = ask_database().map_err(AuthError::unavailable).unwrap_err();
/// assert_eq!(Problem::from(error).status(), StatusCode::SERVICE_UNAVAILABLE);
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{}", describe(*reason))]
pub struct AuthError {
    reason: CredentialReason,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl AuthError {
    /// The request is not authenticated, for this reason. Metrics and logs show the reason.
    pub fn of(reason: CredentialReason) -> Self {
        Self {
            reason,
            source: None,
        }
    }

    /// The request shows no credential: 401.
    pub fn missing() -> Self {
        Self::of(CredentialReason::Missing)
    }

    /// The request shows credentials twice, or in a form that can't be read: 400.
    pub fn malformed() -> Self {
        Self::of(CredentialReason::Malformed)
    }

    /// The credential is longer than the service reads: 431.
    pub fn too_large() -> Self {
        Self::of(CredentialReason::TooLarge)
    }

    /// The credential is not valid, or no longer valid: 401. [`of`](Self::of) takes a more exact reason.
    pub fn invalid() -> Self {
        Self::of(CredentialReason::Invalid)
    }

    /// A page of another origin sent the request, and the browser added a cookie: 403.
    pub fn foreign_origin() -> Self {
        Self::of(CredentialReason::Origin)
    }

    /// The credential can't be checked now, because of this error: 503. The gate's observer gets the
    /// error, and the client does not.
    ///
    /// The text of `cause` must not have the credential in it: it is written to logs.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::of(CredentialReason::Unavailable).because(cause)
    }

    /// Keeps the error behind it, for logs. Clients don't see it.
    ///
    /// The text of `source` must not have the credential in it: it is written to logs.
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The reason, for metrics and logs. Don't send it to the client.
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
            // RFC 6585 §5: a header field is too large, not the content. The credential may be valid,
            // so a 401 would make the client get a new one for nothing.
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
    /// The answer of a service that takes bearer tokens. A mint answers with its own
    /// [`Challenge`] instead.
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
    /// The credential names a subject that is empty or too long: 401.
    fn from(error: InvalidSubject) -> Self {
        Self::of(CredentialReason::Claims).because(error)
    }
}

fn describe(reason: CredentialReason) -> &'static str {
    match reason {
        CredentialReason::Missing => "request has no credential",
        CredentialReason::Malformed => "credential is not well-formed",
        CredentialReason::TooLarge => "credential is too large",
        CredentialReason::Unavailable => "credential can't be checked",
        CredentialReason::Origin => "page of another origin used a cookie",
        _ => "credential is invalid",
    }
}
