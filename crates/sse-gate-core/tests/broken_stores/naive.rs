//! The simplest store that keeps all laws, unless it has a [`Flaw`].

use std::cell::Cell;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use sse_gate_core::conformance::{Backend, Sample};
use sse_gate_core::{
    Cap, Clock, Entry, Epoch, FullError, Ledger, Limits, ManualClock, SteadyTime, StoreError,
    Subject, TokenKey, TokenStore, Withdrawals,
};

use super::flaw::Flaw;

#[derive(Debug)]
pub(crate) struct Naive {
    flaw: Flaw,
    clock: ManualClock,
    ledger: Ledger<TokenKey>,
    withdrawals: Withdrawals,
    /// The last subjects that were withdrawn.
    last: Mutex<VecDeque<Vec<u8>>>,
    entries: Mutex<HashMap<TokenKey, (Entry, SteadyTime)>>,
    given: Mutex<HashMap<TokenKey, Entry>>,
}

impl Naive {
    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<TokenKey, (Entry, SteadyTime)>> {
        self.entries.lock().unwrap()
    }

    /// The time that lives are measured on.
    fn now(&self) -> SteadyTime {
        if self.is(Flaw::GoesByTheWall) {
            return SteadyTime::from_millis(self.clock.now().as_unix_millis());
        }
        self.clock.steady()
    }

