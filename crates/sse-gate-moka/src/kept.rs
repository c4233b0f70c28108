//! What the cache holds under a key: [`Kept`], and when moka may forget it: [`AfterTtl`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use sse_gate_core::{Entry, SteadyTime, TokenKey};

/// How long after its end moka may still hold an entry.
///
/// Moka shows nothing that has expired by its own clock, and removes it up to a second later. For
/// that second an entry would take a place that the store could not give to a newcomer.
const GRACE: Duration = Duration::from_secs(10);

/// An entry and its end, by the store's own clock.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) entry: Entry,
    pub(crate) ends_at: SteadyTime,
    pub(crate) ttl: Duration,
}

impl Kept {
    /// Whether its time is not up. Moka goes by a clock of its own, and may find out later.
    pub(crate) fn is_live(&self, now: SteadyTime) -> bool {
        !self.ends_at.has_passed(now)
    }
}

/// Lets moka forget every entry some time after its own TTL.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AfterTtl;

impl Expiry<TokenKey, Arc<Kept>> for AfterTtl {
    fn expire_after_create(&self, _: &TokenKey, kept: &Arc<Kept>, _: Instant) -> Option<Duration> {
        Some(kept.ttl.saturating_add(GRACE))
    }

    /// Called when a new entry takes the place of a dead one.
    fn expire_after_update(
        &self,
        key: &TokenKey,
        kept: &Arc<Kept>,
        created_at: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        self.expire_after_create(key, kept, created_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sse_gate_core::conformance::Sample;

    /// E13: moka forgets each entry, one that came in another's place too, soon after its TTL.
    #[test]
    fn moka_is_told_to_forget_every_entry() {
        let Sample { key, entry } = Sample::new();
        for ttl in [0, 1, 60].map(Duration::from_secs) {
            let kept = Arc::new(Kept {
                entry: entry.clone(),
                ends_at: SteadyTime::FOREVER,
                ttl,
            });
            let (now, wanted) = (Instant::now(), Some(ttl + GRACE));
            assert_eq!(AfterTtl.expire_after_create(&key, &kept, now), wanted);
            for before in [None, Some(Duration::ZERO), Some(Duration::MAX)] {
                let updated = AfterTtl.expire_after_update(&key, &kept, now, before);
                assert_eq!(updated, wanted);
            }
        }
    }
}
