//! Issuing: a request for a grant goes in, a token comes out.

use std::time::Duration;

use super::TokenGate;
use crate::{
    Entry, Epoch, Grant, GrantRequest, IssueError, Signal, StoreError, Timestamp, Token, TokenKey,
    TokenStore,
};

impl<S: TokenStore> TokenGate<S> {
    /// Issues a token. The store keeps the grant for it.
    ///
    /// The token lives for the shortest of three spans: the gate's TTL, the TTL of the request, and the
    /// time that is left of the caller's credential. The stream may last until the request's deadline,
    /// but no longer than the gate's `max_stream`.
    ///
    /// # Errors
    ///
    /// [`IssueError::kind`] says what is in the way. No token was given out. If the store did not
    /// answer, it may hold an entry that ends by itself.
    pub async fn issue(&self, request: GrantRequest) -> Result<Issued, IssueError> {
        let outcome = self.try_issue(request).await;
        match &outcome {
            Ok(_) => self.observe(Signal::Issued),
            Err(error) => self.observe_error(Signal::IssueRefused(error.kind()), error),
        }
        outcome
    }

    /// Grants what is asked for, without a token. It is for a caller that shows its own credential when
    /// it opens the stream. Nothing is stored, and the grant can be asked for again.
    ///
    /// The epoch in the grant is the request's, or the present one. The code that opens the stream must
    /// check that the subject was not withdrawn since that epoch: see [`check_epoch`](Self::check_epoch).
    ///
    /// # Errors
    ///
    /// The credential has expired, or the store can't tell its epoch.
    pub async fn grant(&self, request: GrantRequest) -> Result<Grant, IssueError> {
        let epoch = self.epoch_of(&request).await?;
        Ok(self.settle(request, epoch)?.grant)
    }

    /// Checks that the subject was not withdrawn since the epoch of the request. Without an epoch, there is
    /// nothing to check.
    ///
    /// Only the store knows when a subject was withdrawn, and it says so when it takes an entry. So this
    /// stores one, and takes it out at once.
    ///
    /// # Errors
    ///
    /// As [`issue`](Self::issue).
    ///
    /// ```
    /// use sse_gate_core::{
    ///     GrantRequest, IssueErrorKind, MemoryStore, Resource, Subject, TokenGate,
    /// };
    ///
    /// # pollster::block_on(async {
    /// let gate = TokenGate::new(MemoryStore::default());
    /// let (alice, feed) = (Subject::new("alice")?, Resource::new(["feed"])?);
    /// let request = GrantRequest::new(alice.clone(), feed).with_epoch(gate.epoch().await?);
    /// assert!(gate.check_epoch(&request).await.is_ok());
    ///
    /// gate.withdraw_all(&alice).await?;
    /// let refused = gate.check_epoch(&request).await.unwrap_err();
    /// assert_eq!(refused.kind(), IssueErrorKind::Withdrawn);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn check_epoch(&self, request: &GrantRequest) -> Result<(), IssueError> {
        let Some(epoch) = request.epoch else {
            return Ok(());
        };
        let probe = GrantRequest::new(request.subject.clone(), request.resource.clone());
        let Settled { grant, ttl, lasts } = self.settle(probe, epoch)?;
        let key = Token::generate(&*self.state.entropy)?.key(&grant.resource);
        let entry = Entry::seal(key, &grant, lasts);
        self.store.insert(key, entry, ttl).await?;
        // No one has its token. If the store fails now, the entry ends by itself.
        let _ = self.store.take(key).await;
        Ok(())
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

    /// Decides when the token and the stream end.
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

/// A grant, with its ends as spans from the moment when it was made.
struct Settled {
    grant: Grant,
    /// How long the token lives.
    ttl: Duration,
    /// How long the stream may last.
    lasts: Duration,
}

/// A token that was just issued, and what is known about it.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
///
/// # pollster::block_on(async {
/// let gate = TokenGate::new(MemoryStore::default());
/// let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["feed"])?);
/// let issued = gate.issue(request).await?;
/// assert_eq!(issued.ttl(), Duration::from_secs(60));
/// assert!(issued.token().expose().starts_with("sset1_"));
///
/// // The client has changed its mind.
/// assert!(gate.withdraw(issued.key()).await?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
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

    /// The key of the token, for [`TokenGate::withdraw`]. It is not a secret: you may keep and log it.
    pub fn key(&self) -> TokenKey {
        self.key
    }

    /// When the token ends.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// How long the token lives, in whole milliseconds.
    pub fn ttl(&self) -> Duration {
        self.ttl
    }
}
