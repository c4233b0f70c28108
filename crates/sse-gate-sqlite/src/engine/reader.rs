//! The thread that reads: each job sees all that was committed before it began, and nothing that is committed
//! while it runs.

use std::sync::mpsc::Receiver;

use rusqlite::Connection;

use super::Message;
use super::batch::execute;
use super::job::Job;
use super::step::Step;
use crate::fault::Fault;
use crate::time::FileClock;

/// Works until it is told to close, or all senders are gone.
pub(super) fn run(connection: &Connection, clock: &FileClock, messages: &Receiver<Message>) {
    while let Ok(Message::Job(mut job)) = messages.recv() {
        if !job.is_abandoned() {
            let seen = see(connection, clock, &mut *job);
            job.answer(seen);
        }
    }
}

/// Runs a job in a transaction of its own. A failure of the job is in its answer.
fn see(connection: &Connection, clock: &FileClock, job: &mut dyn Job) -> Result<(), Fault> {
    execute(connection, "BEGIN")?;
    let _ = job.run(&Step::new(connection, clock));
    // Some failures have ended it already.
    if !connection.is_autocommit() {
        execute(connection, "ROLLBACK")?;
    }
    Ok(())
}
