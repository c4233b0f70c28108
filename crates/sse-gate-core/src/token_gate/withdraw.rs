//! Withdrawing: tokens that were issued and not yet used end early.

use super::TokenGate;
use crate::{Epoch, Signal, StoreError, Subject, TokenKey, TokenStore};

impl<S: TokenStore> TokenGate<S> {
    /// The present epoch, for [`GrantRequest::with_epoch`](crate::GrantRequest::with_epoch). Read it
    /// before you authenticate a caller.
    ///
    /// ```
    /// use sse_gate_core::{
    ///     GrantRequest, IssueErrorKind, MemoryStore, Resource, Subject, TokenGate,
    /// };
    ///
    /// # pollster::block_on(async {
    /// let gate = TokenGate::new(MemoryStore::default());
    /// let epoch = gate.epoch().await?;
    /// // The service authenticates the caller and reads the request, which may take a while.
    /// let (alice, chat) = (Subject::new("alice")?, Resource::new(["chat", "42"])?);
    /// // Meanwhile alice signs out somewhere else.
    /// gate.withdraw_all(&alice).await?;
    ///
    /// let request = GrantRequest::new(alice, chat).with_epoch(epoch);
    /// let refused = gate.issue(request).await.unwrap_err();
    /// assert_eq!(refused.kind(), IssueErrorKind::Withdrawn);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn epoch(&self) -> Result<Epoch, StoreError> {
        self.store.epoch().await
    }

    /// Withdraws one token that was issued and not yet used. Returns whether there was one.
    ///
    /// The key is that of [`Issued::key`](crate::Issued::key).
    ///
    /// # Errors
    ///
    /// The store can't be asked. The token may still be good.
    pub async fn withdraw(&self, key: TokenKey) -> Result<bool, StoreError> {
        let found = self.store.take(key).await?.is_some();
        self.observe(Signal::Withdrawn {
            tokens: usize::from(found),
        });
        Ok(found)
    }

    /// Withdraws all tokens that a subject has not used yet. Returns how many there were. Requests of
    /// an older [epoch](Self::epoch) get no token from then on.
    ///
    /// Call it when a user signs out. Streams that are open already go on: `sse-gate` ends those.
    ///
    /// # Errors
    ///
    /// The store can't be asked. Some of the tokens may still be good, so ask again.
    pub async fn withdraw_all(&self, subject: &Subject) -> Result<usize, StoreError> {
        let tokens = self.store.withdraw(subject.clone()).await?;
        self.observe(Signal::Withdrawn { tokens });
        Ok(tokens)
    }
}
