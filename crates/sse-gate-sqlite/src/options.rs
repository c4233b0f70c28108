//! How to open a database: [`DatabaseOptions`].

use std::sync::Arc;

use sse_gate_core::{Clock, Entropy, SystemClock, SystemEntropy};

use crate::{Durability, SealingKeys};

/// How many operations may wait by default.
const QUEUE: usize = 1_024;

/// How to open a [`Database`](crate::Database): sealed with keys, or unsealed; how durable; how busy.
///
/// ```
/// use sse_gate_sqlite::{DatabaseOptions, Durability, SealingKey, SealingKeys};
///
/// # let secret = [7; 32];
/// // The secret is 32 random bytes, from a file or a vault.
/// let options = DatabaseOptions::sealed(SealingKeys::new(SealingKey::new(secret)))
///     .with_durability(Durability::Normal)
///     .with_queue(4_096);
/// # let _ = options;
/// ```
#[derive(Debug)]
pub struct DatabaseOptions {
    pub(crate) keys: Option<SealingKeys>,
    pub(crate) durability: Durability,
    pub(crate) queue: usize,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl DatabaseOptions {
    /// Seals all values with these keys.
    ///
    /// Someone who reads the file learns no subject and no payload, only how many entries there are,
    /// which of them belong together, how large they are and when they end. Someone who writes to it can
    /// delete entries, and put back an old copy of an entry that has not ended yet. A forged, changed or
    /// moved entry is refused.
    pub fn sealed(keys: SealingKeys) -> Self {
        Self::new(Some(keys))
    }

    /// Seals nothing. Subjects and payloads stand in the file in clear, and someone who can write to the
    /// file can make tokens.
    ///
    /// Tokens themselves are never in the file, sealed or not. The file belongs to the user of the
    /// process, who alone can read it (mode 0600).
    pub fn unsealed() -> Self {
        Self::new(None)
    }

    fn new(keys: Option<SealingKeys>) -> Self {
        Self {
            keys,
            durability: Durability::default(),
            queue: QUEUE,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        }
    }

    /// Sets what an answered operation survives. [`Durability::Full`] by default.
    pub fn with_durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Sets how many operations may wait for the thread that writes, and as many for the one that reads.
    /// 1,024 by default, at least 1. One more is refused with
    /// [`DatabaseErrorKind::Busy`](crate::DatabaseErrorKind::Busy).
    pub fn with_queue(mut self, max: usize) -> Self {
        self.queue = max.max(1);
        self
    }

    /// Sets the clock. The system's by default. Give the gate the same one.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the source of randomness, for nonces. The system's by default.
    pub fn with_entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }
}
