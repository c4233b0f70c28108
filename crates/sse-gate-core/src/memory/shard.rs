//! A part of the entries behind one lock: [`Shard`].

use std::collections::BTreeSet;

use hashbrown::HashTable;

use crate::{Entry, Timestamp, TokenKey};

/// The most dead entries that one operation removes. It bounds how long the lock is held after
/// many have expired at once.
const REAPED_AT_ONCE: usize = 64;

/// Entries by their keys, and in the order in which they end.
///
/// Keys are digests, evenly spread already: the first 8 bytes serve as the hash.
#[derive(Debug, Default)]
pub(super) struct Shard {
    slots: HashTable<Slot>,
    by_end: BTreeSet<(Timestamp, u64)>,
}

/// An entry, and what it is found by. No two in a shard have the same prefix.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) prefix: u64,
    pub(super) ends_at: Timestamp,
    pub(super) entry: Entry,
}

impl Shard {
    /// Adds an entry under a new key, and gives back the dead one in whose place it came, if
    /// there was one.
    ///
    /// Gives the newcomer itself back if the key is there, or one that begins with the same 8
    /// bytes, which happens to digests as often as somebody guesses a token.
    pub(super) fn insert(&mut self, slot: Slot, now: Timestamp) -> Result<Option<Slot>, Slot> {
        let prefix = slot.prefix;
        let same = |slot: &Slot| slot.prefix == prefix;
        if self
            .slots
            .find(prefix, |slot| same(slot) && slot.is_live(now))
            .is_some()
        {
            return Err(slot);
        }
        let dead = self.remove(prefix, same);
        self.by_end.insert((slot.ends_at, prefix));
        self.slots.insert_unique(prefix, slot, |slot| slot.prefix);
        Ok(dead)
    }

    /// Removes the entry under a key, if it is there and its time is not up.
    pub(super) fn take(&mut self, key: TokenKey, now: Timestamp) -> Option<Slot> {
        let prefix = key.prefix();
        let is_it =
            |slot: &Slot| slot.prefix == prefix && slot.is_live(now) && slot.entry.key() == key;
        self.remove(prefix, is_it)
    }

    /// Removes an entry of `subject` whose key begins with `prefix`, live or dead.
    pub(super) fn withdraw(&mut self, prefix: u64, subject: &[u8]) -> Option<Slot> {
        let is_it = |slot: &Slot| slot.prefix == prefix && slot.entry.subject_bytes() == subject;
        self.remove(prefix, is_it)
    }

    /// Removes some of the entries whose time is up, those that ended first.
    pub(super) fn reap(&mut self, now: Timestamp) -> Vec<Slot> {
        let mut dead = Vec::new();
        while let Some((ends_at, prefix)) = self.by_end.first().copied() {
            if dead.len() == REAPED_AT_ONCE || !ends_at.has_passed(now) {
                break;
            }
            let ended = |slot: &Slot| slot.prefix == prefix && slot.ends_at == ends_at;
            match self.remove(prefix, ended) {
                Some(slot) => dead.push(slot),
                None => break,
            }
        }
        dead
    }

    fn remove(&mut self, prefix: u64, is_it: impl FnMut(&Slot) -> bool) -> Option<Slot> {
        let (slot, _) = self.slots.find_entry(prefix, is_it).ok()?.remove();
        self.by_end.remove(&(slot.ends_at, slot.prefix));
        Some(slot)
    }
}

impl Slot {
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        !self.ends_at.has_passed(now)
    }
}
