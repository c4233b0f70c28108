//! Random numbers for waits: [`Random`].

use std::hash::{BuildHasher, RandomState};

/// `SplitMix64`, seeded by the standard library's own randomness. It is not for secrets: it only spreads the
/// clients of a server.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new() -> Self {
        Self(RandomState::new().hash_one(0))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of the generator's own reference, from the seed 0.
    #[test]
    fn numbers_are_those_of_split_mix_64() {
        let mut random = Random(0);
        let numbers = [(); 3].map(|()| random.next());
        let expected = [
            0xE220_A839_7B1D_CDAF,
            0x6E78_9E6A_A1B9_65F4,
            0x06C4_5D18_8009_454F,
        ];
        assert_eq!(numbers, expected);
    }

    #[test]
    fn numbers_differ_from_each_other_and_between_clients() {
        let mut one = Random::new();
        let mut other = Random::new();
        assert_ne!([one.next(), one.next()], [other.next(), other.next()]);
        assert_ne!(one.next(), one.next());
    }
}
