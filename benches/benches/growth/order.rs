//! Which of many things a step is about: [`AnyOf`].

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Things in a random order, each run the same one.
pub(crate) struct AnyOf(StdRng);

impl AnyOf {
    pub(crate) fn new() -> Self {
        Self(StdRng::seed_from_u64(7))
    }

    /// The place of any of so many things.
    pub(crate) fn next(&mut self, count: usize) -> usize {
        self.0.random_range(0..count)
    }
}
