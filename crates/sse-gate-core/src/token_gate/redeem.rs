//! Redeeming: a token goes in, its grant comes out, once.
//!
//! The steps are [`TokenGate::begin`] (spelling, key), one [`take`](TokenStore::take), and
//! [`Redemption::settle`] (digest, expiry). [`TokenGate::redeem`] does all three. A layer does them one
//! by one, so that it can finish a take after its client has gone away.

use std::error::Error;
use std::sync::Arc;

use subtle::ConstantTimeEq;

use super::{Redemption, State, TokenGate};
use crate::token::TokenText;
use crate::{
    CorruptEntry, Entry, Grant, RedeemError, RefusalReason, Resource, SharedStore, Signal,
    StoreError, StoreErrorKind, TakeFuture, TokenKey, TokenStore,
};

impl<S: TokenStore> TokenGate<S> {
    /// Spends `token` and returns its grant for `resource`.
    ///
    /// If the future is dropped, the token is either spent or untouched.
    ///
    /// # Errors
    ///
    /// The token is not good for this resource, or the store can't be asked. A token that is shown for
    /// another resource than its own stays good.
    pub async fn redeem(&self, token: &str, resource: &Resource) -> Result<Grant, RedeemError> {
        let key = self.state.key(token, resource)?;
        let answer = self.store.take(key).await;
        self.state.settle(key, answer)
    }
}

impl<S> TokenGate<S> {
    /// Checks the spelling of `token`. The store is not asked yet.
    ///
    /// ```
    /// use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
    ///
    /// # pollster::block_on(async {
    /// let gate = TokenGate::new(MemoryStore::default()).erased();
    /// let feed = Resource::new(["feed"])?;
    /// assert!(gate.begin("no token", &feed).is_err());
    ///
    /// let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, feed.clone())).await?;
    /// let redemption = gate.begin(issued.token().expose(), &feed)?;
    /// let answer = gate.take(&redemption).await;
    /// let grant = redemption.settle(answer)?;
    /// assert_eq!(grant.subject().as_str(), "alice");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The text is not spelled as a token is.
    pub fn begin(&self, token: &str, resource: &Resource) -> Result<Redemption, RedeemError> {
        let key = self.state.key(token, resource)?;
        let state = Arc::clone(&self.state);
        Ok(Redemption { key, state })
    }
}

impl TokenGate<SharedStore> {
    /// Asks the store for the entry of a token. The future borrows nothing, so it can be finished by
    /// another task.
    pub fn take(&self, redemption: &Redemption) -> TakeFuture {
        self.store.take_owned(redemption.key)
    }
}

impl State {
    pub(super) fn key(&self, token: &str, resource: &Resource) -> Result<TokenKey, RedeemError> {
        match TokenText::check(token) {
            Some(token) => Ok(token.key(resource)),
            None => Err(self.refuse(RefusalReason::Malformed)),
        }
    }

    pub(super) fn settle(
        &self,
        key: TokenKey,
        answer: Result<Option<Entry>, StoreError>,
    ) -> Result<Grant, RedeemError> {
        let taken = answer.map_err(|error| self.not_taken(error))?;
        let missing = TokenKey::from_bytes([0; 32]);
        let found = taken.as_ref().map_or(missing, Entry::key);
        let is_same = bool::from(key.ct_eq(&found));
        let why_missing = self.recent.why_missing(key, self.clock.steady());
        let Some(entry) = taken.filter(|_| is_same) else {
            return Err(self.refuse(why_missing));
        };
        self.recent.used(key);
        let now = self.clock.now();
        if entry.expires_at().has_passed(now) {
            return Err(self.refuse(RefusalReason::Expired));
        }
        let mut grant = entry.open().map_err(|error| self.corrupt(error))?;
        // The wall clock may have been set back since the token was issued.
        let latest = now.saturating_add(entry.lasts());
        grant.deadline = grant.deadline.min(latest);
        self.observer.observe(Signal::Redeemed {
            continues: grant.continues(),
        });
        Ok(grant)
    }

    fn refuse(&self, reason: RefusalReason) -> RedeemError {
        self.observer.observe(Signal::Refused(reason));
        RedeemError::new(reason)
    }

    pub(super) fn not_taken(&self, error: StoreError) -> RedeemError {
        let reason = match error.kind() {
            StoreErrorKind::Corrupt => RefusalReason::Corrupt,
            _ => RefusalReason::Unavailable,
        };
        self.refuse_for(reason, error)
    }

    fn corrupt(&self, error: CorruptEntry) -> RedeemError {
        self.refuse_for(RefusalReason::Corrupt, error)
    }

    fn refuse_for(
        &self,
        reason: RefusalReason,
        error: impl Error + Send + Sync + 'static,
    ) -> RedeemError {
        self.observer.observe_error(Signal::Refused(reason), &error);
        RedeemError::new(reason).because(error)
    }
}
