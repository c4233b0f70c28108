//! A part of the entries behind one lock: [`Shard`].

use hashbrown::HashTable;

use super::ends::Ends;
use crate::room::shrink;
use crate::{Entry, SteadyTime, TokenKey};

/// How many ends one operation looks at, at most. It bounds how long the lock is held when many entries
/// have ended at the same time.
///
/// Room for this many entries is more than 1 KiB. When so much is asked for, glibc merges the small pieces
/// that were freed since the last time. So each operation that removes entries pays for merging a few. If
/// their list grew step by step, it could grow in place each time, and nothing would be merged until one
/// operation had to merge a million pieces.
const EXPIRED_AT_ONCE: usize = 64;

/// Entries by key, and by the moment when they end.
///
/// Keys are digests and evenly distributed, so the first 8 bytes of a key are its hash.
#[derive(Debug, Default)]
pub(super) struct Shard {
    entries: HashTable<Stored>,
    ends: Ends,
}

/// An entry, and what it is found by. No two entries of a shard have the same prefix.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) prefix: u64,
    pub(super) ends_at: SteadyTime,
    pub(super) entry: Entry,
}

/// Entries that were removed because they have ended.
#[derive(Debug, Default)]
pub(super) struct Expired {
    pub(super) entries: Vec<Stored>,
    /// Whether the shard may have more of them.
    pub(super) may_have_more: bool,
}

impl Shard {
    /// Adds an entry under a new key. If an entry that has ended was in its place, returns that one.
    ///
    /// # Errors
    ///
    /// The key is there already, or one with the same first 8 bytes. The newcomer is returned. Two
    /// digests that begin alike are as improbable as a guessed token.
    pub(super) fn insert(
        &mut self,
        newcomer: Stored,
        now: SteadyTime,
    ) -> Result<Option<Stored>, Stored> {
        let prefix = newcomer.prefix;
        let is_same = |stored: &Stored| stored.prefix == prefix;
        let found = self.entries.find(prefix, is_same);
        if found.is_some_and(|stored| stored.is_live(now)) {
            return Err(newcomer);
        }
        let ended = found.is_some().then(|| self.remove(prefix, is_same));
        if self.ends.are_stale(self.entries.len()) {
            self.ends = self.entries.iter().map(Stored::end).collect();
        }
        self.ends.push(newcomer.end());
        self.entries
            .insert_unique(prefix, newcomer, |stored| stored.prefix);
        Ok(ended.flatten())
    }

    /// Removes the entry under a key, if it is there and has not ended.
    pub(super) fn take(&mut self, key: TokenKey, now: SteadyTime) -> Option<Stored> {
        let prefix = key.prefix();
        self.remove(prefix, |stored| {
            stored.prefix == prefix && stored.is_live(now) && stored.entry.key() == key
        })
    }

    /// Removes the entry of `subject` whose key begins with `prefix`, even if it has ended.
    pub(super) fn withdraw(&mut self, prefix: u64, subject: &[u8]) -> Option<Stored> {
        self.remove(prefix, |stored| {
            stored.prefix == prefix && stored.entry.subject_bytes() == subject
        })
    }

    /// Removes some of the entries that have ended, the earliest first.
    pub(super) fn remove_expired(&mut self, now: SteadyTime) -> Expired {
        let mut entries = Vec::new();
        for _ in 0..EXPIRED_AT_ONCE {
            let Some(end) = self.ends.pop_passed(now) else {
                return Expired {
                    entries,
                    may_have_more: false,
                };
            };
            if let Some(stored) = self.remove(end.1, |stored| stored.end() == end) {
                // All the room at once: see EXPIRED_AT_ONCE.
                if entries.is_empty() {
                    entries.reserve_exact(EXPIRED_AT_ONCE);
                }
                entries.push(stored);
            }
        }
        Expired {
            entries,
            may_have_more: true,
        }
    }

    fn remove(&mut self, prefix: u64, is_it: impl FnMut(&Stored) -> bool) -> Option<Stored> {
        let (stored, _) = self.entries.find_entry(prefix, is_it).ok()?.remove();
        shrink(&mut self.entries, |stored| stored.prefix);
        Some(stored)
    }
}

impl Stored {
    pub(super) fn is_live(&self, now: SteadyTime) -> bool {
        !self.ends_at.has_passed(now)
    }

    fn end(&self) -> (SteadyTime, u64) {
        (self.ends_at, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Epoch, Grant, Resource, Subject, Timestamp};
    use std::time::Duration;

    fn ends(prefix: u64, ends_at: SteadyTime) -> Stored {
        let grant = Grant {
            subject: Subject::new("alice").expect("a good name"),
            resource: Resource::new(["feed"]).expect("a short part"),
            payload: None,
            expires_at: Timestamp::FOREVER,
            deadline: Timestamp::FOREVER,
            continues: false,
            epoch: Epoch::ZERO,
        };
        Stored {
            prefix,
            ends_at,
            entry: Entry::seal(TokenKey::from_bytes([0; 32]), &grant, Duration::MAX),
        }
    }

    #[test]
    fn room_is_given_back_when_entries_have_gone() {
        let (start, end) = (SteadyTime::from_millis(0), SteadyTime::from_millis(1));
        let mut shard = Shard::default();
        for has_ended in [true, false] {
            // They are spread over the table as digests are.
            let prefixes = (1..=10_000).map(|n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            for prefix in prefixes.clone() {
                assert!(shard.insert(ends(prefix, end), start).is_ok());
            }
            assert!(shard.entries.capacity() >= 10_000);
            if has_ended {
                while shard.remove_expired(end).may_have_more {}
            } else {
                for prefix in prefixes {
                    assert!(shard.withdraw(prefix, b"alice").is_some());
                }
            }
            assert!(shard.entries.capacity() <= 128);
        }
    }

    /// The cost of an operation while very many entries end: a bounded number of entries, in one piece of
    /// memory. It is asked for at once and is large enough that glibc merges what was freed before.
    #[test]
    fn the_cost_of_what_has_ended_is_one_large_allocation_an_operation() {
        let (start, end) = (SteadyTime::from_millis(0), SteadyTime::from_millis(1));
        for count in [0, 1, 2, EXPIRED_AT_ONCE, 10 * EXPIRED_AT_ONCE] {
            let mut shard = Shard::default();
            for prefix in (0..).take(count) {
                assert!(shard.insert(ends(prefix, end), start).is_ok());
            }
            let Expired { entries, .. } = shard.remove_expired(end);
            assert_eq!(entries.len(), count.min(EXPIRED_AT_ONCE));
            let room = if count == 0 { 0 } else { EXPIRED_AT_ONCE };
            assert_eq!(entries.capacity(), room, "{count} have ended");
        }
        assert!(EXPIRED_AT_ONCE * size_of::<Stored>() > 1024);
    }
}
