//! The one thread that writes: [`Writer`].

use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use std::time::Instant;

use rusqlite::Connection;

use super::chores::{Chore, Chores};
use super::intake::Intake;
use super::{Message, batch, close};
use crate::fault::Fault;
use crate::file::{FileLock, OpenedFile, close_run};
use crate::time::FileClock;

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

    /// Works until it is told to close, or all senders are gone.
    pub(super) fn run(mut self, messages: &Receiver<Message>) -> Result<(), Fault> {
        // What the last process has left.
        let mut has_chores = true;
        let mut intake = Intake::new(messages);
        while let Some(mut batch) = intake.next(has_chores) {
            let begun = Instant::now();
            batch.jobs.retain(|job| !job.is_abandoned());
            let count = batch.jobs.len();
            has_chores = batch::run(&self.connection, &self.clock, &mut self.chores, batch.jobs);
            intake.note(count, begun.elapsed());
            if batch.is_last {
                break;
            }
        }
        self.close()
    }

    /// Notes that all is in the file, and moves the write-ahead log into it.
    fn close(self) -> Result<(), Fault> {
        // It holds the file open. It ends when its queue does.
        let _ = self.reading.join();
        close_run(&self.connection, self.clock.mark())?;
        close(self.connection)
    }
}
