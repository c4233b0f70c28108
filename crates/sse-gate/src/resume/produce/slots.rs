//! How much work may be in progress: [`WorkSlots`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sse_gate_core::Subject;
use tokio::sync::Notify;
use tokio::time::timeout;

/// Caps on the work that [`produce`](crate::ResumableStream::produce) has started. Clones share the
/// count.
///
/// Work counts until its future has ended and its [`Publisher`](crate::Publisher) is gone. That its
/// session is over does not end it: work that does not stop then still counts.
#[derive(Clone, Debug)]
pub struct WorkSlots(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    max: usize,
    max_per_subject: usize,
    running: Mutex<Running>,
    /// Some work has ended.
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

/// Which cap is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::resume) enum Full {
    /// That of all work.
    InAll,
    /// That of the subject.
    ForSubject,
}

impl WorkSlots {
    /// At most `max` pieces of work in progress in all, and `max_per_subject` of one subject's.
    pub fn new(max: usize, max_per_subject: usize) -> Self {
        Self(Arc::new(Inner {
            max,
            max_per_subject,
            running: Mutex::default(),
            ended: Notify::new(),
        }))
    }

    /// How much work is in progress.
    pub fn running(&self) -> usize {
        self.lock().in_all
    }

    /// How much of it is this subject's.
    pub fn running_for(&self, subject: &Subject) -> usize {
        let running = self.lock();
        running.by_subject.get(subject).copied().unwrap_or_default()
    }

    /// Counts one more, if the caps allow it.
    pub(in crate::resume) fn begin(&self, subject: &Subject) -> Result<WorkSlot, Full> {
        let mut running = self.lock();
        if running.in_all >= self.0.max {
            return Err(Full::InAll);
        }
        let own = running.by_subject.get(subject).copied().unwrap_or_default();
        if own >= self.0.max_per_subject {
            return Err(Full::ForSubject);
        }
        running.in_all += 1;
        running.by_subject.insert(subject.clone(), own + 1);
        drop(running);
        Ok(WorkSlot {
            subject: subject.clone(),
            slots: self.clone(),
        })
    }

    /// The same, after other work has ended: within `patience`, or not at all.
    pub(in crate::resume) async fn begin_within(
        &self,
        subject: &Subject,
        patience: Duration,
    ) -> Result<WorkSlot, Full> {
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
    /// 10,000 in all and 16 of one subject's, as of streams.
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
            }
        }
        drop(running);
        self.slots.0.ended.notify_waiters();
    }
}
