//! How many withdrawals a store has seen: [`Epoch`].

/// A number that grows with every withdrawal in a store.
///
/// A service reads it before it authenticates a caller, and the grant carries it to the store. If the
/// subject's tokens were withdrawn in between, the caller has signed out, and the store refuses the
/// token. No two clocks are compared.
///
/// [`TokenGate::epoch`](crate::TokenGate::epoch) shows an example. A store keeps the number:
///
/// ```
/// use sse_gate_core::Epoch;
///
/// let epoch = Epoch::from_u64(7);
/// assert!(epoch > Epoch::ZERO);
/// assert_eq!(epoch.as_u64(), 7);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u64);

impl Epoch {
    /// The epoch before all withdrawals.
    pub const ZERO: Self = Self(0);

    /// The epoch with this number, for a store that reads it back.
    pub const fn from_u64(number: u64) -> Self {
        Self(number)
    }

    /// The number of the epoch.
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}
