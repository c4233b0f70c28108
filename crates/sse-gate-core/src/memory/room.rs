//! How a full store makes room: entries that have ended are removed.

use super::shard::{Expired, Stored};
use super::{MemoryStore, SHARDS};
use crate::{Cap, Entry, FullError, SteadyTime};

impl MemoryStore {
    /// Counts a newcomer in the ledger. If the store is full, entries that have ended make room.
    pub(super) fn admit(&self, newcomer: &Stored, now: SteadyTime) -> Result<(), FullError> {
        loop {
            let Stored {
                prefix,
                ends_at,
                entry,
            } = newcomer;
            match self.ledger.enter(*prefix, entry, *ends_at, now) {
                Err(full)
                    if matches!(full.cap(), Cap::TokensInAll | Cap::PayloadInAll)
                        && self.remove_expired_anywhere(now) => {}
                outcome => return outcome,
            }
        }
    }

    /// Removes expired entries from the first shard that has any. Returns whether there were any.
    pub(super) fn remove_expired_anywhere(&self, now: SteadyTime) -> bool {
        (0..SHARDS).any(|at| {
            loop {
                let (count, may_have_more) = self.remove_expired(at, now);
                if count > 0 || !may_have_more {
                    return count > 0;
                }
            }
        })
    }

    /// Removes some expired entries from one shard. Returns how many, and whether there may be more.
    pub(super) fn remove_expired(&self, at: usize, now: SteadyTime) -> (usize, bool) {
        let Expired {
            entries,
            may_have_more,
        } = self.lock(at).remove_expired(now);
        let count = entries.len();
        self.release_all(entries);
        (count, may_have_more)
    }

    pub(super) fn release_all(&self, gone: impl IntoIterator<Item = Stored>) {
        for stored in gone {
            self.release(stored);
        }
    }

    /// Stops counting an entry that has left its shard.
    pub(super) fn release(&self, gone: Stored) -> Entry {
        self.ledger.leave(gone.prefix, &gone.entry, gone.ends_at);
        gone.entry
    }
}
