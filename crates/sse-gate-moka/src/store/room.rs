//! How a full store makes room: a sweep removes the entries that have ended.
//!
//! Moka removes them too, by its own clock and some time after their end. A sweep does it at once, by the
//! clock of the store. It looks at every entry, so sweeps are spread over time.

use std::sync::atomic::Ordering;
use std::time::Duration;

use sse_gate_core::{Cap, FullError, SteadyTime, TokenKey};

use super::MokaStore;
use crate::cached_entry::CachedEntry;

/// After a sweep over this many entries, the next sweep waits for a millisecond. A sweep looks at about
/// ten times as many in that time, so sweeps take a tenth of the time.
const SWEPT_PER_MILLI: u64 = 1_000;

impl MokaStore {
    /// Counts a newcomer in the ledger. If the store is full, entries that have ended make room.
    pub(super) fn admit(
        &self,
        key: TokenKey,
        cached: &CachedEntry,
        now: SteadyTime,
    ) -> Result<(), FullError> {
        let enter = || self.ledger.enter(key, &cached.entry, cached.ends_at, now);
        match enter() {
            Err(full)
                if matches!(full.cap(), Cap::TokensInAll | Cap::PayloadInAll)
                    && self.may_sweep(now) =>
            {
                self.sweep(now);
                enter()
            }
            outcome => outcome,
        }
    }

    /// Removes all entries that have ended.
    pub(super) fn sweep(&self, now: SteadyTime) {
        let mut seen = 0;
        for (key, cached) in &self.cache {
            seen += 1;
            if !cached.is_live(now) {
                self.cache.remove(&*key);
            }
        }
        // The loop does not see entries that moka hides because they have expired.
        self.cache.run_pending_tasks();
        let pause = Duration::from_millis(seen / SWEPT_PER_MILLI);
        let next = now.saturating_add(pause).as_millis();
        self.next_sweep.store(next, Ordering::Relaxed);
    }

    /// Whether enough time has passed since the last sweep. A sweep looks at every entry. So at a cap
    /// not every newcomer may start one.
    pub(super) fn may_sweep(&self, now: SteadyTime) -> bool {
        now.as_millis() >= self.next_sweep.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pollster::block_on;
    use sse_gate_core::conformance::Sample;
    use sse_gate_core::{Clock, Limits, ManualClock, TokenStore};

    /// Inserts an entry with all checks. Returns whether it was let in.
    fn is_let_in(store: &MokaStore, subject: &str) -> bool {
        let Sample { key, entry } = Sample::of(subject, 0);
        block_on(store.insert(key, entry, Duration::from_secs(60))).is_ok()
    }

    /// C16: the cost of sweeps is spread over time. The more entries a sweep has looked at, the later the
    /// next one comes.
    #[test]
    fn newcomers_to_a_full_store_sweep_it_now_and_then() {
        let clock = ManualClock::default();
        let limits = Limits::default().with_tokens(3_500);
        let store = MokaStore::with_clock(limits, clock.clone());
        let now = clock.steady();
        for n in 0..3_500 {
            assert!(is_let_in(&store, &format!("subject {n}")));
        }
        assert!(store.may_sweep(now));
        assert!(!is_let_in(&store, "newcomer"));
        for (millis, may) in [(0, false), (2, false), (3, true), (4, true)] {
            let later = now.saturating_add(Duration::from_millis(millis));
            assert_eq!(store.may_sweep(later), may, "after {millis} ms");
        }
    }

    /// C15: a subject at its own cap makes the store look at no other entries.
    #[test]
    fn a_subject_at_its_cap_sweeps_nothing() {
        let clock = ManualClock::default();
        clock.advance(Duration::from_secs(1));
        let limits = Limits::default().with_tokens_per_subject(1);
        let store = MokaStore::with_clock(limits, clock);
        assert!(is_let_in(&store, "alice"));
        assert!(!is_let_in(&store, "alice"));
        assert_eq!(store.next_sweep.load(Ordering::Relaxed), 0);
    }
}
