//! Which subjects were withdrawn, and when: [`Withdrawals`].

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Epoch;

/// How many subjects are remembered by default.
const SUBJECTS: usize = 4_096;

/// The withdrawals of a store within one process. It keeps the store's epoch, and a mark for each
/// subject that was withdrawn lately.
///
/// It is for authors of stores, and answers one question: was this subject withdrawn since that epoch?
/// A wrong yes is possible, **a wrong no is not**. It remembers a bounded number of subjects. If it
/// forgets one, the answer for every older epoch is yes, for every subject. A client that was
/// authenticated so long ago has to ask again.
///
/// # How a store uses it
///
/// - `withdraw`: call [`mark`](Self::mark) first. Then find and remove the entries of the subject.
/// - `insert`: call [`has_marked`](Self::has_marked) **while you hold the lock under which you insert**,
///   and when a withdrawal can already find the entry.
///
/// Then a withdrawal comes either before the insertion, which sees its mark, or after it, and finds the
/// entry.
///
/// If there was no withdrawal since the epoch, the answer costs one atomic load.
///
/// ```
/// use sse_gate_core::Withdrawals;
///
/// let withdrawals = Withdrawals::default();
/// let before = withdrawals.epoch();
/// withdrawals.mark(b"alice");
/// assert!(withdrawals.has_marked(b"alice", before));
/// assert!(!withdrawals.has_marked(b"bob", before));
/// assert!(!withdrawals.has_marked(b"alice", withdrawals.epoch()));
/// ```
#[derive(Debug)]
pub struct Withdrawals {
    epoch: AtomicU64,
    hasher: RandomState,
    marks: Mutex<Marks>,
}

impl Withdrawals {
    /// Remembers at most this many subjects.
    pub fn of_subjects(max: usize) -> Self {
        Self {
            epoch: AtomicU64::new(Epoch::ZERO.as_u64()),
            hasher: RandomState::new(),
            marks: Mutex::new(Marks::new(max)),
        }
    }

    /// The present epoch.
    pub fn epoch(&self) -> Epoch {
        Epoch::from_u64(self.epoch.load(Ordering::Acquire))
    }

    /// Begins a new epoch, and marks the subject as withdrawn in it.
    pub fn mark(&self, subject: &[u8]) {
        let subject = self.hasher.hash_one(subject);
        let mut marks = self.marks();
        // Only the thread that holds the lock writes it.
        let next = self.epoch.load(Ordering::Relaxed) + 1;
        marks.set(subject, next);
        self.epoch.store(next, Ordering::Release);
    }

    /// Whether the subject was withdrawn since `epoch`. It is also `true` if that is forgotten.
    ///
    /// It is `true` for an epoch that has not come yet. Such an epoch is from another store, or from
    /// this one before it lost its data.
    pub fn has_marked(&self, subject: &[u8], epoch: Epoch) -> bool {
        if epoch == self.epoch() {
            return false;
        }
        let subject = self.hasher.hash_one(subject);
        let marks = self.marks();
        epoch > self.epoch() || marks.has(subject, epoch.as_u64())
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Withdrawals {
    /// Remembers 4,096 subjects. Fewer sign out while one request for a token is under way.
    fn default() -> Self {
        Self::of_subjects(SUBJECTS)
    }
}

/// The last withdrawal of each subject, by the subject's hash.
///
/// Two subjects with the same hash share a mark: one is refused when the other was withdrawn.
#[derive(Debug)]
struct Marks {
    max: usize,
    by_subject: HashMap<u64, u64>,
    by_epoch: BTreeMap<u64, u64>,
    /// The newest epoch whose mark was forgotten.
    floor: u64,
}

impl Marks {
    fn new(max: usize) -> Self {
        Self {
            max,
            by_subject: HashMap::new(),
            by_epoch: BTreeMap::new(),
            floor: 0,
        }
    }

    fn set(&mut self, subject: u64, epoch: u64) {
        if let Some(before) = self.by_subject.insert(subject, epoch) {
            self.by_epoch.remove(&before);
        }
        self.by_epoch.insert(epoch, subject);
        if self.by_epoch.len() > self.max
            && let Some((epoch, subject)) = self.by_epoch.pop_first()
        {
            self.by_subject.remove(&subject);
            self.floor = epoch;
        }
    }

    fn has(&self, subject: u64, since: u64) -> bool {
        let last = self.by_subject.get(&subject).copied().unwrap_or(0);
        last.max(self.floor) > since
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// C20: when a subject is forgotten, every subject counts as withdrawn since an epoch from before that.
    #[test]
    fn forgetting_raises_the_floor() {
        let withdrawals = Withdrawals::of_subjects(2);
        let start = withdrawals.epoch();
        withdrawals.mark(b"alice");
        let after_alice = withdrawals.epoch();
        withdrawals.mark(b"bob");
        assert!(!withdrawals.has_marked(b"carol", start));
        withdrawals.mark(b"dave");
        for subject in ["alice", "carol"] {
            assert!(
                withdrawals.has_marked(subject.as_bytes(), start),
                "{subject}"
            );
            assert!(
                !withdrawals.has_marked(subject.as_bytes(), after_alice),
                "{subject}"
            );
        }
        assert!(withdrawals.has_marked(b"bob", after_alice));
    }

    /// C20: a subject that signs out again and again has one mark, and costs other subjects nothing.
    #[test]
    fn a_subject_has_one_mark() {
        let withdrawals = Withdrawals::of_subjects(2);
        let start = withdrawals.epoch();
        withdrawals.mark(b"alice");
        for _ in 0..100 {
            withdrawals.mark(b"bob");
        }
        assert!(withdrawals.has_marked(b"alice", start));
        assert!(!withdrawals.has_marked(b"carol", start));
        let marks = withdrawals.marks();
        assert_eq!((marks.by_epoch.len(), marks.by_subject.len()), (2, 2));
    }

    /// C20: an epoch that is yet to come proves nothing.
    #[test]
    fn an_epoch_to_come_is_refused() {
        let withdrawals = Withdrawals::default();
        withdrawals.mark(b"alice");
        let next = Epoch::from_u64(withdrawals.epoch().as_u64() + 1);
        assert!(withdrawals.has_marked(b"bob", next));
    }

    proptest! {
        /// C20: it never denies a withdrawal, even if it has forgotten it. And it invents none for a late
        /// enough epoch.
        #[test]
        fn no_withdrawal_is_denied(subjects in prop::collection::vec(0..6u8, 0..60), max in 0..5usize) {
            let withdrawals = Withdrawals::of_subjects(max);
            let mut epochs = vec![withdrawals.epoch()];
            for subject in &subjects {
                withdrawals.mark(&[*subject]);
                epochs.push(withdrawals.epoch());
            }
            for (at, epoch) in epochs.iter().enumerate() {
                let since = &subjects[at..];
                let mut others: Vec<_> = since.to_vec();
                others.sort_unstable();
                others.dedup();
                for subject in 0..6 {
                    let marked = withdrawals.has_marked(&[subject], *epoch);
                    if since.contains(&subject) {
                        prop_assert!(marked, "{subject} was withdrawn since {epoch:?}");
                    } else if others.len() <= max {
                        prop_assert!(!marked, "{subject} was not withdrawn since {epoch:?}");
                    }
                }
            }
        }
    }
}
