//! Redeeming: a token goes in, its grant comes out, once.
//!
//! The steps are [`TokenGate::begin`] (spelling, key), one [`take`](TokenStore::take), and
//! [`Redemption::settle`] (digest, expiry). [`TokenGate::redeem`] does all three. Whoever must be able
//! to finish a take after its asker is gone does them one by one.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use subtle::ConstantTimeEq;

use super::refusal::{RedeemError, RefusalReason};
use super::{State, TokenGate};
use crate::token::TokenText;
use crate::{
    CorruptEntry, Entry, Grant, Resource, SharedStore, Signal, StoreError, StoreErrorKind,
    TakeFuture, TokenKey, TokenStore,
};

impl<S: TokenStore> TokenGate<S> {
    /// Gives the grant of `token` for `resource`, if it is a fresh one. It is spent then.
    ///
    /// If the future is dropped, the token is either spent or untouched.
    pub async fn redeem(&self, token: &str, resource: &Resource) -> Result<Grant, RedeemError> {
        let key = self.state.key(token, resource)?;
        let answer = self.store.take(key).await;
        self.state.settle(key, answer)
    }
}

impl<S> TokenGate<S> {
    /// Checks how `token` is spelled, without asking the store.
    pub fn begin(&self, token: &str, resource: &Resource) -> Result<Redemption, RedeemError> {
        let key = self.state.key(token, resource)?;
        let state = Arc::clone(&self.state);
        Ok(Redemption { key, state })
    }
}

impl TokenGate<SharedStore> {
    /// Asks the store for the grant of a token that was presented, in a future that borrows
    /// nothing.
    pub fn take(&self, presented: &Redemption) -> TakeFuture {
        self.store.take_owned(presented.key)
    }
}

/// A well-spelled token that was shown and not yet looked for: its key, and the gate's rules.
#[must_use = "a token that is presented and not settled is not counted"]
pub struct Redemption {
    key: TokenKey,
    state: Arc<State>,
}

impl Redemption {
    /// The key that it is looked for by.
    pub fn key(&self) -> TokenKey {
        self.key
    }

    /// Makes of the store's answer the gate's.
    ///
    /// The final comparison is constant-time, and done on a miss as on a hit.
    pub fn settle(self, answer: Result<Option<Entry>, StoreError>) -> Result<Grant, RedeemError> {
        self.state.settle(self.key, answer)
    }

    /// Refuses the token because of `error`, before it was looked for. It stays as it is.
    pub fn abort(self, error: StoreError) -> RedeemError {
        self.state.unavailable(error)
    }

    /// Says that the client is gone that showed the token. The outcome is of no use any more.
    pub fn abandon(self) {
        self.state.observer.observe(Signal::Abandoned);
    }
}

impl fmt::Debug for Redemption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redemption")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl State {
    fn key(&self, token: &str, resource: &Resource) -> Result<TokenKey, RedeemError> {
        match TokenText::check(token) {
            Some(token) => Ok(token.key(resource)),
            None => Err(self.refuse(RefusalReason::Malformed)),
        }
    }

    fn settle(
        &self,
        key: TokenKey,
        answer: Result<Option<Entry>, StoreError>,
    ) -> Result<Grant, RedeemError> {
        let taken = answer.map_err(|error| self.unavailable(error))?;
        let missing = TokenKey::from_bytes([0; 32]);
        let found = taken.as_ref().map_or(missing, Entry::key);
        let is_it = bool::from(key.ct_eq(&found));
        let why_missing = self.recent.why_missing(key, self.clock.steady());
        let Some(entry) = taken.filter(|_| is_it) else {
            return Err(self.refuse(why_missing));
        };
        self.recent.used(key);
        let now = self.clock.now();
        if entry.expires_at().has_passed(now) {
            return Err(self.refuse(RefusalReason::Expired));
        }
        let mut grant = entry.open().map_err(|error| self.corrupt(error))?;
        // The wall clock may have been set back since the deadline was settled.
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

    fn unavailable(&self, error: StoreError) -> RedeemError {
        debug_assert_eq!(
            error.kind(),
            StoreErrorKind::Unavailable,
            "a take can't fail otherwise"
        );
        self.refuse_for(RefusalReason::Unavailable, error)
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
