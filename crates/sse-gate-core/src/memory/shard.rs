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

#[derive(Debug)]
struct Slot {
    prefix: u64,
    ends_at: Timestamp,
    entry: Entry,
}

impl Shard {
    /// Adds an entry under a new key; gives it back if the key is there, or one that begins with
    /// the same 8 bytes, which happens to digests as often as somebody guesses a token.
    pub(super) fn insert(
        &mut self,
        key: TokenKey,
        entry: Entry,
        ends_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), Entry> {
        let prefix = key.prefix();
        let taken = |slot: &Slot| slot.prefix == prefix && !slot.ends_at.has_passed(now);
        if self.slots.find(prefix, taken).is_some() {
            return Err(entry);
        }
        self.by_end.insert((ends_at, prefix));
        self.slots.insert_unique(
            prefix,
            Slot {
                prefix,
                ends_at,
                entry,
            },
            |slot| slot.prefix,
        );
        Ok(())
    }

    /// Removes the entry under a key, if it is there and its time is not up.
    pub(super) fn take(&mut self, key: TokenKey, now: Timestamp) -> Option<Entry> {
        self.remove(key.prefix(), |slot| slot.is_live(key, now))
            .map(|slot| slot.entry)
    }

    /// Removes an entry of `subject` whose key begins with `prefix`; it, and whether it was live.
    pub(super) fn withdraw(
        &mut self,
        prefix: u64,
        subject: &[u8],
        now: Timestamp,
    ) -> Option<(Entry, bool)> {
        let is_it = |slot: &Slot| slot.prefix == prefix && slot.entry.subject_bytes() == subject;
        let slot = self.remove(prefix, is_it)?;
        Some((slot.entry, !slot.ends_at.has_passed(now)))
    }

    /// Removes some of the entries whose time is up, those that ended first.
    pub(super) fn reap(&mut self, now: Timestamp) -> Vec<Entry> {
        let mut dead = Vec::new();
        while let Some((ends_at, prefix)) = self.by_end.first().copied() {
            if dead.len() == REAPED_AT_ONCE || !ends_at.has_passed(now) {
                break;
            }
            let ended = |slot: &Slot| slot.prefix == prefix && slot.ends_at == ends_at;
            match self.remove(prefix, ended) {
                Some(slot) => dead.push(slot.entry),
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
    fn is_live(&self, key: TokenKey, now: Timestamp) -> bool {
        self.prefix == key.prefix() && !self.ends_at.has_passed(now) && self.entry.key() == key
    }
}
