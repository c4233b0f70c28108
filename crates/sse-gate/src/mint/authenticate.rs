//! Who asks for a token: [`Authenticator`].

use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::StatusCode;
use http::request::Parts;
use sse_gate_core::{Subject, Timestamp};

use crate::challenge;
use crate::problem::Problem;

/// Finds out who makes a request, from its head.
///
/// It must go by a header that no foreign page can make a browser send: `Authorization` is one,
/// `Cookie` is not. [`Bearer::of`](super::Bearer::of) reads the former.
///
/// Every `Fn(&Parts)` that returns such a future is one.
pub trait Authenticator: Send + Sync + 'static {
    /// The caller's identity, or why there is none.
    fn authenticate(
        &self,
        parts: &Parts,
    ) -> impl Future<Output = Result<Identity, Unauthenticated>> + Send;
}

impl<F, Fut> Authenticator for F
where
    F: Fn(&Parts) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Identity, Unauthenticated>> + Send,
{
    fn authenticate(
        &self,
        parts: &Parts,
    ) -> impl Future<Output = Result<Identity, Unauthenticated>> + Send {
        self(parts)
    }
}

/// Who makes a request, and how long that is known for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    subject: Subject,
    expires_at: Timestamp,
}

impl Identity {
    /// An identity that does not end by itself.
    pub fn new(subject: Subject) -> Self {
        Self {
            subject,
            expires_at: Timestamp::FOREVER,
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
}

/// Nobody knows who makes a request.
#[derive(Debug)]
pub struct Unauthenticated {
    reason: Reason,
    source: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Missing,
    Malformed,
    Invalid,
    Unavailable,
}

impl Unauthenticated {
    /// The request shows no credential.
    pub fn missing() -> Self {
        Self {
            reason: Reason::Missing,
            source: None,
        }
    }

    /// The request shows credentials twice, or in a form that is none.
    pub fn malformed() -> Self {
        Self {
            reason: Reason::Malformed,
            source: None,
        }
    }

    /// The credential is no good, or no longer.
    pub fn invalid() -> Self {
        Self {
            reason: Reason::Invalid,
            source: None,
        }
    }

    /// Nobody can say now whether the credential is good.
    pub fn unavailable() -> Self {
        Self {
            reason: Reason::Unavailable,
            source: None,
        }
    }

    /// Keeps what was found wrong, for logs. Clients are not told.
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl From<&Unauthenticated> for Problem {
    fn from(error: &Unauthenticated) -> Self {
        let of = Self::new;
        match error.reason {
            Reason::Missing => of(StatusCode::UNAUTHORIZED, "A bearer credential is required.")
                .with_challenge(challenge::MISSING),
            Reason::Malformed => of(
                StatusCode::BAD_REQUEST,
                "The credential is not well-formed.",
            )
            .with_challenge(challenge::INVALID_REQUEST),
            Reason::Invalid => of(StatusCode::UNAUTHORIZED, "The credential is invalid.")
                .with_challenge(challenge::INVALID_TOKEN),
            Reason::Unavailable => of(
                StatusCode::SERVICE_UNAVAILABLE,
                "The credential can't be checked right now.",
            )
            .with_retry_after(Duration::from_secs(1)),
        }
    }
}

impl fmt::Display for Unauthenticated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            Reason::Missing => "request has no credential",
            Reason::Malformed => "credential is not well-formed",
            Reason::Invalid => "credential is invalid",
            Reason::Unavailable => "credential can't be checked",
        })
    }
}

impl Error for Unauthenticated {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
