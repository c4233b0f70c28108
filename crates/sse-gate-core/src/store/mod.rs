//! Where grants wait for their tokens: [`TokenStore`], its laws and its errors.

mod epoch;
mod error;
mod refuse_all;
mod shared;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

pub use epoch::Epoch;
pub use error::{StoreError, StoreErrorKind};
pub use refuse_all::RefuseAllStore;
pub use shared::{SharedStore, TakeFuture};

use crate::{Entry, Subject, TokenKey};

/// Keeps entries under the keys of tokens, and gives each away once.
///
/// Three operations change it, and [`epoch`](Self::epoch) reads how often subjects were withdrawn.
///
/// # Laws
///
/// - **Taking is linearizable: of all that ever ask for a key, over all threads and nodes, at
///   most one gets its entry.** A check followed by a removal is not enough. One operation must
///   both find the entry and make it gone.
/// - **Inserting only creates.** A key that is there is an error and stays as it was.
/// - **An entry is gone when its time is up**: the store gives it for `ttl` after the insertion,
///   counted half-open, and never after.
/// - **A store that is full refuses the newcomer**, with an error that says which cap it met. It
///   never makes room by dropping an entry that is still live.
/// - **A withdrawn subject has no entries left**, and gets none of an older
///   [epoch](Entry::epoch): when a withdrawal has returned, no entry of the subject can be taken
///   whose epoch was read before the withdrawal began, however late its insertion comes.
/// - **A dropped future leaves no trace but one**: its operation happened whole, or not at all.
///
/// # Liberties
///
/// A store may lose entries, by a restart or a failover: their tokens are refused, and clients
/// ask for new ones. It may refuse newcomers for reasons of its own: where it no longer knows
/// whether a subject was withdrawn since an epoch, it must. It may keep dead entries for as long as
/// it likes, if no caller can take them and they count against no cap.
///
/// # What a failure costs
///
/// An entry given twice lets a stolen token in beside its owner: what this crate is there to
/// prevent. An entry withheld costs one round trip for a new token. So where a store can't know,
/// it must withhold: if the answer to a take was lost, the entry counts as gone.
///
/// A store is handed no token, only keys. [`token_store_conformance!`] (feature `conformance`)
/// checks a backend against these laws.
///
/// [`token_store_conformance!`]: crate::token_store_conformance
pub trait TokenStore: Debug + Send + Sync + 'static {
    /// Keeps `entry` under `key` for `ttl`.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Exists`] if there is an entry under `key`, [`StoreErrorKind::Withdrawn`]
    /// if the subject was withdrawn since the entry's [epoch](Entry::epoch),
    /// [`StoreErrorKind::Full`] at a cap, [`StoreErrorKind::Unavailable`] if the store can't be
    /// asked.
    fn insert(
        &self,
        key: TokenKey,
        entry: Entry,
        ttl: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Gives the entry under `key` and forgets it; `None` if there is none, or no longer.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Unavailable`] if the store can't be asked, or did not answer.
    fn take(&self, key: TokenKey)
    -> impl Future<Output = Result<Option<Entry>, StoreError>> + Send;

    /// Begins a new [epoch](Self::epoch) and notes the subject in it, in one step. Then forgets all
    /// of the subject's entries, and says how many live ones there were.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Unavailable`] if the store can't be asked; some entries may be gone.
    fn withdraw(&self, subject: Subject) -> impl Future<Output = Result<usize, StoreError>> + Send;

    /// The present epoch, of all subjects: to be read before a caller is authenticated, when its
    /// subject is not known yet.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Unavailable`] if the store can't be asked.
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
