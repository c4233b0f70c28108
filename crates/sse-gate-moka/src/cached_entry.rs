//! What the cache keeps under a key: [`CachedEntry`], and when moka may drop it: [`AfterTtl`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use sse_gate_core::{Entry, SteadyTime, TokenKey};

/// How long moka keeps an entry after its end.
///
/// Moka hides an entry that has expired by its own clock, and removes it up to a second later. Without
/// this grace the store could not remove a hidden entry to make room for a newcomer.
const GRACE: Duration = Duration::from_secs(10);

/// An entry and its end, by the store's own clock.
#[derive(Debug)]
pub(crate) struct CachedEntry {
    pub(crate) entry: Entry,
    /// The end of the entry by the store's clock.
    pub(crate) ends_at: SteadyTime,
    /// How long the entry lives, for moka, which has another clock.
    pub(crate) ttl: Duration,
}

impl CachedEntry {
    /// Whether the entry has not ended. Moka has its own clock, and may find out later.
    pub(crate) fn is_live(&self, now: SteadyTime) -> bool {
        !self.ends_at.has_passed(now)
    }
}

/// Lets moka drop every entry some time after the end of its TTL.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AfterTtl;

impl Expiry<TokenKey, Arc<CachedEntry>> for AfterTtl {
    fn expire_after_create(
        &self,
        _: &TokenKey,
        cached: &Arc<CachedEntry>,
        _: Instant,
    ) -> Option<Duration> {
        Some(cached.ttl.saturating_add(GRACE))
    }

    /// Moka calls it when a new entry replaces one that has ended.
    fn expire_after_update(
        &self,
        key: &TokenKey,
        cached: &Arc<CachedEntry>,
        created_at: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        self.expire_after_create(key, cached, created_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sse_gate_core::conformance::Sample;

    /// E13: moka drops each entry soon after its TTL, also one that has replaced another.
    #[test]
    fn moka_is_told_to_drop_every_entry() {
        let Sample { key, entry } = Sample::new();
        for ttl in [0, 1, 60].map(Duration::from_secs) {
            let cached = Arc::new(CachedEntry {
                entry: entry.clone(),
                ends_at: SteadyTime::FOREVER,
                ttl,
            });
            let (now, wanted) = (Instant::now(), Some(ttl + GRACE));
            assert_eq!(AfterTtl.expire_after_create(&key, &cached, now), wanted);
            for before in [None, Some(Duration::ZERO), Some(Duration::MAX)] {
                let updated = AfterTtl.expire_after_update(&key, &cached, now, before);
                assert_eq!(updated, wanted);
            }
        }
    }
}
