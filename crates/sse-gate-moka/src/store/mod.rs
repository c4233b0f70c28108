//! The store itself: [`MokaStore`].

mod room;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use sse_gate_core::{
    Clock, Entry, Epoch, Ledger, Limits, SteadyTime, StoreError, Subject, SystemClock, TokenKey,
    TokenStore, Withdrawals,
};

use crate::cached_entry::{AfterTtl, CachedEntry};

/// The capacity of the cache is above the cap on tokens by this number. Moka learns of insertions and
/// removals late and in another order: each thread may have one that moka has not seen.
const SLACK: u64 = 4_096;

/// The number of locks for insertions. Keys of different locks can be inserted at the same time.
const INSERT_LOCKS: usize = 64;

/// Keeps entries in a moka cache. Its caps are exact, and all entries are lost when the process ends.
///
/// An operation waits for nothing but the short locks of moka. So its future is ready when it is first
/// polled. Moka removes entries that have ended a little later, during other operations.
///
/// ```
/// use sse_gate_core::{GrantRequest, IssueErrorKind, Limits, Resource, Subject, TokenGate};
/// use sse_gate_moka::MokaStore;
///
/// # pollster::block_on(async {
/// let gate = TokenGate::new(MokaStore::new(Limits::default().with_tokens(1)));
/// let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["feed"])?);
/// gate.issue(request.clone()).await?;
///
/// let error = gate.issue(request).await.unwrap_err();
/// assert!(matches!(error.kind(), IssueErrorKind::Full(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct MokaStore {
    ledger: Arc<Ledger<TokenKey>>,
    withdrawals: Withdrawals,
    cache: Cache<TokenKey, Arc<CachedEntry>>,
    inserts: [Mutex<()>; INSERT_LOCKS],
    clock: Arc<dyn Clock>,
    /// The earliest moment of the next sweep, in milliseconds of steady time.
    next_sweep: AtomicU64,
}

impl MokaStore {
    /// An empty store with these caps, on the system's clock.
    pub fn new(limits: Limits) -> Self {
        Self::with_clock(limits, SystemClock)
    }

    /// An empty store with these caps, on this clock.
    ///
    /// Moka has its own clock, by which it frees memory. So an entry never lives longer than its TTL in
    /// real time and a few seconds, even if `clock` stands still.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sse_gate_core::{GrantRequest, Limits, ManualClock, Resource, Subject, TokenGate};
    /// use sse_gate_moka::MokaStore;
    ///
    /// # pollster::block_on(async {
    /// let clock = ManualClock::default();
    /// let store = MokaStore::with_clock(Limits::default(), clock.clone());
    /// let gate = TokenGate::builder(store).with_clock(clock.clone()).build();
    /// let feed = Resource::new(["feed"])?;
    /// let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, feed.clone())).await?;
    ///
    /// clock.advance(Duration::from_secs(60));
    /// assert!(gate.redeem(issued.token().expose(), &feed).await.is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn with_clock(limits: Limits, clock: impl Clock) -> Self {
        let max = u64::try_from(limits.max_tokens()).unwrap_or(u64::MAX);
        let ledger = Arc::new(Ledger::new(limits));
        let leaver = Arc::clone(&ledger);
        let cache = Cache::builder()
            .max_capacity(max.saturating_add(SLACK))
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(AfterTtl)
            // Moka calls it once for every entry that leaves the cache, for whatever reason.
            .eviction_listener(move |key: Arc<TokenKey>, cached: Arc<CachedEntry>, _| {
                leaver.leave(*key, &cached.entry, cached.ends_at);
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

    /// The number of entries. It includes those that have ended and were not removed yet.
    pub fn len(&self) -> usize {
        self.ledger.len()
    }

    /// Whether the store has no entries.
    pub fn is_empty(&self) -> bool {
        self.ledger.is_empty()
    }

    fn insert_now(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        let now = self.clock.steady();
        let ends_at = now.saturating_add(ttl);
        let cached = CachedEntry {
            entry,
            ends_at,
            ttl,
        };
        self.admit(key, &cached, now)?;
        // With this lock, the look-up and the insertion are one step. A withdrawal takes it too: if its
        // mark is not seen here, it comes to this key later, and finds the entry.
        let _alone = self.lock_inserts(key);
        if let Err(error) = self.check(key, &cached.entry, now) {
            self.ledger.leave(key, &cached.entry, ends_at);
            return Err(error);
        }
        self.cache.insert(key, Arc::new(cached));
        Ok(())
    }

    /// Checks that the subject was not withdrawn since the entry's epoch, and that the key is free.
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

    /// Whether there is a live entry under `key`. One that has ended can be replaced.
    fn is_taken(&self, key: TokenKey, now: SteadyTime) -> bool {
        let is_live = |cached: Arc<CachedEntry>| cached.is_live(now);
        // There is hardly ever one, and `contains_key` finds that out faster than `get`.
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
        // Moka also returns an entry that has expired, if it has not removed it yet.
        let cached = self
            .cache
            .remove(&key)
            .filter(|cached| cached.is_live(now))?;
        Some(cached.entry.clone())
    }

    fn withdraw_now(&self, subject: &Subject) -> usize {
        let now = self.clock.steady();
        let subject = subject.as_str().as_bytes();
        self.withdrawals.mark(subject);
        let is_theirs = |cached: &Arc<CachedEntry>| cached.entry.subject_bytes() == subject;
        let keys = self.ledger.ids_of(subject).into_iter();
        // The ledger compares hashes of subjects. So the entry says whose it is.
        let remove = |key| {
            let _alone = self.lock_inserts(key);
            self.cache
                .get(&key)
                .as_ref()
                .filter(|cached| is_theirs(cached))?;
            self.cache.remove(&key)
        };
        keys.filter_map(remove)
            .filter(|cached| cached.is_live(now))
            .count()
    }
}

impl Default for MokaStore {
    /// A store with the default [`Limits`], on the system's clock.
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
    use sse_gate_core::conformance::Sample;

    fn put(store: &MokaStore) -> TokenKey {
        let Sample { key, entry } = Sample::new();
        let cached = CachedEntry {
            entry,
            ends_at: SteadyTime::FOREVER,
            ttl: Duration::from_secs(60),
        };
        store.cache.insert(key, Arc::new(cached));
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

    /// C16: if the cache had to drop an entry in spite of its room, it would not be the newcomer.
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
}
