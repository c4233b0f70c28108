//! Why a store of sessions failed: [`SessionError`].

use std::error::Error;
use std::fmt;

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
#[derive(Debug)]
pub struct SessionError {
    kind: SessionErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`SessionError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionErrorKind {
    /// The subject has as many sessions as it may have, and each has a connection.
    FullForSubject,
    /// There are as many sessions as there may be.
    Full,
    /// The subject's sessions were revoked since the token was shown.
    Revoked,
    /// There is a session of this name or token already.
    Exists,
    /// The store can't be reached.
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

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            SessionErrorKind::FullForSubject => "subject has too many sessions",
            SessionErrorKind::Full => "there are too many sessions",
            SessionErrorKind::Revoked => "subject's sessions were revoked",
            SessionErrorKind::Exists => "session exists already",
            SessionErrorKind::Unavailable => "session store is unavailable",
        })
    }
}

impl Error for SessionError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
