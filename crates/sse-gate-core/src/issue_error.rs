//! Why no token was issued: [`IssueError`].

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::{Cap, EntropyError, StoreError, StoreErrorKind};

/// No token was issued.
///
/// ```
/// use sse_gate_core::{
///     Cap, GrantRequest, IssueErrorKind, Limits, MemoryStore, Resource, Subject, TokenGate,
/// };
///
/// # pollster::block_on(async {
/// let limits = Limits::default().with_tokens_per_subject(1);
/// let gate = TokenGate::new(MemoryStore::new(limits));
/// let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["feed"])?);
/// gate.issue(request.clone()).await?;
///
/// let error = gate.issue(request).await.unwrap_err();
/// assert_eq!(error.kind(), IssueErrorKind::Full(Cap::TokensPerSubject));
/// assert!(error.retry_after().is_some(), "there is room when the first token ends");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct IssueError {
    kind: IssueErrorKind,
    retry_after: Option<Duration>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`IssueError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueErrorKind {
    /// The credential of the caller has expired, or the request's TTL is zero.
    CredentialExpired,
    /// The subject signed out after it was authenticated: its tokens were withdrawn.
    Withdrawn,
    /// This cap of the store is reached. [`IssueError::retry_after`] says when to ask again.
    Full(Cap),
    /// The system's random number generator failed.
    NoEntropy,
    /// The store can't be asked, or did not answer.
    StoreUnavailable,
}

impl IssueErrorKind {
    /// A short name, fit for a metric's label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CredentialExpired => "credential_expired",
            Self::Withdrawn => "withdrawn",
            Self::NoEntropy => "no_entropy",
            Self::StoreUnavailable => "store_unavailable",
            Self::Full(Cap::TokensPerSubject) => "full_tokens_per_subject",
            Self::Full(Cap::TokensInAll) => "full_tokens_in_all",
            Self::Full(Cap::PayloadPerToken) => "full_payload_per_token",
            Self::Full(Cap::PayloadPerSubject) => "full_payload_per_subject",
            Self::Full(Cap::PayloadInAll) => "full_payload_in_all",
        }
    }
}

impl IssueError {
    /// What kind of error this is.
    pub fn kind(&self) -> IssueErrorKind {
        self.kind
    }

    /// How long to wait before asking again. `None` if waiting does not help: a payload that is too
    /// large stays too large.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    pub(crate) fn credential_expired() -> Self {
        Self {
            kind: IssueErrorKind::CredentialExpired,
            retry_after: None,
            source: None,
        }
    }
}

impl From<EntropyError> for IssueError {
    fn from(error: EntropyError) -> Self {
        let source = Some(error.into());
        Self {
            kind: IssueErrorKind::NoEntropy,
            retry_after: None,
            source,
        }
    }
}

impl From<StoreError> for IssueError {
    fn from(error: StoreError) -> Self {
        let (kind, retry_after) = match error.kind() {
            StoreErrorKind::Full(full) => (IssueErrorKind::Full(full.cap()), full.retry_after()),
            StoreErrorKind::Withdrawn => (IssueErrorKind::Withdrawn, Duration::ZERO),
            // The same key was drawn twice: the store or the random number generator is broken.
            StoreErrorKind::Exists | StoreErrorKind::Corrupt | StoreErrorKind::Unavailable => {
                (IssueErrorKind::StoreUnavailable, Duration::ZERO)
            }
        };
        let retry_after = (!retry_after.is_zero()).then_some(retry_after);
        Self {
            kind,
            retry_after,
            source: Some(error.into()),
        }
    }
}

impl fmt::Display for IssueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            IssueErrorKind::CredentialExpired => "credential has expired",
            IssueErrorKind::Withdrawn => "subject's tokens were withdrawn",
            IssueErrorKind::Full(_) => "there is no room for another token",
            IssueErrorKind::NoEntropy => "the system's random number generator failed",
            IssueErrorKind::StoreUnavailable => "token store is unavailable",
        })
    }
}

impl Error for IssueError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