    /// Long enough for every other thread to come to the same place.
    fn dawdle(&self, flaw: Flaw) {
        if self.is(flaw) {
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn key(&self, key: TokenKey) -> TokenKey {
        let mut bytes = *key.as_bytes();
        if self.is(Flaw::ComparesAPrefix) {
            bytes[31] = 0;
        }
        TokenKey::from_bytes(bytes)
    }

    /// The entry as this store keeps it.
    fn kept(&self, key: TokenKey, entry: Entry) -> Entry {
        if self.is(Flaw::CutsLongPayloads) && entry.payload_len() > 10_000 {
            return Sample::with_key(key, "zoë", 10_000).entry;
        }
        entry
    }

    /// The entry as it enters the ledger.
    fn weighed(&self, key: TokenKey, entry: &Entry) -> Entry {
        let subject = std::str::from_utf8(entry.subject_bytes()).unwrap();
        if self.is(Flaw::WeighsNothing) {
            return Sample::with_key(key, subject, 0).entry;
        }
        entry.clone()
    }

    fn leave(&self, key: TokenKey, entry: &Entry, ends_at: SteadyTime) {
        self.ledger.leave(key, &self.weighed(key, entry), ends_at);
    }

    fn remove(&self, key: TokenKey) -> Option<(Entry, SteadyTime)> {
        let found = self.entries().remove(&key);
        if let Some((entry, ends_at)) = &found {
            self.leave(key, entry, *ends_at);
        }
        found
    }

    /// Removes what has ended, but leaves `key` alone.
    fn purge(&self, key: TokenKey, now: SteadyTime) {
        if self.is(Flaw::NeverForgetsTheDead) {
            return;
        }
        let has_ended = |(_, ends_at): &(Entry, SteadyTime)| ends_at.has_passed(now);
        let dead =
            |(dead, kept): (&TokenKey, _)| (*dead != key && has_ended(kept)).then_some(*dead);
        let dead: Vec<_> = self.entries().iter().filter_map(dead).collect();
        for key in dead {
            self.remove(key);
        }
    }

    fn enter(&self, key: TokenKey, entry: &Entry, ends_at: SteadyTime) -> Result<(), StoreError> {
        let now = self.now();
        let weighed = self.weighed(key, entry);
        let enter = || self.ledger.enter(key, &weighed, ends_at, now);
        match enter() {
            Err(full) if self.is(Flaw::EvictsTheLiving) && full.cap() == Cap::TokensInAll => {
                let victim = self.entries().keys().next().copied();
                victim.and_then(|victim| self.remove(victim));
                Ok(enter()?)
            }
            Err(full) if self.is(Flaw::NamesNoTime) => {
                Err(FullError::new(full.cap(), Duration::ZERO).into())
            }
            Ok(()) if self.is(Flaw::CountsThenInserts) => {
                self.ledger.leave(key, &weighed, ends_at);
                self.dawdle(Flaw::CountsThenInserts);
                let _ = enter();
                Ok(())
            }
            outcome => Ok(outcome?),
        }
    }

    fn insert_now(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        let (now, key) = (self.now(), self.key(key));
        let ends_at = now.saturating_add(ttl);
        self.purge(key, now);
        let is_there = |kept: Option<&(Entry, SteadyTime)>| match kept {
            Some(_) if self.is(Flaw::Overwrites) => false,
            Some(_) if self.is(Flaw::DeadKeysStay) => true,
            kept => kept.is_some_and(|(_, ends_at)| !ends_at.has_passed(now)),
        };
        if is_there(self.entries().get(&key)) {
            return Err(StoreError::exists());
        }
        self.enter(key, &entry, ends_at)?;
        if self.is(Flaw::ComparesThenInserts) && self.is_withdrawn(&entry) {
            self.leave(key, &entry, ends_at);
            return Err(StoreError::withdrawn());
        }
        self.dawdle(Flaw::ComparesThenInserts);
        self.dawdle(Flaw::LooksThenInserts);
        let mut entries = self.entries();
        if !self.is(Flaw::LooksThenInserts) && is_there(entries.get(&key)) {
            self.leave(key, &entry, ends_at);
            return Err(StoreError::exists());
        }
        let is_late = !self.is(Flaw::ComparesThenInserts) && self.is_withdrawn(&entry);
        if is_late && !self.is(Flaw::KeepsWhatItRefuses) {
            self.leave(key, &entry, ends_at);
            return Err(StoreError::withdrawn());
        }
        let kept = self.kept(key, entry);
        if let Some((dead, dead_ended_at)) = entries.insert(key, (kept, ends_at)) {
            let ended_at = match self.flaw {
                Flaw::DeadKeysCountDown => ends_at,
                _ => dead_ended_at,
            };
            self.leave(key, &dead, ended_at);
        }
        if is_late {
            return Err(StoreError::withdrawn());
        }
        Ok(())
    }

    fn is_withdrawn(&self, entry: &Entry) -> bool {
        let (subject, epoch) = (entry.subject_bytes(), entry.epoch());
        let marked = self.withdrawals.has_marked(subject, epoch);
        match self.flaw {
            Flaw::ComparesNoEpochs => false,
            Flaw::ComparesNoSubjects => epoch != self.withdrawals.epoch(),
            Flaw::ForgetsWithdrawals => {
                let last = self.last.lock().unwrap();
                marked && (epoch > self.withdrawals.epoch() || last.iter().any(|it| it == subject))
            }
            Flaw::BelievesAnyEpoch => marked && epoch <= self.withdrawals.epoch(),
            _ => marked,
        }
    }

    fn take_now(&self, key: TokenKey) -> Option<Entry> {
        let (now, key) = (self.now(), self.key(key));
        let is_live = |ends_at: SteadyTime| match self.flaw {
            Flaw::GivesAtTheEnd => now <= ends_at,
            _ => !ends_at.has_passed(now),
        };
        let found = if self.is(Flaw::LooksThenRemoves) {
            let seen = self.entries().get(&key).cloned();
            if seen.is_some() {
                self.dawdle(Flaw::LooksThenRemoves);
            }
            self.remove(key);
            seen
        } else if self.is(Flaw::NeverForgetsTheTaken) {
            self.entries().remove(&key)
        } else {
            self.remove(key)
        };
        if found.is_none() && self.is(Flaw::ForgetsWhenAskedInVain) {
            self.entries().clear();
        }
        let taken = found
            .filter(|(_, ends_at)| is_live(*ends_at))
            .map(|(entry, _)| entry);
        if self.is(Flaw::GivesTwice) {
            let mut given = self.given.lock().unwrap();
            return match taken {
                Some(entry) => given.insert(key, entry.clone()).or(Some(entry)),
                None => given.remove(&key),
            };
        }
        taken
    }

    fn withdraw_now(&self, subject: &Subject) -> usize {
        let now = self.now();
        self.withdrawals.mark(subject.as_str().as_bytes());
        let mut last = self.last.lock().unwrap();
        last.push_front(subject.as_str().into());
        last.truncate(1_000);
        drop(last);
        let mut keys = self.ledger.ids_of(subject.as_str().as_bytes());
        if self.is(Flaw::WithdrawsAllButOne) && keys.len() > 4 {
            keys.pop();
        }
        let removed = keys.into_iter().filter_map(|key| self.remove(key));
        let counts = |(_, ends_at): &(Entry, SteadyTime)| {
            self.is(Flaw::CountsTheDeadAsWithdrawn) || !ends_at.has_passed(now)
        };
        removed.filter(counts).count()
    }
}

impl TokenStore for Naive {
    async fn insert(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        self.insert_now(key, entry, ttl)
    }

    fn take(
        &self,
        key: TokenKey,
    ) -> impl Future<Output = Result<Option<Entry>, StoreError>> + Send {
        let eager = self
            .is(Flaw::TakesBeforeItIsPolled)
            .then(|| self.take_now(key));
        async move { Ok(eager.unwrap_or_else(|| self.take_now(key))) }
    }

    async fn withdraw(&self, subject: Subject) -> Result<usize, StoreError> {
        Ok(self.withdraw_now(&subject))
    }

    async fn epoch(&self) -> Result<Epoch, StoreError> {
        Ok(self.withdrawals.epoch())
    }
}

thread_local! {
    /// The flaw of the stores that [`Flawed::set_up`] makes on this thread.
    static FLAW: Cell<Flaw> = const { Cell::new(Flaw::None) };
}

/// Runs a check that sets up its own backend.
pub(crate) fn with_flaw(flaw: Flaw, check: fn()) {
    FLAW.set(flaw);
    check();
}

/// Makes stores with one flaw.
pub(crate) struct Flawed {
    pub(crate) flaw: Flaw,
    pub(crate) clock: ManualClock,
}

impl Backend for Flawed {
    type Store = Naive;

    fn set_up() -> Self {
        Self {
            flaw: FLAW.get(),
            clock: ManualClock::default(),
        }
    }

    async fn store(&self, limits: Limits) -> Naive {
        Naive {
            flaw: self.flaw,
            clock: self.clock.clone(),
            ledger: Ledger::new(limits),
            withdrawals: Withdrawals::default(),
            last: Mutex::default(),
            entries: Mutex::default(),
            given: Mutex::default(),
        }
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    fn set_wall_ahead(&self, span: Duration) {
        self.clock.set_wall_ahead(span);
    }

    fn set_wall_back(&self, span: Duration) {
        self.clock.set_wall_back(span);
    }
}
