//! How many unused tokens each subject has: [`Ledger`], the exact caps of stores within one process.

mod account;
mod limits;
mod stubs;

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry::{Occupied, Vacant};

use account::Account;
pub use limits::{Cap, FullError, Limits};
use stubs::Stub;

use crate::room::shrink;
use crate::{Entry, SteadyTime};

/// The number of parts that the accounts are spread over. Each has its own lock. A power of two.
const SHARDS: usize = 64;

/// How long a client should wait when the whole store is full.
const RETRY_WHEN_ALL_IS_FULL: Duration = Duration::from_secs(1);

/// Counts the entries of a store, by subject and in all, and refuses those over its [`Limits`].
///
/// It is for authors of stores. The counts are exact under any number of threads: a limit is never
/// passed, not even for a moment. An entry that has ended no longer counts against its subject.
///
/// `Id` is what the store finds an entry by. The ledger remembers it for [`ids_of`](Self::ids_of).
///
/// With *n* tokens of a subject, a step takes O(log *n*). Only [`ids_of`](Self::ids_of) visits all of them.
///
/// Subjects are told apart by a 64-bit hash whose key is random in each process.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_core::{Cap, Clock, Ledger, Limits, ManualClock, TokenKey};
///
/// # use sse_gate_core::{Entry, GrantRequest, MemoryStore, Resource, Subject, TokenGate};
/// # pollster::block_on(async {
/// # let gate = TokenGate::new(MemoryStore::default()).erased();
/// # let feed = Resource::new(["feed"])?;
/// # let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, feed.clone())).await?;
/// # let redemption = gate.begin(issued.token().expose(), &feed)?;
/// # let entry: Entry = gate.take(&redemption).await?.unwrap();
/// let clock = ManualClock::default();
/// let ledger: Ledger<TokenKey> = Ledger::new(Limits::default().with_tokens_per_subject(1));
///
/// // A store has got an entry of alice to insert.
/// let (now, id) = (clock.steady(), entry.key());
/// let ends_at = now.saturating_add(Duration::from_secs(60));
/// ledger.enter(id, &entry, ends_at, now)?;
/// assert_eq!(ledger.ids_of(b"alice"), [id]);
///
/// let error = ledger.enter(id, &entry, ends_at, now).unwrap_err();
/// assert_eq!(error.cap(), Cap::TokensPerSubject);
///
/// // The entry was taken.
/// ledger.leave(id, &entry, ends_at);
/// assert!(ledger.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Ledger<Id> {
    limits: Limits,
    hasher: RandomState,
    shards: Box<[Mutex<HashTable<Account<Id>>>]>,
    tokens: AtomicUsize,
    payload_bytes: AtomicUsize,
}

