//! The trait of all stores: [`TokenStore`].

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use super::StoreError;
#[cfg(doc)]
use super::StoreErrorKind;
use crate::{Entry, Epoch, Subject, TokenKey};

/// Keeps entries under the keys of tokens, and gives each entry away once.
///
/// A store never sees a token, only keys. Implement this trait to keep tokens in a backend of your own.
/// `token_store_conformance!` (feature `conformance`) tests an implementation against the laws below.
///
/// # Laws
///
/// - **Taking is linearizable: of all callers that ever take a key, over all threads and nodes, at
///   most one gets the entry.** It is not enough to look first and remove later. One operation must
///   both find the entry and remove it.
/// - **Inserting only creates.** If the key is there already, that is an error, and its entry stays as
///   it was.
/// - **An entry ends after its `ttl`.** It can be taken before that moment, and not at that moment or
///   later.
/// - **A full store refuses the newcomer**, with an error that names the cap. It never drops a live
///   entry to make room.
/// - **A withdrawn subject has no entries left.** When a withdrawal has returned, no entry of the
///   subject can be taken whose [epoch](Entry::epoch) was read before the withdrawal began, however
///   late it is inserted.
/// - **A future that is dropped has done its whole operation, or nothing.**
///
/// # Liberties
///
/// A store may lose entries in a restart or a failover. Their tokens are refused, and clients ask for
/// new ones. It may refuse newcomers for reasons of its own. It must refuse them if it no longer knows
/// whether the subject was withdrawn since the entry's epoch. It may keep entries that have ended, if
/// they can't be taken and count against no cap.
///
/// # What a failure costs
///
/// If an entry is given twice, a stolen token works beside the one of its owner. This crate is there to
/// prevent that. If an entry is withheld, a client asks for a new token. So a store that is not sure
/// must withhold: if the answer to a take was lost, the entry counts as gone.
///
/// # Example
///
/// A store behind one lock. [`Ledger`] keeps the caps, [`Withdrawals`] remembers who has signed out:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::{Mutex, MutexGuard, PoisonError};
/// use std::time::Duration;
/// use sse_gate_core::{
///     Clock, Entry, Epoch, Ledger, Limits, SteadyTime, StoreError, Subject, SystemClock, TokenKey,
///     TokenStore, Withdrawals,
/// };
///
/// type Entries = HashMap<TokenKey, (Entry, SteadyTime)>;
///
/// #[derive(Debug)]
/// struct LockedStore<C> {
///     clock: C,
///     entries: Mutex<Entries>,
///     ledger: Ledger<TokenKey>,
///     withdrawals: Withdrawals,
/// }
///
/// impl<C: Clock> LockedStore<C> {
///     fn new(limits: Limits, clock: C) -> Self {
///         Self {
///             clock,
///             entries: Mutex::default(),
///             ledger: Ledger::new(limits),
///             withdrawals: Withdrawals::default(),
///         }
///     }
///
///     /// Locks the entries, and removes those that have ended.
///     fn live(&self) -> MutexGuard<'_, Entries> {
///         let now = self.clock.steady();
///         let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
///         entries.retain(|key, (entry, ends_at)| {
///             let has_ended = ends_at.has_passed(now);
///             if has_ended {
///                 self.ledger.leave(*key, entry, *ends_at);
///             }
///             !has_ended
///         });
///         entries
///     }
///
///     fn remove(&self, entries: &mut Entries, key: TokenKey) -> Option<Entry> {
///         let (entry, ends_at) = entries.remove(&key)?;
///         self.ledger.leave(key, &entry, ends_at);
///         Some(entry)
///     }
/// }
///
/// impl<C: Clock> TokenStore for LockedStore<C> {
///     async fn insert(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
///         let mut entries = self.live();
///         if entries.contains_key(&key) {
///             return Err(StoreError::exists());
///         }
///         if self.withdrawals.has_marked(entry.subject_bytes(), entry.epoch()) {
///             return Err(StoreError::withdrawn());
///         }
///         let now = self.clock.steady();
///         let ends_at = now.saturating_add(ttl);
///         self.ledger.enter(key, &entry, ends_at, now)?;
///         entries.insert(key, (entry, ends_at));
///         Ok(())
///     }
///
///     async fn take(&self, key: TokenKey) -> Result<Option<Entry>, StoreError> {
///         Ok(self.remove(&mut self.live(), key))
///     }
///
///     async fn withdraw(&self, subject: Subject) -> Result<usize, StoreError> {
///         let subject = subject.as_str().as_bytes();
///         let mut entries = self.live();
///         self.withdrawals.mark(subject);
///         let keys = self.ledger.ids_of(subject).into_iter();
///         Ok(keys.filter_map(|key| self.remove(&mut entries, key)).count())
///     }
///
///     async fn epoch(&self) -> Result<Epoch, StoreError> {
///         Ok(self.withdrawals.epoch())
///     }
/// }
///
/// # let store = LockedStore::new(Limits::default(), SystemClock);
/// let gate = sse_gate_core::TokenGate::new(store);
/// # let _ = gate;
#[cfg_attr(
    feature = "conformance",
    doc = r" # use sse_gate_core::{ManualClock, conformance};
 # struct Locked(ManualClock);
 # impl conformance::Backend for Locked {
 #     type Store = LockedStore<ManualClock>;
 #     fn set_up() -> Self { Self(ManualClock::default()) }
 #     async fn store(&self, limits: Limits) -> Self::Store { LockedStore::new(limits, self.0.clone()) }
 #     async fn advance(&self, span: Duration) { self.0.advance(span); }
 #     fn set_wall_ahead(&self, span: Duration) { self.0.set_wall_ahead(span); }
 #     fn set_wall_back(&self, span: Duration) { self.0.set_wall_back(span); }
 # }
 # macro_rules! check { ($($law:ident)*) => { $(conformance::$law(&<Locked as conformance::Backend>::set_up());)* } }
 # check! {
 #     an_entry_comes_back_whole taking_twice_gives_nothing an_unknown_key_gives_nothing
 #     a_key_is_compared_whole one_of_many_racing_takers_gets_the_entry
 #     a_dropped_take_happens_whole_or_not_at_all inserting_only_creates
 #     one_of_many_racing_inserts_creates an_entry_ends_with_its_ttl an_ended_key_can_be_used_again
 #     a_key_used_again_counts_once a_wall_clock_put_right_lengthens_no_life
 #     a_wall_clock_set_back_lengthens_no_life a_wall_clock_put_right_gives_room
 #     a_full_store_refuses_the_newcomer a_full_subject_refuses_only_its_own
 #     payloads_are_capped_one_by_one_by_subject_and_in_all racing_inserts_never_pass_a_cap
 #     room_comes_back_when_entries_are_taken room_comes_back_when_entries_end
 #     a_withdrawn_subject_has_no_entries_left withdrawing_gives_room_and_counts_the_live
 #     an_entry_older_than_a_withdrawal_is_refused a_withdrawal_concerns_its_own_subject_and_the_past
 #     a_withdrawal_is_never_forgotten an_epoch_that_never_was_is_refused
 #     no_racing_insert_survives_a_withdrawal
 # }
