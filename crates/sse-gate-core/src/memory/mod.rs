//! A store in this process's memory: [`MemoryStore`].

mod ends;
mod shard;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shard::{Reaped, Shard, Slot};

use crate::{
    Cap, Clock, Entry, Epoch, Full, Ledger, Limits, SteadyTime, StoreError, Subject, SystemClock,
    TokenKey, TokenStore, Withdrawals,
};

/// How many parts the entries are spread over, each with a lock of its own.
const SHARDS: usize = 64;

/// Keeps entries in memory. Its caps are exact, and all is lost when the process ends.
///
/// No lock is held longer than one operation on a part of the entries takes, and no operation
/// waits for anything else: its futures are ready when first polled. What has expired is removed
/// by the operations that follow, each a bounded share.
///
/// ```
/// use sse_gate_core::{TokenGate, Limits, MemoryStore};
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

    /// An empty store with these caps, on a clock of the caller's choice.
    pub fn with_clock(limits: Limits, clock: impl Clock) -> Self {
        Self {
            ledger: Ledger::new(limits),
            withdrawals: Withdrawals::default(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            clock: Arc::new(clock),
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

    /// Removes all that has expired, now rather than with the operations that follow.
    ///
    /// For a store that is idle for long and whose memory is wanted. It locks one part of the
    /// entries after the other.
    pub fn purge(&self) {
        let now = self.clock.steady();
        for at in 0..SHARDS {
            while self.reap(at, now).1 {}
        }
    }

    fn insert_now(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        let now = self.clock.steady();
        let slot = Slot {
            prefix: key.prefix(),
            ends_at: now.saturating_add(ttl),
            entry,
        };
        self.admit(&slot, now)?;
        let mut shard = self.lock(shard_of(slot.prefix));
        let dead = shard.reap(now).dead;
        // Under this lock and behind the ledger's. A withdrawal that is not seen here has not been
        // through this shard, and will find the entry.
        let inserted = if self.is_withdrawn(&slot.entry) {
            Err((slot, StoreError::withdrawn()))
        } else {
            let inserted = shard.insert(slot, now);
            inserted.map_err(|slot| (slot, StoreError::exists()))
        };
        drop(shard);
        self.settle(dead);
        // Whoever did not get in leaves again, as does the dead one whose place was taken.
        let (left, outcome) = match inserted {
            Ok(dead) => (dead, Ok(())),
            Err((newcomer, error)) => (Some(newcomer), Err(error)),
        };
        self.settle(left);
        outcome
    }

    fn take_now(&self, key: TokenKey) -> Option<Entry> {
        let now = self.clock.steady();
        let mut shard = self.lock(shard_of(key.prefix()));
        // Before the look-up, so that the time it takes tells nothing of the token shown.
        let dead = shard.reap(now).dead;
        let taken = shard.take(key, now);
        drop(shard);
        self.settle(dead);
        taken.map(|slot| self.release(slot))
    }

    fn withdraw_now(&self, subject: &Subject) -> usize {
        let now = self.clock.steady();
        let subject = subject.as_str().as_bytes();
        self.withdrawals.mark(subject);
        let mut withdrawn = 0;
        for prefix in self.ledger.ids_of(subject) {
            let found = self.lock(shard_of(prefix)).withdraw(prefix, subject);
            withdrawn += usize::from(found.as_ref().is_some_and(|slot| slot.is_live(now)));
            self.settle(found);
        }
        withdrawn
    }

    /// Whether the entry's subject was withdrawn since the entry's epoch.
    fn is_withdrawn(&self, entry: &Entry) -> bool {
        self.withdrawals
            .has_marked(entry.subject_bytes(), entry.epoch())
    }

    /// Enters a newcomer in the ledger. If the store is full, what is dead in it makes room.
    fn admit(&self, slot: &Slot, now: SteadyTime) -> Result<(), Full> {
        loop {
            match self
                .ledger
                .enter(slot.prefix, &slot.entry, slot.ends_at, now)
            {
                Err(full)
                    if matches!(full.cap(), Cap::TokensInAll | Cap::PayloadInAll)
                        && self.reap_anywhere(now) => {}
                outcome => return outcome,
            }
        }
    }

    /// Removes dead entries from the first part that has any; whether there were any.
    fn reap_anywhere(&self, now: SteadyTime) -> bool {
        (0..SHARDS).any(|at| {
            loop {
                let (dead, is_cut_short) = self.reap(at, now);
                if dead > 0 || !is_cut_short {
                    return dead > 0;
                }
            }
        })
    }

    /// Removes some dead entries from one part; how many, and whether there may be more.
    fn reap(&self, at: usize, now: SteadyTime) -> (usize, bool) {
        let Reaped { dead, is_cut_short } = self.lock(at).reap(now);
        let count = dead.len();
        self.settle(dead);
        (count, is_cut_short)
    }

    fn settle(&self, gone: impl IntoIterator<Item = Slot>) {
        for slot in gone {
            self.release(slot);
        }
    }

    /// Counts an entry no longer that has left its shard.
    fn release(&self, slot: Slot) -> Entry {
        self.ledger.leave(slot.prefix, &slot.entry, slot.ends_at);
        slot.entry
    }

    fn lock(&self, at: usize) -> MutexGuard<'_, Shard> {
        self.shards[at]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    /// With the default [`Limits`].
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
    // Bits in the middle: a table goes by the lowest and the highest.
    (prefix >> 40) as usize % SHARDS
}
