//! What the writer takes from its queue at a time: [`Intake`].

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::Message;
use super::job::Job;

/// The most jobs of one transaction. The first of them waits for the others, so they are not too many.
const MAX_JOBS: usize = 256;

/// How long the thread sleeps if there are chores, but no jobs.
const TICK: Duration = Duration::from_secs(1);

/// The thread waits for the callers of the last transaction for this part of the time that it took.
const PATIENCE: u32 = 8;

/// A shorter wait is not worth its own cost.
const SHORTEST_WAIT: Duration = Duration::from_micros(100);

/// How often the thread lets others run instead of such a wait.
const YIELDS: usize = 4;

/// What to do in one transaction.
pub(super) struct Batch {
    pub(super) jobs: Vec<Box<dyn Job>>,
    pub(super) is_last: bool,
}

/// Takes jobs from the queue: all that wait, and those that will follow at once.
///
/// Callers that were answered together ask again together, but not at the same instant. If the thread
/// began with the first of them, the others would wait for a whole flush to the disk. So when a
/// transaction took long, the thread waits a little for as many jobs as it had.
///
/// | the last transaction | how long the thread waits for others |
/// |---|---|
/// | took 8 ms, with 100 jobs | until there are 100 jobs, at most 1 ms |
/// | took 8 ms, with one job | not at all: there is one already |
/// | took 0.5 ms | not at all; it lets other threads run up to four times |
pub(super) struct Intake<'a> {
    messages: &'a Receiver<Message>,
    last_jobs: usize,
    last_took: Duration,
}

impl<'a> Intake<'a> {
    pub(super) fn new(messages: &'a Receiver<Message>) -> Self {
        Self {
            messages,
            last_jobs: 0,
            last_took: Duration::ZERO,
        }
    }

    /// Notes how many jobs the last transaction had, and how long it took.
    pub(super) fn note(&mut self, jobs: usize, took: Duration) {
        (self.last_jobs, self.last_took) = (jobs, took);
    }

    /// Waits for a job, and takes all that wait behind it. With `has_chores`, it is empty after a second
    /// without jobs. `None` if there will be no more.
    pub(super) fn next(&self, has_chores: bool) -> Option<Batch> {
        let mut batch = Batch {
            jobs: Vec::new(),
            is_last: false,
        };
        if has_chores {
            match self.messages.recv_timeout(TICK) {
                Ok(first) => batch.add(first),
                Err(RecvTimeoutError::Timeout) => return Some(batch),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        } else {
            batch.add(self.messages.recv().ok()?);
        }
        batch.fill(MAX_JOBS, || self.messages.try_recv().ok());
        let wait = self.last_took / PATIENCE;
        if wait >= SHORTEST_WAIT {
            let end = Instant::now() + wait;
            let rest = || end.saturating_duration_since(Instant::now());
            batch.fill(self.last_jobs, || self.messages.recv_timeout(rest()).ok());
        } else {
            for _ in 0..YIELDS {
                if batch.jobs.len() < self.last_jobs {
                    thread::yield_now();
                    batch.fill(self.last_jobs, || self.messages.try_recv().ok());
                }
            }
        }
        Some(batch)
    }
}

impl Batch {
    fn add(&mut self, message: Message) {
        match message {
            Message::Job(job) => self.jobs.push(job),
            Message::Close => self.is_last = true,
        }
    }

    /// Adds messages until there are this many jobs, or no message comes.
    fn fill(&mut self, max: usize, mut next: impl FnMut() -> Option<Message>) {
        while self.jobs.len() < max && !self.is_last {
            match next() {
                Some(message) => self.add(message),
                None => break,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use futures_channel::oneshot;

    use super::*;
    use crate::engine::{WhenAbandoned, job};

    fn message() -> Message {
        let (caller, _) = oneshot::channel::<Result<(), crate::fault::Fault>>();
        Message::Job(job::new(|_| Ok(()), WhenAbandoned::Run, caller))
    }

    /// What waits is taken together, as many as one transaction may have, and nothing after the end.
    #[test]
    fn what_waits_is_taken_together() {
        let (queue, messages) = sync_channel(1_000);
        for _ in 0..MAX_JOBS + 2 {
            queue.send(message()).unwrap();
        }
        queue.send(Message::Close).unwrap();
        queue.send(message()).unwrap();
        let intake = Intake::new(&messages);
        let first = intake.next(false).unwrap();
        assert_eq!((first.jobs.len(), first.is_last), (MAX_JOBS, false));
        let last = intake.next(false).unwrap();
        assert_eq!((last.jobs.len(), last.is_last), (2, true));
    }

    /// After a transaction that took long, the thread waits for as many jobs as that one had.
    #[test]
    fn callers_of_a_long_transaction_are_waited_for() {
        let (queue, messages) = sync_channel(0);
        let mut intake = Intake::new(&messages);
        intake.note(3, Duration::from_secs(600));
        let callers = thread::spawn(move || {
            for _ in 0..3 {
                queue.send(message()).unwrap();
                // The thread may look into the queue before the next one asks.
                thread::sleep(Duration::from_millis(5));
            }
            queue
        });
        assert_eq!(intake.next(false).unwrap().jobs.len(), 3);
        drop(callers.join());
        assert!(intake.next(true).is_none(), "all callers are gone");
    }
}
