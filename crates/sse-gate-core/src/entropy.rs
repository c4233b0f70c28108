//! Where the randomness comes from: [`Entropy`].

use std::error::Error;
use std::fmt::{self, Debug};
use std::sync::Arc;

/// A source of unpredictable bytes.
///
/// It fails rather than give bytes that an attacker could guess. Without randomness no token is
/// issued.
pub trait Entropy: Debug + Send + Sync + 'static {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError>;
}

/// The operating system's randomness, asked for every time.
///
/// Nothing is kept in this process, so nothing can be copied: not by a fork, into whatever
/// namespace, and not by a snapshot of the process.
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
    /// An error of some other source's own.
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
