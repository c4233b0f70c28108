//! The store itself: [`MokaStore`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use sse_gate_core::{
    Cap, Clock, Entry, Epoch, FullError, Ledger, Limits, SteadyTime, StoreError, Subject,
    SystemClock, TokenKey, TokenStore, Withdrawals,
};

use crate::kept::{AfterTtl, Kept};

/// By how much the cache's capacity is above the cap on tokens. Moka hears of insertions and
/// removals late, and not in their order: one a thread may be on its way.
const SLACK: u64 = 4_096;

/// How many entries a sweep may look at for each millisecond until the next. It looks at some
/// ten times as many in that time.
const SWEPT_PER_MILLI: u64 = 1_000;

/// How many keys can be inserted under at once, if they fall on different locks.
const INSERT_LOCKS: usize = 64;

/// Keeps entries in a moka cache. Its caps are exact, and all is lost when the process ends.
///
/// No operation waits for anything but moka's short locks: its futures are ready when first
/// polled. Moka removes what has expired by and by, in the course of other operations.
///
/// ```
/// use sse_gate_core::{TokenGate, Limits};
/// use sse_gate_moka::MokaStore;
///
/// let gate = TokenGate::new(MokaStore::new(Limits::default().with_tokens(1_000)));
/// # let _ = gate;
/// ```
#[derive(Debug)]
pub struct MokaStore {
    ledger: Arc<Ledger<TokenKey>>,
    withdrawals: Withdrawals,
    cache: Cache<TokenKey, Arc<Kept>>,
    inserts: [Mutex<()>; INSERT_LOCKS],
    clock: Arc<dyn Clock>,
    /// The next sweep comes no earlier, in steady milliseconds.
    next_sweep: AtomicU64,
}

impl MokaStore {
    /// An empty store with these caps, on the system's clock.
    pub fn new(limits: Limits) -> Self {
        Self::with_clock(limits, SystemClock)
    }

    /// An empty store with these caps, on a clock of the caller's choice.
    ///
    /// Moka itself goes by a clock of its own, for when it frees memory. A clock that stands
    /// still lets nothing live longer than in real time.
    pub fn with_clock(limits: Limits, clock: impl Clock) -> Self {
        let max = u64::try_from(limits.max_tokens()).unwrap_or(u64::MAX);
        let ledger = Arc::new(Ledger::new(limits));
        let leaver = Arc::clone(&ledger);
        let cache = Cache::builder()
            .max_capacity(max.saturating_add(SLACK))
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(AfterTtl)
            // Hears of every entry that leaves the cache, whatever the way, once.
            .eviction_listener(move |key: Arc<TokenKey>, kept: Arc<Kept>, _| {
                leaver.leave(*key, &kept.entry, kept.ends_at);
            })
            .build();
        Self {
            ledger,
            withdrawals: Withdrawals::default(),
            cache,
            inserts: [const { Mutex::new(()) }; INSERT_LOCKS],
            clock: Arc::new(clock),
            next_sweep: AtomicU64::new(0),
        }
    }

    /// How many entries it holds, dead ones that were not removed yet included.
    pub fn len(&self) -> usize {
        self.ledger.len()
    }

    /// Whether it holds no entries.
    pub fn is_empty(&self) -> bool {
        self.ledger.is_empty()
    }

    fn insert_now(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        let now = self.clock.steady();
        let ends_at = now.saturating_add(ttl);
        let kept = Kept {
            entry,
            ends_at,
            ttl,
        };
        self.admit(key, &kept, now)?;
        // Who inserts under this key, too, waits: to look and to insert is one step. So does who
        // withdraws: if it is not seen here, it has not been at this key, and will find the entry.
        let _alone = self.lock_inserts(key);
        if let Err(error) = self.check(key, &kept.entry, now) {
            self.ledger.leave(key, &kept.entry, ends_at);
            return Err(error);
        }
        self.cache.insert(key, Arc::new(kept));
        Ok(())
    }

    /// Whether the subject was withdrawn since the entry's epoch, or the key is there.
    fn check(&self, key: TokenKey, entry: &Entry, now: SteadyTime) -> Result<(), StoreError> {
        let subject = entry.subject_bytes();
        if self.withdrawals.has_marked(subject, entry.epoch()) {
            return Err(StoreError::withdrawn());
        }
        if self.is_taken(key, now) {
            return Err(StoreError::exists());
        }
        Ok(())
    }

    /// Whether there is a live entry under `key`. A dead one is about to be replaced.
    fn is_taken(&self, key: TokenKey, now: SteadyTime) -> bool {
        let is_live = |kept: Arc<Kept>| kept.is_live(now);
        // There is none, but for a bug or an attack, and to find that out `get` takes longer.
        self.cache.contains_key(&key) && self.cache.get(&key).is_some_and(is_live)
    }

