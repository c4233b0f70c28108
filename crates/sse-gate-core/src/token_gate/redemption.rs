//! A redemption under way: [`Redemption`].

use std::fmt;
use std::sync::Arc;

use super::State;
#[cfg(doc)]
use crate::TokenGate;
use crate::{Entry, Grant, RedeemError, Signal, StoreError, TokenKey};

/// A token that is being redeemed: it is spelled well, and the store was not asked yet.
///
/// [`TokenGate::begin`] makes one, and shows an example. End it with [`settle`](Self::settle),
/// [`abort`](Self::abort) or [`abandon`](Self::abandon): each tells the observer what came of it.
#[must_use = "the observer is told nothing of a redemption that is not ended"]
pub struct Redemption {
    pub(super) key: TokenKey,
    pub(super) state: Arc<State>,
}

impl Redemption {
    /// The key of the token.
    pub fn key(&self) -> TokenKey {
        self.key
    }

    /// Checks the store's answer: whether the entry is that of the token, and has not ended.
    ///
    /// The keys are compared in constant time. On a miss a comparison is made too.
    ///
    /// # Errors
    ///
    /// The token is not good, or the store did not answer.
    pub fn settle(self, answer: Result<Option<Entry>, StoreError>) -> Result<Grant, RedeemError> {
        self.state.settle(self.key, answer)
    }

    /// Refuses the token because of `error`, before the store was asked for it. The token stays good.
    pub fn abort(self, error: StoreError) -> RedeemError {
        self.state.not_taken(error)
    }

    /// Tells the observer that the client went away while the store was asked.
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
