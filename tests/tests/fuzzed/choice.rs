//! Choosing by chance: [`Choice`].

use sse_gate_tests::engines::Random;

/// The choices of one exchange: the same for the same seed and number.
pub(crate) struct Choice(Random);

impl Choice {
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        let mut random = Random::new(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        // Numbers that are near each other are no longer.
        random.below(2);
        Self(random)
    }

    /// A number less than `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound)
    }

    /// Whether something is so that is in one of so many cases.
    pub(crate) fn one_in(&mut self, cases: usize) -> bool {
        self.below(cases) == 0
    }

    /// One of these.
    pub(crate) fn of<'l, T: ?Sized>(&mut self, list: &[&'l T]) -> &'l T {
        list[self.below(list.len())]
    }

    /// Any byte.
    pub(crate) fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).expect("a byte")
    }

    /// Bends some bytes: flips, cuts, doubles, inserts, removes.
    pub(crate) fn bend(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            if bytes.is_empty() {
                return;
            }
            let at = self.below(bytes.len());
            let end = (at + 1 + self.below(12)).min(bytes.len());
            match self.below(7) {
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = self.byte(),
                2 => bytes.insert(at, self.byte()),
                3 => drop(bytes.drain(at..end)),
                4 => bytes.truncate(at),
                5 => {
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again);
                }
                _ => {
                    let odd = self.of::<[u8]>(&[
                        b"\r\n",
                        b"\n",
                        b"\0",
                        b"\r\n\r\n",
                        b":",
                        b" ",
                        b"\t",
                        b"%",
                    ]);
                    bytes.splice(at..at, odd.iter().copied());
                }
            }
        }
    }
}
