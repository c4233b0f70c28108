//! Who has how many tokens outstanding: [`Ledger`], the exact caps of stores within one process.

mod account;
mod limits;

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry::{Occupied, Vacant};

use account::{Account, Stub};
pub use limits::{Cap, Full, Limits};

use crate::{Entry, SteadyTime};

/// How many parts the accounts are spread over, each with a lock of its own. A power of two.
const SHARDS: usize = 64;

/// When a newcomer should ask again that the whole store had no room for.
const RETRY_WHEN_ALL_IS_FULL: Duration = Duration::from_secs(1);

/// Counts a store's entries, by subject and in all, and refuses those over its [`Limits`].
///
/// The counts are exact under any number of threads: a limit is never passed, not even for a
/// moment, and an entry whose time is up counts against its subject no longer.
///
/// `Id` is what the store finds an entry again by. The ledger remembers it for
/// [`ids_of`](Self::ids_of).
///
/// Accounts are told apart by a 64-bit hash of the subject under a key of this process's own.
#[derive(Debug)]
pub struct Ledger<Id> {
    limits: Limits,
    hasher: RandomState,
    shards: Box<[Mutex<HashTable<Account<Id>>>]>,
    tokens: AtomicUsize,
    payload_bytes: AtomicUsize,
}

impl<Id: Copy + PartialEq> Ledger<Id> {
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

    /// The limits it was made with.
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

    /// Counts `entry` until `ends_at`, or says which cap it would pass.
    ///
    /// To be called before the entry enters the store; [`leave`](Self::leave) when it left, or
    /// if it could not enter.
    pub fn enter(
        &self,
        id: Id,
        entry: &Entry,
        ends_at: SteadyTime,
        now: SteadyTime,
    ) -> Result<(), Full> {
        let payload = entry.payload_len();
        self.limits.check_payload(payload)?;
        let stub = Stub {
            id,
            ends_at,
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
                account.get().check(&self.limits, payload, now)?;
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

    /// Counts `entry` no longer, that was counted until `ends_at`.
    ///
    /// The two together tell it from another that was entered under the same `id` later.
    pub fn leave(&self, id: Id, entry: &Entry, ends_at: SteadyTime) {
        self.tokens.fetch_sub(1, Ordering::Relaxed);
        let payload = entry.payload_len();
        // Most have none, and a number that all threads write is dear.
        if payload > 0 {
            self.payload_bytes.fetch_sub(payload, Ordering::Relaxed);
        }
        let subject = self.subject_hash(entry);
        let mut accounts = self.shard(subject);
        let Ok(mut account) = accounts.find_entry(subject, |account| account.is_of(subject)) else {
            return;
        };
        let was_last = account.get_mut().close(id, ends_at);
        if was_last {
            account.remove();
        }
    }

    /// What the entries of a subject are found by.
    pub fn ids_of(&self, subject: &[u8]) -> Vec<Id> {
        let subject = self.hasher.hash_one(subject);
        let accounts = self.shard(subject);
        let account = accounts.find(subject, |account| account.is_of(subject));
        account.map(Account::ids).unwrap_or_default()
    }

    /// Adds one entry to the totals, or nothing if one of them would pass its cap.
    fn reserve(&self, payload: usize) -> Result<(), Full> {
        let refuse = |cap| Full::new(cap, RETRY_WHEN_ALL_IS_FULL);
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
        // Bits in the middle: a table goes by the lowest and the highest.
        let shard = &self.shards[(subject >> 40) as usize % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds `more` to `total` unless the sum passes `max`; whether it did.
fn add_within(total: &AtomicUsize, more: usize, max: usize) -> bool {
    let within = |sum: usize| sum.checked_add(more).filter(|sum| *sum <= max);
    total
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, within)
        .is_ok()
}
