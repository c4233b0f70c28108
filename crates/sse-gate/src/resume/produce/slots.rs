//! How much work may be in progress: [`WorkSlots`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sse_gate_core::Subject;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::room::shrink;

/// Caps on the work that [`produce`](crate::ResumableStream::produce) has started. Clones share the
/// count.
///
/// Work counts until its future has ended and its [`Publisher`](crate::Publisher) is dropped. The end of
/// its session does not end the work: work that does not stop then still counts.
///
/// [`StreamSlots`](crate::StreamSlots) cap the connections of clients instead. Work goes on without a
/// connection, so a subject can have more work than streams.
///
/// ```
/// use sse_gate::{Gate, Resumable, Subject, WorkSlots};
///
/// // At most 200 answers at once, and 2 of one user. Both routes share them.
/// let slots = WorkSlots::new(200, 2);
/// let sessions = Gate::in_memory().new_sessions()?;
/// let answers = Resumable::new(&sessions).with_work_slots(slots.clone());
/// let reports = Resumable::new(&sessions).with_work_slots(slots.clone());
/// assert_eq!(slots.running(), 0);
/// assert_eq!(slots.running_for(&Subject::new("alice")?), 0);
/// # let _ = (answers, reports);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct WorkSlots(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    max: usize,
    max_per_subject: usize,
    running: Mutex<Running>,
    /// Wakes those that wait for other work to end.
    ended: Notify,
}

#[derive(Debug, Default)]
struct Running {
    in_all: usize,
    by_subject: HashMap<Subject, usize>,
}

/// One piece of work in progress.
#[derive(Debug)]
pub(in crate::resume) struct WorkSlot {
    subject: Subject,
    slots: WorkSlots,
}

/// The cap that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::resume) enum WorkCap {
    /// The cap of all work.
    InAll,
    /// The cap of the subject.
    ForSubject,
}

impl WorkSlots {
    /// At most `max` pieces of work in progress in all, and `max_per_subject` of one subject.
    pub fn new(max: usize, max_per_subject: usize) -> Self {
        Self(Arc::new(Inner {
            max,
            max_per_subject,
            running: Mutex::default(),
            ended: Notify::new(),
        }))
    }

    /// How many pieces of work are in progress.
    pub fn running(&self) -> usize {
        self.lock().in_all
    }

    /// How many pieces of work of this subject are in progress.
    pub fn running_for(&self, subject: &Subject) -> usize {
        let running = self.lock();
        running.by_subject.get(subject).copied().unwrap_or_default()
    }

    /// Counts one more piece of work, if the caps allow it.
    pub(in crate::resume) fn begin(&self, subject: &Subject) -> Result<WorkSlot, WorkCap> {
        let mut running = self.lock();
        if running.in_all >= self.0.max {
            return Err(WorkCap::InAll);
        }
        let own = running.by_subject.get(subject).copied().unwrap_or_default();
        if own >= self.0.max_per_subject {
            return Err(WorkCap::ForSubject);
        }
        running.in_all += 1;
        running.by_subject.insert(subject.clone(), own + 1);
        drop(running);
        Ok(WorkSlot {
            subject: subject.clone(),
            slots: self.clone(),
        })
    }

    /// The same, but waits for other work to end: at most for `patience`.
    pub(in crate::resume) async fn begin_within(
        &self,
        subject: &Subject,
        patience: Duration,
    ) -> Result<WorkSlot, WorkCap> {
        let waiting = timeout(patience, async {
            loop {
                let mut ended = std::pin::pin!(self.0.ended.notified());
                ended.as_mut().enable();
                if let Ok(slot) = self.begin(subject) {
                    return slot;
                }
                ended.await;
            }
        });
        match waiting.await {
            Ok(slot) => Ok(slot),
            Err(_) => self.begin(subject),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        let running = &self.0.running;
        running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for WorkSlots {
    /// 10,000 pieces of work in all and 16 of one subject: the same numbers as for streams.
    fn default() -> Self {
        Self::new(10_000, 16)
    }
}

impl Drop for WorkSlot {
    fn drop(&mut self) {
        let mut running = self.slots.lock();
        running.in_all -= 1;
        if let Some(own) = running.by_subject.get_mut(&self.subject) {
            *own -= 1;
            if *own == 0 {
                running.by_subject.remove(&self.subject);
                shrink(&mut running.by_subject);
            }
        }
        drop(running);
        self.slots.0.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Subjects come and go: those without work take no memory.
    #[test]
    fn a_subject_without_work_is_forgotten() {
        let slots = WorkSlots::new(9, 9);
        let alice = Subject::new("alice").unwrap();
        let work = [(); 2].map(|()| slots.begin(&alice).unwrap());
        let [one, two] = work;
        drop(one);
        assert_eq!(slots.lock().by_subject.len(), 1);
        drop(two);
        assert!(slots.lock().by_subject.is_empty());
    }

    #[test]
    fn room_is_given_back_when_subjects_have_gone() {
        let slots = WorkSlots::new(1_000, 1);
        let begin = |n: u32| slots.begin(&Subject::new(n.to_string()).unwrap()).unwrap();
        let work: Vec<_> = (0..1_000).map(begin).collect();
        assert!(slots.lock().by_subject.capacity() >= 1_000);
        drop(work);
        assert!(slots.lock().by_subject.capacity() <= 128);
    }
}
