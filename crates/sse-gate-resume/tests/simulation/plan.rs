//! What one schedule is like: [`Plan`].

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sse_gate_core::{Entropy, EntropyError};

use crate::support::Dice;

/// The dice of a schedule. Clones are the same dice.
#[derive(Clone, Debug)]
pub(crate) struct Chance(Arc<Mutex<Dice>>);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Dice::new(seed))))
    }

    pub(crate) fn below(&self, end: u64) -> u64 {
        self.0.lock().unwrap().below(end)
    }

    /// True in so many of a thousand cases.
    pub(crate) fn permille(&self, times: u64) -> bool {
        self.below(1_000) < times
    }

    pub(crate) fn index(&self, len: usize) -> usize {
        self.0.lock().unwrap().index(len)
    }

    /// A span of at most so many milliseconds.
    pub(crate) fn millis(&self, max: u64) -> Duration {
        Duration::from_millis(self.below(max + 1))
    }
}

impl Entropy for Chance {
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError> {
        let mut dice = self.0.lock().unwrap();
        for part in bytes.chunks_mut(8) {
            part.copy_from_slice(&dice.draw().to_be_bytes());
        }
        Ok(())
    }
}

/// How much goes wrong in a schedule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) nodes: usize,
    pub(crate) clients: u64,
    /// Of a thousand calls at a store, so many are slow.
    pub(crate) slow: u64,
    /// Of a thousand calls, so many fail.
    pub(crate) failing: u64,
    /// Of a thousand notices, so many are lost, which ends the subscription, or makes it deaf.
    pub(crate) lost: u64,
    /// Of a thousand notices, so many come twice.
    pub(crate) doubled: u64,
    /// So many crashes.
    pub(crate) crashes: u64,
    /// So many sign-outs.
    pub(crate) revocations: u64,
    /// So many wall clocks are set.
    pub(crate) clock_jumps: u64,
    pub(crate) has_thief: bool,
    /// Whether clients follow one feed, or each gets an answer of its own.
    pub(crate) is_feed: bool,
    /// Whether work that died is started again.
    pub(crate) restarts_work: bool,
}

impl Plan {
    pub(crate) fn new(chance: &Chance) -> Self {
        let often = |times| {
            if chance.permille(500) {
                chance.below(times)
            } else {
                0
            }
        };
        Self {
            nodes: 1 + chance.index(3),
            clients: 1 + chance.below(3),
            slow: often(300),
            failing: often(60),
            lost: often(60),
            doubled: often(200),
            crashes: often(4),
            revocations: often(3),
            clock_jumps: often(4),
            has_thief: chance.permille(300),
            is_feed: chance.permille(500),
            restarts_work: chance.permille(500),
        }
    }
}
