//! The thread that reads: each job sees all that was committed before it began.

use std::sync::mpsc::Receiver;

use rusqlite::Connection;

use super::Message;
use super::step::Step;
use crate::time::FileClock;

/// Works until it is told to close, or all senders are gone.
pub(super) fn run(connection: &Connection, clock: &FileClock, messages: &Receiver<Message>) {
    while let Ok(Message::Job(mut job)) = messages.recv() {
        if !job.is_abandoned() {
            // A failure is in its answer.
            let _ = job.run(&Step::new(connection, clock));
            job.answer(Ok(()));
        }
    }
}
