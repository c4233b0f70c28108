//! Why a fetch failed: [`FetchError`].

use std::error::Error;

use http::StatusCode;

use super::fetch::BoxError;
use crate::jwt::JwkSetError;

/// Keys could not be fetched from the issuer.
///
/// Two ways lead to it: the [hook](super::RemoteJwkSetBuilder::with_on_fetch), for each fetch, and the cause
/// of a [`KeyError`](crate::jwt::KeyError), as an `Arc<FetchError>`.
///
/// ```
/// use std::error::Error;
/// use std::sync::Arc;
/// use sse_gate::jwt::{FetchError, FetchErrorKind, KeyError};
///
/// fn is_slow(error: &KeyError) -> bool {
///     let cause = error.source().and_then(|cause| cause.downcast_ref::<Arc<FetchError>>());
///     cause.is_some_and(|cause| cause.kind() == FetchErrorKind::TimedOut)
/// }
/// # assert!(!is_slow(&KeyError::unknown()));
/// ```
///
/// Neither it nor its sources print the address, which may hold a secret, or anything of the answer. What
/// the HTTP client's own errors print is up to the client.
#[derive(Debug, thiserror::Error)]
#[error("fetching keys failed: {kind}")]
pub struct FetchError {
    kind: FetchErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What went wrong with a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum FetchErrorKind {
    /// The answer was not complete after 5 s.
    #[error("the answer took longer than 5 seconds")]
    TimedOut,
    /// The HTTP client failed: no connection, for example.
    #[error("the HTTP client failed")]
    Client,
    /// The status is another than 200. Redirects are not followed.
    #[error("the status is not 200")]
    Status(StatusCode),
    /// The body is longer than 256 KiB.
    #[error("the answer is longer than 256 KiB")]
    TooLong,
    /// The body broke off.
    #[error("the answer broke off")]
    Body,
    /// The issuer's configuration is not readable, or has no usable `jwks_uri`.
    #[error("the issuer's configuration is not usable")]
    Configuration,
    /// The issuer's configuration names another issuer (OIDC Discovery 1.0 §4.3).
    #[error("the configuration names another issuer")]
    Issuer,
    /// The keys are not a JWK Set, or none of them can be used.
    #[error("the answer is not a usable JWK set")]
    Keys,
    /// The fetch did not run to its end: its runtime was shut down, or the client panicked.
    #[error("the fetch did not run to its end")]
    Interrupted,
}

impl FetchError {
    /// What went wrong.
    pub fn kind(&self) -> FetchErrorKind {
        self.kind
    }

    pub(super) fn of(kind: FetchErrorKind) -> Self {
        Self { kind, source: None }
    }

    pub(super) fn timed_out() -> Self {
        Self::of(FetchErrorKind::TimedOut)
    }

    pub(super) fn interrupted() -> Self {
        Self::of(FetchErrorKind::Interrupted)
    }

    pub(super) fn client(error: impl Into<BoxError>) -> Self {
        Self::of(FetchErrorKind::Client).because(error)
    }

    pub(super) fn keys(error: JwkSetError) -> Self {
        Self::of(FetchErrorKind::Keys).because(error)
    }

    pub(super) fn because(mut self, error: impl Into<BoxError>) -> Self {
        self.source = Some(error.into());
        self
    }
}
