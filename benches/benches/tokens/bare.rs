//! Our stores without a gate, and moka without our store: insert and remove, nothing else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::policy::EvictionPolicy;
use moka::sync::{Cache, CacheBuilder};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sse_gate_benches::ready;
use sse_gate_core::{Entry, TokenKey, TokenStore};

use crate::contestant::Tickets;
use crate::ours::{resource, subject};

const TTL: Duration = Duration::from_secs(15 * 60);

/// Keys and entries that were made before: neither is in the race.
pub(crate) struct Pool(Vec<Entry>);

impl Pool {
    /// Enough for `tickets`.
    pub(crate) fn of(tickets: usize) -> Self {
        let mut random = StdRng::seed_from_u64(11);
        Self((0..tickets).map(|n| entry(n, random.random())).collect())
    }

    fn draw(&self, n: usize) -> (TokenKey, Entry) {
        let entry = self.0[n].clone();
        (entry.key(), entry)
    }
}

/// An entry without a payload, in the layout that `Entry` documents.
fn entry(n: usize, key: [u8; 32]) -> Entry {
    let mut bytes = vec![2, 0];
    bytes.extend_from_slice(&key);
    // No end for the token and the stream, and the epoch before all withdrawals.
    bytes.extend_from_slice(&[0xff; 24]);
    bytes.extend_from_slice(&[0; 8]);
    bytes.extend_from_slice(&[0, 16, 0, 24]);
    bytes.extend_from_slice(subject(n).as_str().as_bytes());
    bytes.extend_from_slice(resource().as_bytes());
    Entry::from_bytes(bytes).expect("the layout of an entry")
}

/// A store without its gate.
pub(crate) struct Bare<S>(pub(crate) S, pub(crate) Pool);

impl<S: TokenStore> Tickets for Bare<S> {
    type Ticket = TokenKey;

    fn mint(&self, n: usize) -> TokenKey {
        let (key, entry) = self.1.draw(n);
        ready(self.0.insert(key, entry, TTL)).expect("there is room");
        key
    }

    fn redeem(&self, key: TokenKey) {
        assert!(ready(self.0.take(key)).is_ok_and(|entry| entry.is_some()));
    }
}

/// Bare moka, with a TTL for each entry and the policy that drops no newcomer.
pub(crate) struct BareMoka(Cache<TokenKey, Arc<Entry>>, Pool);

struct After(Duration);

impl Expiry<TokenKey, Arc<Entry>> for After {
    fn expire_after_create(&self, _: &TokenKey, _: &Arc<Entry>, _: Instant) -> Option<Duration> {
        Some(self.0)
    }
}

impl BareMoka {
    pub(crate) fn new(pool: Pool) -> Self {
        Self(Self::cache().build(), pool)
    }

    /// With somebody who is told of all that leaves, as whoever counts exactly must be.
    pub(crate) fn with_listener(pool: Pool) -> Self {
        let cache = Self::cache().eviction_listener(|_, _, _| {});
        Self(cache.build(), pool)
    }

    fn cache() -> CacheBuilder<TokenKey, Arc<Entry>, Cache<TokenKey, Arc<Entry>>> {
        Cache::builder()
            .max_capacity(10_000_000)
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(After(TTL))
    }
}

impl Tickets for BareMoka {
    type Ticket = TokenKey;

    fn mint(&self, n: usize) -> TokenKey {
        let (key, entry) = self.1.draw(n);
        self.0.insert(key, Arc::new(entry));
        key
    }

    fn redeem(&self, key: TokenKey) {
        assert!(self.0.remove(&key).is_some());
    }
}
