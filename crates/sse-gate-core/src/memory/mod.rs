//! The store in the memory of the process: [`MemoryStore`].

mod ends;
mod room;
mod shard;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shard::{Shard, Stored};

use crate::{
    Clock, Entry, Epoch, Ledger, Limits, StoreError, Subject, SystemClock, TokenKey, TokenStore,
    Withdrawals,
};

/// The number of parts that the entries are spread over. Each has its own lock. A power of two.
const SHARDS: usize = 64;

/// Keeps entries in memory. Its caps are exact, and all entries are lost when the process ends.
///
/// It is for a service of one process. Two processes share nothing: they need a store that both can
/// ask.
///
/// An operation holds a lock only while it works on one of 64 parts of the entries, and waits for
/// nothing else. So its future is ready when it is first polled. Each operation removes a few of the
/// entries that have ended.
///
/// ```
/// use sse_gate_core::{Limits, MemoryStore, TokenGate};
///
/// let gate = TokenGate::new(MemoryStore::new(Limits::default().with_tokens(1_000)));
/// # let _ = gate;
/// ```
#[derive(Debug)]
pub struct MemoryStore {
    ledger: Ledger<u64>,
    withdrawals: Withdrawals,
    shards: Box<[Mutex<Shard>]>,
    clock: Arc<dyn Clock>,
}

impl MemoryStore {
    /// An empty store with these caps, on the system's clock.
    pub fn new(limits: Limits) -> Self {
        Self::with_clock(limits, SystemClock)
    }

    /// An empty store with these caps, on this clock.
    pub fn with_clock(limits: Limits, clock: impl Clock) -> Self {
        Self {
            ledger: Ledger::new(limits),
            withdrawals: Withdrawals::default(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            clock: Arc::new(clock),
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

    /// Removes all entries that have ended.
    ///
    /// You need it only to free the memory of a store that is idle for long: other operations remove
    /// such entries too. It locks one part of the store after the other.
    pub fn purge(&self) {
        let now = self.clock.steady();
        for at in 0..SHARDS {
            while self.remove_expired(at, now).1 {}
        }
    }

    fn insert_now(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        let now = self.clock.steady();
        let newcomer = Stored {
            prefix: key.prefix(),
            ends_at: now.saturating_add(ttl),
            entry,
        };
        self.admit(&newcomer, now)?;
        let mut shard = self.lock(shard_of(newcomer.prefix));
        let expired = shard.remove_expired(now).entries;
        // The ledger has the newcomer already, and this lock is held. So a withdrawal that is not seen
        // here comes to this shard later, and finds the newcomer.
        let inserted = if self.is_withdrawn(&newcomer.entry) {
            Err((newcomer, StoreError::withdrawn()))
        } else {
            let inserted = shard.insert(newcomer, now);
            inserted.map_err(|newcomer| (newcomer, StoreError::exists()))
        };
        drop(shard);
        self.release_all(expired);
        // A newcomer that was not inserted leaves the ledger, and so does an entry that it replaced.
        let (gone, outcome) = match inserted {
            Ok(replaced) => (replaced, Ok(())),
            Err((newcomer, error)) => (Some(newcomer), Err(error)),
        };
        self.release_all(gone);
        outcome
    }

    fn take_now(&self, key: TokenKey) -> Option<Entry> {
        let now = self.clock.steady();
        let mut shard = self.lock(shard_of(key.prefix()));
        // It comes before the look-up, so that its time tells nothing about the token that was shown.
        let expired = shard.remove_expired(now).entries;
        let taken = shard.take(key, now);
        drop(shard);
        self.release_all(expired);
        taken.map(|stored| self.release(stored))
    }

    fn withdraw_now(&self, subject: &Subject) -> usize {
        let now = self.clock.steady();
        let subject = subject.as_str().as_bytes();
        self.withdrawals.mark(subject);
        let mut withdrawn = 0;
        for prefix in self.ledger.ids_of(subject) {
            let found = self.lock(shard_of(prefix)).withdraw(prefix, subject);
            withdrawn += usize::from(found.as_ref().is_some_and(|stored| stored.is_live(now)));
            self.release_all(found);
        }
        withdrawn
    }

    /// Whether the entry's subject was withdrawn since the entry's epoch.
    fn is_withdrawn(&self, entry: &Entry) -> bool {
        self.withdrawals
            .has_marked(entry.subject_bytes(), entry.epoch())
    }

    fn lock(&self, at: usize) -> MutexGuard<'_, Shard> {
        self.shards[at]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    /// A store with the default [`Limits`], on the system's clock.
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl TokenStore for MemoryStore {
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

fn shard_of(prefix: u64) -> usize {
    // The middle bits, because a hash table uses the lowest and the highest ones.
    (prefix >> 40) as usize % SHARDS
}
