//! Why a store of sessions failed: [`SessionError`].

use std::error::Error;

/// A store of sessions could not do what it was asked to.
///
/// A full store is not broken: [`kind`](Self::kind) tells the two apart.
///
/// ```
/// use sse_gate_resume::error::{SessionError, SessionErrorKind};
///
/// let status = |error: &SessionError| match error.kind() {
///     SessionErrorKind::FullForSubject => 429,
///     SessionErrorKind::Revoked => 401,
///     _ => 503,
/// };
/// assert_eq!(status(&SessionErrorKind::FullForSubject.into()), 429);
/// assert_eq!(status(&SessionError::unavailable("no route to host")), 503);
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct SessionError {
    kind: SessionErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`SessionError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionErrorKind {
    /// The subject has as many sessions as it may have, and each has a connection.
    #[error("subject has too many sessions")]
    FullForSubject,
    /// There are as many sessions as there may be.
    #[error("there are too many sessions")]
    Full,
    /// The subject's sessions were revoked since the token was shown.
    #[error("subject's sessions were revoked")]
    Revoked,
    /// There is a session of this name or token already.
    #[error("session exists already")]
    Exists,
    /// The store can't be reached.
    #[error("session store is unavailable")]
    Unavailable,
}

impl SessionError {
    /// What kind of error this is.
    pub fn kind(&self) -> SessionErrorKind {
        self.kind
    }

    /// The store can't be reached, for this reason.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: SessionErrorKind::Unavailable,
            source: Some(source.into()),
        }
    }
}

impl From<SessionErrorKind> for SessionError {
    fn from(kind: SessionErrorKind) -> Self {
        Self { kind, source: None }
    }
}
