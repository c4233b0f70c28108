//! Where the randomness comes from: [`Entropy`].

use std::error::Error;
use std::fmt::{self, Debug};
use std::sync::Arc;

/// A source of unpredictable bytes.
///
/// It must fail rather than return bytes that an attacker could guess. Without randomness no token is
/// issued.
///
/// [`SystemEntropy`] is the usual source. One of your own, which counts what is drawn:
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use sse_gate_core::{Entropy, EntropyError, MemoryStore, SystemEntropy, TokenGate};
///
/// #[derive(Debug, Default)]
/// struct CountedEntropy(AtomicU64);
///
/// impl Entropy for CountedEntropy {
///     fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError> {
///         self.0.fetch_add(1, Ordering::Relaxed);
///         SystemEntropy.fill(bytes)
///     }
/// }
///
/// let gate = TokenGate::builder(MemoryStore::default())
///     .with_entropy(CountedEntropy::default())
///     .build();
/// # let _ = gate;
/// ```
pub trait Entropy: Debug + Send + Sync + 'static {
    /// Fills `bytes` with unpredictable bytes.
    ///
    /// # Errors
    ///
    /// The source has failed. `bytes` may be partly filled and are not used.
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError>;
}

/// The randomness of the operating system, which is asked each time.
///
/// The process keeps no state of a generator. So a fork or a snapshot of the process can't copy one,
/// and no two processes draw the same token.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(EntropyError::new)
    }
}

impl<E: Entropy + ?Sized> Entropy for Arc<E> {
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError> {
        (**self).fill(bytes)
    }
}

/// The system's random number generator failed.
#[derive(Debug)]
pub struct EntropyError {
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl EntropyError {
    /// The source has failed with this error.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
        }
    }
}

impl fmt::Display for EntropyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the random number generator failed")
    }
}

impl Error for EntropyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn draw() -> [u8; 32] {
        let mut bytes = [0; 32];
        SystemEntropy.fill(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn draws_differ_within_and_across_threads() {
        let draws_of_a_thread = || (0..1_000).map(|_| draw()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4)
            .map(|_| std::thread::spawn(draws_of_a_thread))
            .collect();
        let all: HashSet<_> = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect();
        assert_eq!(all.len(), 4_000);
    }

    /// C19: each of the 32 bytes is drawn, not only the first ones.
    #[test]
    fn every_byte_is_filled() {
        let mut seen = [0; 32];
        for _ in 0..64 {
            for (seen, drawn) in seen.iter_mut().zip(draw()) {
                *seen |= drawn;
            }
        }
        assert_eq!(seen, [0xff; 32]);
    }
}
