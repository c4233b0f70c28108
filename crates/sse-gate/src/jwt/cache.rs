//! Signatures that were verified already: [`SignatureCache`].

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use sse_gate_core::SteadyTime;

use super::JwtKey;

/// How many are kept by default. Each takes 41 bytes, so all of them take 410 KB.
pub(super) const DEFAULT_ENTRIES: usize = 10_000;

/// How long one is kept at most.
const LIFE: Duration = Duration::from_secs(5 * 60);

/// How many entries share a lock and compete for room.
const WAYS: usize = 8;

/// Remembers that a key has signed a text, for a bounded number of texts.
///
/// It keeps hashes, never a JWT. An entry says nothing of dates, issuer or audience: those are checked
/// each time. The key is part of the hash, and is looked up before, so what a key has signed counts
/// for nothing once the key is gone.
///
/// It is a table of small sets, which needs no lists and no sweeps as an LRU does: a hash can be in one
/// set only, and takes the place there that ends first.
///
/// How long a look-up takes depends on the hash, so it tells a client at most that this very JWT was
/// shown before. A JWT that differs in one byte has an unrelated hash.
pub(super) struct SignatureCache {
    len: usize,
    /// Made when the first entry is kept.
    sets: OnceLock<Box<[Mutex<[Slot; WAYS]>]>>,
}

/// An entry, or none: then it ended at the beginning of time.
#[derive(Clone, Copy)]
struct Slot {
    hash: Hash,
    ends: SteadyTime,
}

/// Which key and which JWT.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Hash([u8; 32]);

impl Hash {
    pub(super) fn of(key: &JwtKey, jwt: &str) -> Self {
        let hash = Sha256::new()
            .chain_update(key.fingerprint())
            .chain_update(jwt);
        Self(hash.finalize().into())
    }
}

impl SignatureCache {
    /// A cache for so many entries, rounded up to a multiple of eight.
    pub(super) fn new(entries: usize) -> Self {
        Self {
            len: entries.div_ceil(WAYS),
            sets: OnceLock::new(),
        }
    }

    /// Whether it is worth asking. With a shared secret it saves less than a sixth of the work.
    pub(super) fn is_for(&self, key: &JwtKey) -> bool {
        self.len > 0 && !key.is_secret()
    }

    pub(super) fn has(&self, hash: &Hash, now: SteadyTime) -> bool {
        let Some(sets) = self.sets.get() else {
            return false;
        };
        let set = set(sets, hash).lock();
        let set = set.unwrap_or_else(PoisonError::into_inner);
        set.iter()
            .any(|slot| slot.hash == *hash && !slot.ends.has_passed(now))
    }

    /// Keeps it for `life`, or for five minutes if that is longer.
    pub(super) fn keep(&self, hash: Hash, life: Duration, now: SteadyTime) {
        let sets = self.sets.get_or_init(|| {
            let empty = Slot {
                hash: Hash([0; 32]),
                ends: SteadyTime::ZERO,
            };
            (0..self.len).map(|_| Mutex::new([empty; WAYS])).collect()
        });
        let set = set(sets, &hash).lock();
        let mut set = set.unwrap_or_else(PoisonError::into_inner);
        let ends = now.saturating_add(life.min(LIFE));
        let same = set.iter().position(|slot| slot.hash == hash);
        let first_to_end = (0..WAYS).min_by_key(|at| set[*at].ends);
        if let Some(at) = same.or(first_to_end) {
            set[at] = Slot { hash, ends };
        }
    }
}

/// The set that a hash belongs to.
fn set<'a, T>(sets: &'a [T], Hash(bytes): &Hash) -> &'a T {
    let (first, _) = bytes.split_first_chunk().unwrap_or((&[0; 8], &[]));
    let number = u64::from_le_bytes(*first) % u64::try_from(sets.len()).unwrap_or(u64::MAX);
    &sets[usize::try_from(number).unwrap_or_default()]
}
