//! Counts revocations: [`SessionEpoch`].

use sse_gate_core::Epoch;

/// A number that a [`SessionStore`](crate::backend::SessionStore) makes larger with every revocation.
///
/// It is read before a token is taken, and the session that the token opens carries it. If the
/// subject's sessions are revoked in between, the session is not opened, however much later that
/// is tried. It is no [`Epoch`] of a token store: each store counts for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionEpoch(Epoch);

impl SessionEpoch {
    /// The epoch before all revocations.
    pub const ZERO: Self = Self(Epoch::ZERO);

    /// The epoch of this number, as a store reads it back.
    pub const fn from_u64(number: u64) -> Self {
        Self(Epoch::from_u64(number))
    }

    /// Its number.
    pub const fn as_u64(self) -> u64 {
        self.0.as_u64()
    }

    pub(crate) const fn new(epoch: Epoch) -> Self {
        Self(epoch)
    }

    pub(crate) const fn get(self) -> Epoch {
        self.0
    }
}