impl<Id: Copy + Ord> Ledger<Id> {
    /// An empty ledger with these limits.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            hasher: RandomState::new(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            tokens: AtomicUsize::new(0),
            payload_bytes: AtomicUsize::new(0),
        }
    }

    /// The limits of the ledger.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many entries it counts in all.
    pub fn len(&self) -> usize {
        self.tokens.load(Ordering::Relaxed)
    }

    /// Whether it counts no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Counts `entry` until `ends_at`.
    ///
    /// Call it before you insert the entry. Call [`leave`](Self::leave) when the entry was removed, or
    /// could not be inserted.
    ///
    /// # Errors
    ///
    /// The entry would pass a cap. It is not counted.
    pub fn enter(
        &self,
        id: Id,
        entry: &Entry,
        ends_at: SteadyTime,
        now: SteadyTime,
    ) -> Result<(), FullError> {
        let payload = entry.payload_len();
        self.limits.check_payload(payload)?;
        let stub = Stub {
            ends_at,
            id,
            payload,
        };
        let subject = self.subject_hash(entry);
        let mut accounts = self.shard(subject);
        match accounts.entry(
            subject,
            |account| account.is_of(subject),
            Account::subject_hash,
        ) {
            Occupied(mut account) => {
                account.get_mut().check(&self.limits, payload, now)?;
                self.reserve(payload)?;
                account.get_mut().open(stub, now);
            }
            Vacant(place) => {
                self.reserve(payload)?;
                place.insert(Account::with(subject, stub));
            }
        }
        Ok(())
    }

    /// Stops counting an `entry` that [`enter`](Self::enter) has counted until `ends_at`.
    ///
    /// A later entry with the same `id` has another end, so the two are not confused.
    pub fn leave(&self, id: Id, entry: &Entry, ends_at: SteadyTime) {
        self.tokens.fetch_sub(1, Ordering::Relaxed);
        let payload = entry.payload_len();
        // Most entries have none, and a counter that all threads write to is slow.
        if payload > 0 {
            self.payload_bytes.fetch_sub(payload, Ordering::Relaxed);
        }
        let subject = self.subject_hash(entry);
        let mut accounts = self.shard(subject);
        let Ok(mut account) = accounts.find_entry(subject, |account| account.is_of(subject)) else {
            return;
        };
        let was_last = account.get_mut().close(&Stub {
            ends_at,
            id,
            payload,
        });
        if was_last {
            account.remove();
            shrink(&mut accounts, Account::subject_hash);
        }
    }

    /// The ids of all entries of a subject, those that have ended included.
    pub fn ids_of(&self, subject: &[u8]) -> Vec<Id> {
        let subject = self.hasher.hash_one(subject);
        let accounts = self.shard(subject);
        let account = accounts.find(subject, |account| account.is_of(subject));
        account.map(Account::ids).unwrap_or_default()
    }

    /// Adds one entry to both totals, or to none if one of them would pass its cap.
    fn reserve(&self, payload: usize) -> Result<(), FullError> {
        let refuse = |cap| FullError::new(cap, RETRY_WHEN_ALL_IS_FULL);
        if !add_within(&self.tokens, 1, self.limits.max_tokens()) {
            return Err(refuse(Cap::TokensInAll));
        }
        let max_bytes = self.limits.max_payload_bytes();
        if payload > 0 && !add_within(&self.payload_bytes, payload, max_bytes) {
            self.tokens.fetch_sub(1, Ordering::Relaxed);
            return Err(refuse(Cap::PayloadInAll));
        }
        Ok(())
    }

    fn subject_hash(&self, entry: &Entry) -> u64 {
        self.hasher.hash_one(entry.subject_bytes())
    }

    fn shard(&self, subject: u64) -> MutexGuard<'_, HashTable<Account<Id>>> {
        // The middle bits, because a hash table uses the lowest and the highest ones.
        let shard = &self.shards[(subject >> 40) as usize % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds `more` to `total`, unless the sum is over `max`. Returns whether it was added.
fn add_within(total: &AtomicUsize, more: usize, max: usize) -> bool {
    let within = |sum: usize| sum.checked_add(more).filter(|sum| *sum <= max);
    total
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, within)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Epoch, Grant, Resource, Subject, Timestamp, TokenKey};

    fn entry_of(subject: &str) -> Entry {
        let grant = Grant {
            subject: Subject::new(subject).expect("a good name"),
            resource: Resource::new(["feed"]).expect("a short part"),
            payload: None,
            expires_at: Timestamp::FOREVER,
            deadline: Timestamp::FOREVER,
            continues: false,
            epoch: Epoch::ZERO,
        };
        Entry::seal(TokenKey::from_bytes([0; 32]), &grant, Duration::MAX)
    }

    #[test]
    fn room_is_given_back_when_subjects_have_gone() {
        let ledger = Ledger::new(Limits::default());
        let now = SteadyTime::from_millis(0);
        let entries: Vec<_> = (0..20_000).map(|n| entry_of(&n.to_string())).collect();
        let room = || {
            let shards = ledger.shards.iter();
            shards
                .map(|shard| shard.lock().unwrap().capacity())
                .sum::<usize>()
        };
        for entry in &entries {
            ledger.enter(1, entry, SteadyTime::FOREVER, now).unwrap();
        }
        assert!(room() >= entries.len());
        for entry in &entries {
            ledger.leave(1, entry, SteadyTime::FOREVER);
        }
        assert!(room() <= 128 * SHARDS);
    }
}
