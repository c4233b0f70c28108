//! What became of the tokens that were issued lately: [`Recent`].
//!
//! A store only says that a token is not there. An operator wants to know why: are tokens replayed, or
//! do clients come too late? This table remembers enough to name the reason in metrics, in a fixed
//! amount of memory. No decision depends on it: it forgets, and it knows nothing of other nodes.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{RefusalReason, SteadyTime, TokenKey};

/// How many tokens the table remembers, in 128 KiB. Newer tokens overwrite older ones.
const CELLS: usize = 1 << 14;

/// The bit of a cell that says that the token was redeemed.
///
/// The bits below it hold the end of a token that was not redeemed, in seconds since the table was
/// made. The bits above it hold a part of the key.
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

    /// Why a token is not in the store, as far as this table knows.
    ///
    /// It is arithmetic and has no branches: a wrong branch prediction takes time, and the time would
    /// tell a client the reason.
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

/// The upper part of the key's first 8 bytes. The lower part chooses the cell.
fn tag(key: TokenKey) -> u64 {
    key.prefix() & !(USED | SECONDS)
}
