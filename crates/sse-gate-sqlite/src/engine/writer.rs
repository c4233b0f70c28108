//! The one thread that writes: [`Writer`].

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::chores::{Chore, Chores};
use super::job::Job;
use super::{Message, batch, close};
use crate::DatabaseError;
use crate::file::{FileLock, OpenedFile, close_run};
use crate::time::FileClock;

/// The most jobs of one transaction. The first of them waits for the others, so they are not too many.
const BATCH: usize = 256;

/// How long the thread sleeps if there are chores, but no jobs.
const TICK: Duration = Duration::from_secs(1);

/// Runs jobs, all that wait at a moment in one transaction.
pub(super) struct Writer {
    connection: Connection,
    clock: FileClock,
    chores: Chores,
    reading: JoinHandle<()>,
    /// Dropped last.
    _lock: FileLock,
}

impl Writer {
    pub(super) fn new(file: OpenedFile, chores: &'static [Chore], reading: JoinHandle<()>) -> Self {
        Self {
            connection: file.connection,
            clock: file.clock,
            chores: Chores::new(chores),
            reading,
            _lock: file.lock,
        }
    }

    /// Works until it is told to close, or nobody can send it anything any more.
    pub(super) fn run(mut self, messages: &Receiver<Message>) -> Result<(), DatabaseError> {
        // What the last process has left.
        let mut is_more = true;
        while let Some(Batch { jobs, is_last }) = next(messages, is_more) {
            let jobs: Vec<_> = jobs.into_iter().filter(|job| !job.is_abandoned()).collect();
            is_more = batch::run(&self.connection, &self.clock, &mut self.chores, jobs);
            if is_last {
                break;
            }
        }
        self.close()
    }

    /// Notes that all is in the file, and moves the write-ahead log into it.
    fn close(self) -> Result<(), DatabaseError> {
        // It holds the file open. It ends when its queue does.
        let _ = self.reading.join();
        close_run(&self.connection, self.clock.mark())?;
        close(self.connection)
    }
}

/// What to do in one transaction.
struct Batch {
    jobs: Vec<Box<dyn Job>>,
    is_last: bool,
}

/// Waits for a job, and takes all that wait behind it. Without jobs, it is time for the chores.
/// `None` if there will be no more.
fn next(messages: &Receiver<Message>, is_more: bool) -> Option<Batch> {
    let first = if is_more {
        match messages.recv_timeout(TICK) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => {
                return Some(Batch {
                    jobs: Vec::new(),
                    is_last: false,
                });
            }
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    } else {
        messages.recv().ok()?
    };
    let mut jobs = Vec::new();
    let mut message = Some(first);
    while let Some(next) = message {
        match next {
            Message::Job(job) => jobs.push(job),
            Message::Close => {
                return Some(Batch {
                    jobs,
                    is_last: true,
                });
            }
        }
        let has_room = jobs.len() < BATCH;
        message = has_room.then(|| messages.try_recv().ok()).flatten();
    }
    Some(Batch {
        jobs,
        is_last: false,
    })
}
