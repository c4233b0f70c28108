//! What tells a log from all others: [`LogEpoch`].

use sse_gate_core::{Entropy, EntropyError};

/// A number that tells a log from every other one, and from itself before it lost its events.
///
/// The tag of a resume id covers it, so an id of one log is worth nothing in another.
///
/// ```
/// use sse_gate_core::SystemEntropy;
/// use sse_gate_resume::backend::LogEpoch;
///
/// let epoch = LogEpoch::generate(&SystemEntropy)?;
/// assert_ne!(epoch, LogEpoch::generate(&SystemEntropy)?);
/// // A store keeps its bytes.
/// assert_eq!(LogEpoch::from_bytes(epoch.to_bytes()), epoch);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LogEpoch(u64);

impl LogEpoch {
    /// A random epoch, which no other log has.
    ///
    /// # Errors
    ///
    /// The system gave no random bytes.
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
