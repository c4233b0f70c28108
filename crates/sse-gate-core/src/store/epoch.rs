//! How often tokens were withdrawn: [`Epoch`].

/// A number that a store makes larger with every withdrawal.
///
/// It is read before a caller is authenticated, and the grant carries it to the store. If the
/// subject's tokens were withdrawn in between, the store refuses the token: the caller was
/// authenticated before it signed out. No two clocks are compared.
///
/// See [`TokenStore::epoch`](crate::TokenStore::epoch) and
/// [`Grant::with_epoch`](crate::Grant::with_epoch).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u64);

impl Epoch {
    /// The one before all withdrawals.
    pub const ZERO: Self = Self(0);

    /// The epoch of this number, as a store reads it back.
    pub const fn from_u64(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}
