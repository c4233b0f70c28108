//! A part of the entries behind one lock: [`Shard`].

use hashbrown::HashTable;

use super::ends::Ends;
use crate::{Entry, SteadyTime, TokenKey};

/// The most ends that one operation looks at. It bounds how long the lock is held after many
/// have expired at once.
const REAPED_AT_ONCE: usize = 64;

/// Entries by their keys, and in the order in which they end.
///
/// Keys are digests, evenly spread already: the first 8 bytes serve as the hash.
#[derive(Debug, Default)]
pub(super) struct Shard {
    slots: HashTable<Slot>,
    ends: Ends,
}

/// An entry, and what it is found by. No two in a shard have the same prefix.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) prefix: u64,
    pub(super) ends_at: SteadyTime,
    pub(super) entry: Entry,
}

/// What was removed because its time was up.
#[derive(Debug, Default)]
pub(super) struct Reaped {
    pub(super) dead: Vec<Slot>,
    /// Whether there may be more.
    pub(super) is_cut_short: bool,
}

impl Shard {
    /// Adds an entry under a new key, and gives back the dead one in whose place it came, if
    /// there was one.
    ///
    /// Gives the newcomer itself back if the key is there, or one that begins with the same 8
    /// bytes, which happens to digests as often as somebody guesses a token.
    pub(super) fn insert(&mut self, slot: Slot, now: SteadyTime) -> Result<Option<Slot>, Slot> {
        let prefix = slot.prefix;
        let same = |slot: &Slot| slot.prefix == prefix;
        let there = self.slots.find(prefix, same);
        if there.is_some_and(|there| there.is_live(now)) {
            return Err(slot);
        }
        let dead = there.is_some().then(|| self.remove(prefix, same)).flatten();
        if self.ends.are_stale(self.slots.len()) {
            self.ends = self.slots.iter().map(Slot::end).collect();
        }
        self.ends.push(slot.end());
        self.slots.insert_unique(prefix, slot, |slot| slot.prefix);
        Ok(dead)
    }

    /// Removes the entry under a key, if it is there and its time is not up.
    pub(super) fn take(&mut self, key: TokenKey, now: SteadyTime) -> Option<Slot> {
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
    pub(super) fn reap(&mut self, now: SteadyTime) -> Reaped {
        let mut dead = Vec::new();
        for _ in 0..REAPED_AT_ONCE {
            let Some(end) = self.ends.pop_passed(now) else {
                return Reaped {
                    dead,
                    is_cut_short: false,
                };
            };
            dead.extend(self.remove(end.1, |slot| slot.end() == end));
        }
        Reaped {
            dead,
            is_cut_short: true,
        }
    }

    fn remove(&mut self, prefix: u64, is_it: impl FnMut(&Slot) -> bool) -> Option<Slot> {
        let (slot, _) = self.slots.find_entry(prefix, is_it).ok()?.remove();
        Some(slot)
    }
}

impl Slot {
    pub(super) fn is_live(&self, now: SteadyTime) -> bool {
        !self.ends_at.has_passed(now)
    }

    fn end(&self) -> (SteadyTime, u64) {
        (self.ends_at, self.prefix)
    }
}
