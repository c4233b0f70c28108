//! Which life of a log it is: [`LogEpoch`].

use sse_gate_core::{Entropy, EntropyError};

/// Tells a log from every other, and from itself in an earlier life. Part of what the tag of a
/// resume id covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LogEpoch(u64);

impl LogEpoch {
    /// An epoch that no other log has.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes)?;
        Ok(Self::from_bytes(std::array::from_fn(|place| bytes[place])))
    }

    /// The epoch of these bytes, as a store reads it back.
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes))
    }

    /// Its bytes, big-endian.
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}
