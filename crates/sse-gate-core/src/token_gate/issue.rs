//! Issuing: a grant goes in, a token comes out.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::TokenGate;
use crate::{
    Cap, EntropyError, Entry, Epoch, Grant, GrantRequest, Signal, StoreError, StoreErrorKind,
    Timestamp, Token, TokenKey, TokenStore,
};

impl<S: TokenStore> TokenGate<S> {
    /// Settles what is asked for, keeps the grant in the store, and gives out a token for it.
    ///
    /// The token lives for the shortest of: the gate's TTL, the request's, and what is left of the
    /// credential that asked for it.
    ///
    /// It waits for the store for as long as the store takes. This crate has no timers; the `Gate`
    /// of `sse-gate` adds a time limit.
    pub async fn issue(&self, request: GrantRequest) -> Result<Issued, IssueError> {
        let outcome = self.try_issue(request).await;
        match &outcome {
            Ok(_) => self.observe(Signal::Issued),
            Err(error) => self.observe_error(Signal::IssueRefused(error.kind()), error),
        }
        outcome
    }

    /// Settles what is asked for, without a token: for a caller who shows the credential itself
    /// when it opens the stream. Nothing is stored, so nothing is single-use here.
    ///
    /// The epoch in the grant is the request's, or the present one. That the subject has not been
    /// withdrawn since is for the code to check that opens the stream.
    pub async fn grant(&self, request: GrantRequest) -> Result<Grant, IssueError> {
        let epoch = self.epoch_of(&request).await?;
        Ok(self.settle(request, epoch)?.grant)
    }

    async fn epoch_of(&self, request: &GrantRequest) -> Result<Epoch, StoreError> {
        match request.epoch {
            Some(epoch) => Ok(epoch),
            None => self.store.epoch().await,
        }
    }

    async fn try_issue(&self, request: GrantRequest) -> Result<Issued, IssueError> {
        let state = &*self.state;
        let epoch = self.epoch_of(&request).await?;
        let Settled { grant, ttl, lasts } = self.settle(request, epoch)?;
        let token = Token::generate(&*state.entropy)?;
        let key = token.key(&grant.resource);
        self.store
            .insert(key, Entry::seal(key, &grant, lasts), ttl)
            .await?;
        let ends_at = state.clock.steady().saturating_add(ttl);
        state.recent.issued(key, ends_at);
        Ok(Issued {
            token,
            key,
            expires_at: grant.expires_at,
            ttl,
        })
    }

    /// Settles when token and stream end.
    fn settle(&self, request: GrantRequest, epoch: Epoch) -> Result<Settled, IssueError> {
        let now = self.state.clock.now();
        let ttl = request.ttl.unwrap_or(self.state.ttl).min(self.state.ttl);
        let expires_at = request.credential_ends.min(now.saturating_add(ttl));
        let deadline = request
            .deadline
            .unwrap_or(request.credential_ends)
            .min(now.saturating_add(self.state.max_stream));
        let ttl = expires_at.saturating_since(now);
        if ttl.is_zero() {
            return Err(IssueError::credential_expired());
        }
        let grant = Grant {
            subject: request.subject,
            resource: request.resource,
            payload: request.payload,
            expires_at,
            deadline,
            continues: request.continues,
            epoch,
        };
        let lasts = deadline.saturating_since(now);
        Ok(Settled { grant, ttl, lasts })
    }
}

/// A grant, and how long its parts last from when it was settled.
struct Settled {
    grant: Grant,
    /// The life of its token.
    ttl: Duration,
    /// The time that its stream may take, from now on.
    lasts: Duration,
}

/// A token that was just issued, and what may be said about it.
#[derive(Debug)]
pub struct Issued {
    token: Token,
    key: TokenKey,
    expires_at: Timestamp,
    ttl: Duration,
}

impl Issued {
    /// The token, for the client that asked for it.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// The key to [withdraw](TokenGate::withdraw) it by. No secret: it may be kept and logged.
    pub fn key(&self) -> TokenKey {
        self.key
    }

    /// When it ends.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// How long it lives, to the millisecond.
    pub fn ttl(&self) -> Duration {
        self.ttl
    }
}

/// No token was issued.
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
    /// What asked for the token has expired, or the TTL asked for is zero.
    CredentialExpired,
    /// The subject's tokens were withdrawn after it was authenticated: it has signed out.
    Withdrawn,
    /// A cap stands in the way. [`IssueError::retry_after`] says when to ask again.
    Full(Cap),
    /// The system's random number generator failed.
    NoEntropy,
    /// The store can't be asked.
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

    /// When to ask again, at a cap that time or use lifts.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    fn credential_expired() -> Self {
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
            // A key that is there already was drawn twice: the store or the randomness is broken.
            StoreErrorKind::Exists | StoreErrorKind::Unavailable => {
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
