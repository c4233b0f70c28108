//! Where the randomness comes from: [`Entropy`], and the generator that tokens are drawn from.
//!
//! [`SystemEntropy`] keeps one `ChaCha` generator a thread, seeded from the operating system and
//! seeded afresh after [`SystemEntropy::DRAWS_PER_SEED`] draws and in a forked child. Asking the
//! operating system for every token would cost several times all the rest of issuing one.

use std::cell::RefCell;
use std::error::Error;
use std::fmt::{self, Debug};

use rand::rngs::{StdRng, SysError, SysRng};
use rand::{Rng, SeedableRng};

/// A source of unpredictable bytes.
///
/// It fails rather than give bytes that somebody could guess: without randomness no token is
/// issued.
pub trait Entropy: Debug + Send + Sync + 'static {
    /// Fills `bytes`, all of them unpredictable to everybody else.
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError>;
}

/// The operating system's randomness, stretched by a generator of each thread's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl SystemEntropy {
    /// How many times a thread's generator is drawn from before it is seeded again: 32,768
    /// draws, which are 1 MiB.
    pub const DRAWS_PER_SEED: u32 = 32_768;
}

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError> {
        thread_local! {
            static GENERATOR: RefCell<Option<Generator>> = const { RefCell::new(None) };
        }
        GENERATOR.with_borrow_mut(|slot| {
            let generator = match slot {
                Some(generator) if generator.is_fresh() => generator,
                stale => {
                    // What is stale goes first: if the seed fails, nothing is left to fall back on.
                    *stale = None;
                    stale.insert(Generator::seeded()?)
                }
            };
            generator.fill(bytes);
            Ok(())
        })
    }
}

/// One thread's generator, and how long its seed is still good for.
struct Generator {
    rng: StdRng,
    draws_left: u32,
    process: u32,
}

impl Generator {
    fn seeded() -> Result<Self, EntropyError> {
        Ok(Self {
            rng: StdRng::try_from_rng(&mut SysRng).map_err(EntropyError::from)?,
            draws_left: SystemEntropy::DRAWS_PER_SEED,
            process: std::process::id(),
        })
    }

    /// A fork copies the generator: parent and child would draw the same tokens.
    fn is_fresh(&self) -> bool {
        self.draws_left > 0 && self.process == std::process::id()
    }

    fn fill(&mut self, bytes: &mut [u8; 32]) {
        self.draws_left -= 1;
        self.rng.fill_bytes(bytes);
    }
}

/// There was no randomness to be had.
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

impl From<SysError> for EntropyError {
    fn from(error: SysError) -> Self {
        Self::new(error)
    }
}

impl fmt::Display for EntropyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no randomness is to be had")
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

    /// C19
    #[test]
    fn a_forked_or_worn_generator_is_stale() {
        let fresh = || Generator::seeded().unwrap();
        assert!(fresh().is_fresh());
        assert!(
            !Generator {
                draws_left: 0,
                ..fresh()
            }
            .is_fresh()
        );
        let of_another_process = std::process::id().wrapping_add(1);
        assert!(
            !Generator {
                process: of_another_process,
                ..fresh()
            }
            .is_fresh()
        );
    }
}