"
)]
/// ```
///
/// [`Ledger`]: crate::Ledger
/// [`Withdrawals`]: crate::Withdrawals
pub trait TokenStore: Debug + Send + Sync + 'static {
    /// Keeps `entry` under `key` for `ttl`.
    ///
    /// # Errors
    ///
    /// - [`StoreErrorKind::Exists`]: there is an entry under `key`.
    /// - [`StoreErrorKind::Withdrawn`]: the subject was withdrawn since the entry's
    ///   [epoch](Entry::epoch).
    /// - [`StoreErrorKind::Full`]: the entry would pass a cap.
    /// - [`StoreErrorKind::Unavailable`]: the store can't be asked.
    fn insert(
        &self,
        key: TokenKey,
        entry: Entry,
        ttl: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Removes the entry under `key` and returns it. `None` if there is no such entry, or it has ended.
    ///
    /// # Errors
    ///
    /// - [`StoreErrorKind::Corrupt`]: what was under `key` is no entry. It was removed.
    /// - [`StoreErrorKind::Unavailable`]: the store can't be asked, or did not answer.
    fn take(&self, key: TokenKey)
    -> impl Future<Output = Result<Option<Entry>, StoreError>> + Send;

    /// Begins a new [epoch](Self::epoch) and notes the subject in it, in one step. Then removes all
    /// entries of the subject. Returns how many of them were live.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Unavailable`]: the store can't be asked. Some entries may be gone.
    fn withdraw(&self, subject: Subject) -> impl Future<Output = Result<usize, StoreError>> + Send;

    /// The present epoch. There is one for all subjects, because a service reads it before it knows who
    /// the caller is.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Unavailable`]: the store can't be asked.
    fn epoch(&self) -> impl Future<Output = Result<Epoch, StoreError>> + Send;
}

impl<S: TokenStore> TokenStore for Arc<S> {
    fn insert(
        &self,
        key: TokenKey,
        entry: Entry,
        ttl: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        (**self).insert(key, entry, ttl)
    }

    fn take(
        &self,
        key: TokenKey,
    ) -> impl Future<Output = Result<Option<Entry>, StoreError>> + Send {
        (**self).take(key)
    }

    fn withdraw(&self, subject: Subject) -> impl Future<Output = Result<usize, StoreError>> + Send {
        (**self).withdraw(subject)
    }

    fn epoch(&self) -> impl Future<Output = Result<Epoch, StoreError>> + Send {
        (**self).epoch()
    }
}
