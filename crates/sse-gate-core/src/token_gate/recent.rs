//! What became of the tokens issued lately: [`Recent`].
//!
//! A store says only that a token is not there. Whoever runs a service wants to know whether
//! somebody replays tokens, or clients come too late. This table remembers, in a fixed amount of
//! memory, enough to name the reason in the metrics. It decides nothing: it forgets, and knows
//! nothing of other nodes.

use std::sync::atomic::{AtomicU64, Ordering};

use super::RefusalReason;
use crate::{SteadyTime, TokenKey};

/// How many tokens it can remember; newer ones overwrite. 128 KiB in all.
const CELLS: usize = 1 << 14;

/// Set in a cell whose token was redeemed. Below it stands, for one that was not, when the token
/// ends, in seconds since the table was made; above it, half of the bits that tell one key from another.
const USED: u64 = 1 << 31;
const SECONDS: u64 = USED - 1;

#[derive(Debug)]
pub(super) struct Recent {
    cells: Box<[AtomicU64]>,
    start: SteadyTime,
}

impl Recent {
    pub(super) fn new(start: SteadyTime) -> Self {
        Self {
            cells: (0..CELLS).map(|_| AtomicU64::new(0)).collect(),
            start,
        }
    }

    pub(super) fn issued(&self, key: TokenKey, ends_at: SteadyTime) {
        self.cell(key)
            .store(tag(key) | self.second_of(ends_at), Ordering::Relaxed);
    }

    pub(super) fn used(&self, key: TokenKey) {
        self.cell(key).store(tag(key) | USED, Ordering::Relaxed);
    }

    /// Why a token is not in the store, as far as is known here.
    ///
    /// By arithmetic and not by branches: a branch that the processor guesses wrong would tell by
    /// the time it takes which reason it was.
    pub(super) fn why_missing(&self, key: TokenKey, now: SteadyTime) -> RefusalReason {
        let cell = self.cell(key).load(Ordering::Relaxed);
        let is_known = usize::from(cell & !(USED | SECONDS) == tag(key));
        let is_unused = usize::from(cell & USED == 0);
        let is_in_time = usize::from(self.second_of(now) < cell & SECONDS);
        let reasons = [
            RefusalReason::Unknown,
            RefusalReason::Used,
            RefusalReason::Expired,
            RefusalReason::Withdrawn,
        ];
        reasons[is_known * (1 + is_unused * (1 + is_in_time))]
    }

    fn cell(&self, key: TokenKey) -> &AtomicU64 {
        &self.cells[(key.prefix() & SECONDS) as usize % CELLS]
    }

    fn second_of(&self, moment: SteadyTime) -> u64 {
        moment.saturating_since(self.start).as_secs().min(SECONDS)
    }
}

/// The upper half of the key's first 8 bytes; the lower half finds the cell.
fn tag(key: TokenKey) -> u64 {
    key.prefix() & !(USED | SECONDS)
}
