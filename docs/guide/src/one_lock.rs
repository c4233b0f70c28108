use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sse_gate::core::{
    Clock, Entry, Epoch, Ledger, Limits, SteadyTime, StoreError, Subject, TokenKey, TokenStore,
    Withdrawals,
};

/// Keeps tokens in one map behind one lock.
#[derive(Debug)]
pub struct OneLock {
    entries: Mutex<HashMap<TokenKey, (Entry, SteadyTime)>>,
    ledger: Ledger<TokenKey>,
    withdrawals: Withdrawals,
    clock: Arc<dyn Clock>,
}

type Entries<'a> = MutexGuard<'a, HashMap<TokenKey, (Entry, SteadyTime)>>;

impl OneLock {
    /// An empty store with these limits.
    pub fn new(limits: Limits, clock: impl Clock) -> Self {
        Self {
            entries: Mutex::default(),
            ledger: Ledger::new(limits),
            withdrawals: Withdrawals::default(),
            clock: Arc::new(clock),
        }
    }

    /// The entries that are live now. It looks at all of them: fine for a few thousand.
    fn live(&self, now: SteadyTime) -> Entries<'_> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|key, (entry, ends_at)| {
            let is_live = !ends_at.has_passed(now);
            if !is_live {
                self.ledger.leave(*key, entry, *ends_at);
            }
            is_live
        });
        entries
    }
}

impl TokenStore for OneLock {
    async fn insert(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        let now = self.clock.steady();
        let mut entries = self.live(now);
        if entries.contains_key(&key) {
            return Err(StoreError::exists());
        }
        if self
            .withdrawals
            .has_marked(entry.subject_bytes(), entry.epoch())
        {
            return Err(StoreError::withdrawn());
        }
        let ends_at = now.saturating_add(ttl);
        self.ledger.enter(key, &entry, ends_at, now)?;
        entries.insert(key, (entry, ends_at));
        Ok(())
    }

    async fn take(&self, key: TokenKey) -> Result<Option<Entry>, StoreError> {
        let taken = self.live(self.clock.steady()).remove(&key);
        Ok(taken.map(|(entry, ends_at)| {
            self.ledger.leave(key, &entry, ends_at);
            entry
        }))
    }

    async fn withdraw(&self, subject: Subject) -> Result<usize, StoreError> {
        let subject = subject.as_str().as_bytes();
        let mut entries = self.live(self.clock.steady());
        self.withdrawals.mark(subject);
        let is_its = |entry: &Entry| entry.subject_bytes() == subject;
        let gone = entries.extract_if(|_, (entry, _)| is_its(entry));
        Ok(gone
            .map(|(key, (entry, ends_at))| self.ledger.leave(key, &entry, ends_at))
            .count())
    }

    async fn epoch(&self) -> Result<Epoch, StoreError> {
        Ok(self.withdrawals.epoch())
    }
}