    fn lock_inserts(&self, key: TokenKey) -> MutexGuard<'_, ()> {
        let part = usize::from(key.as_bytes()[0]) % INSERT_LOCKS;
        self.inserts[part]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn take_now(&self, key: TokenKey) -> Option<Entry> {
        let now = self.clock.steady();
        // Moka removes and returns what has expired, too, if no sweep of its own met it before.
        let kept = self.cache.remove(&key).filter(|kept| kept.is_live(now))?;
        Some(kept.entry.clone())
    }

    fn withdraw_now(&self, subject: &Subject) -> usize {
        let now = self.clock.steady();
        let subject = subject.as_str().as_bytes();
        self.withdrawals.mark(subject);
        let is_its = |kept: &Arc<Kept>| kept.entry.subject_bytes() == subject;
        let keys = self.ledger.ids_of(subject).into_iter();
        // The ledger goes by a hash of the subject, so whose an entry is stands in the entry.
        let remove = |key| {
            let _alone = self.lock_inserts(key);
            self.cache.get(&key).as_ref().filter(|kept| is_its(kept))?;
            self.cache.remove(&key)
        };
        keys.filter_map(remove)
            .filter(|kept| kept.is_live(now))
            .count()
    }

    /// Enters a newcomer in the ledger. If the store is full, what is dead in it makes room.
    fn admit(&self, key: TokenKey, kept: &Kept, now: SteadyTime) -> Result<(), FullError> {
        let enter = || self.ledger.enter(key, &kept.entry, kept.ends_at, now);
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

    /// Removes all that has ended.
    fn sweep(&self, now: SteadyTime) {
        let mut seen = 0;
        for (key, kept) in &self.cache {
            seen += 1;
            if !kept.is_live(now) {
                self.cache.remove(&*key);
            }
        }
        // What ended long ago, moka no longer shows.
        self.cache.run_pending_tasks();
        let pause = Duration::from_millis(seen / SWEPT_PER_MILLI);
        let next = now.saturating_add(pause).as_millis();
        self.next_sweep.store(next, Ordering::Relaxed);
    }

    /// Whether enough time has passed since the last sweep. A sweep looks at every entry, so at
    /// a cap it must not come with every newcomer.
    fn may_sweep(&self, now: SteadyTime) -> bool {
        now.as_millis() >= self.next_sweep.load(Ordering::Relaxed)
    }
}

impl Default for MokaStore {
    /// With the default [`Limits`].
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl TokenStore for MokaStore {
    async fn insert(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        self.insert_now(key, entry, ttl)
    }

    async fn take(&self, key: TokenKey) -> Result<Option<Entry>, StoreError> {
        Ok(self.take_now(key))
    }

    async fn withdraw(&self, subject: Subject) -> Result<usize, StoreError> {
        Ok(self.withdraw_now(&subject))
    }

    async fn epoch(&self) -> Result<Epoch, StoreError> {
        Ok(self.withdrawals.epoch())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pollster::block_on;
    use sse_gate_core::ManualClock;
    use sse_gate_core::conformance::Sample;

    /// Inserts through the store's door; whether it was let in.
    fn is_let_in(store: &MokaStore, subject: &str) -> bool {
        let Sample { key, entry } = Sample::of(subject, 0);
        block_on(store.insert(key, entry, Duration::from_secs(60))).is_ok()
    }

    fn put(store: &MokaStore) -> TokenKey {
        let Sample { key, entry } = Sample::new();
        let kept = Kept {
            entry,
            ends_at: SteadyTime::FOREVER,
            ttl: Duration::from_secs(60),
        };
        store.cache.insert(key, Arc::new(kept));
        key
    }

    /// C16
    #[test]
    fn the_cache_has_more_room_than_the_caps_let_in() {
        for max in [0, 1, 100_000, usize::MAX] {
            let store = MokaStore::new(Limits::default().with_tokens(max));
            let capacity = store.cache.policy().max_capacity();
            assert!(capacity.is_some_and(|capacity| capacity >= max as u64));
            assert!(max == usize::MAX || capacity > Some(max as u64));
        }
    }

    /// C16: if the cache ever had to choose all the same, it would not be the newcomer that it
    /// drops without a word.
    #[test]
    fn the_cache_keeps_newcomers() {
        let store = MokaStore::new(Limits::default().with_tokens(0));
        let old: Vec<_> = (0..SLACK).map(|_| put(&store)).collect();
        for key in &old {
            store.cache.get(key);
        }
        store.cache.run_pending_tasks();
        let new: Vec<_> = (0..1_000).map(|_| put(&store)).collect();
        store.cache.run_pending_tasks();
        assert!(new.iter().all(|key| store.cache.contains_key(key)));
        assert!(!old.iter().all(|key| store.cache.contains_key(key)));
    }

    /// C16: what a sweep costs is spread over time: the more it looked at, the later the next.
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

    /// C15: a subject at its own cap is no reason to look at everybody's entries.
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
