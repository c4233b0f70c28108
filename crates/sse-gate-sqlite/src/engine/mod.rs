//! The threads that work on the file, and the queues in front of them: [`Engine`].
//!
//! ```text
//!  any executor, any thread            one thread                        the file
//!  ┌──────────────────┐   try_send   ┌─────────────────────────────┐   ┌───────────┐
//!  │ Engine::write    ├──────────────▶ Writer: jobs that wait are  ├───▶  -wal, db │
//!  │  future ◀────────┼──────────────┤ committed together          │   └─────▲─────┘
//!  │                  │   oneshot    └─────────────────────────────┘         │
//!  │ Engine::read     ├──────────────▶ Reader: sees what is committed ───────┘
//!  └──────────────────┘
//! ```
//!
//! # Adding a table
//!
//! A table is a module with functions that take a [`Step`]: one for each operation, and a [`Chore`] if
//! its rows end. It needs a migration, and a place in the two lists of `database`: what is dropped after a
//! power cut, and what is cleaned up. An operation is a closure for [`Engine::write`]. What must
//! follow its commit, such as waking readers, is given to [`Step::after_commit`].
//!
//! An operation reads the time from its step, when it runs, and not before: it may have waited. It
//! refuses by its result and changes nothing then. It fails only with what SQLite has failed with.

mod batch;
mod chores;
mod intake;
mod job;
mod reader;
mod step;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use futures_channel::oneshot;
use rusqlite::Connection;

pub(crate) use chores::Chore;
use job::Job;
pub(crate) use job::WhenAbandoned;
pub(crate) use step::Step;
use writer::Writer;

use crate::DatabaseErrorKind;
use crate::fault::Fault;
use crate::file::{OpenedFile, read_only};

/// What a thread is sent.
enum Message {
    /// Something to do.
    Job(Box<dyn Job>),
    /// Finish what came before, and end.
    Close,
}

/// The two threads of an open file. When it is dropped, they finish what waits and end by themselves.
#[derive(Debug)]
pub(crate) struct Engine {
    writer: SyncSender<Message>,
    reader: SyncSender<Message>,
    is_closed: AtomicBool,
    /// The thread that writes. It waits for the one that reads.
    thread: Mutex<Option<JoinHandle<Result<(), Fault>>>>,
}

impl Engine {
    /// Starts the threads on an open file. At most `queue` jobs wait for each of them.
    pub(crate) fn start(
        file: OpenedFile,
        queue: usize,
        chores: &'static [Chore],
    ) -> Result<Self, Fault> {
        let (writer, for_writer) = sync_channel(queue);
        let (reader, for_reader) = sync_channel(queue);
        let connection = read_only(&file.path)?;
        let named = |role: &str| thread::Builder::new().name(format!("sse-gate-sqlite-{role}"));
        let clock = file.clock.clone();
        let reading = named("read").spawn(move || reader::run(&connection, &clock, &for_reader))?;
        let writing = Writer::new(file, chores, reading);
        let thread = named("write").spawn(move || writing.run(&for_writer))?;
        Ok(Self {
            writer,
            reader,
            is_closed: AtomicBool::new(false),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Runs `work` in a transaction of the writer. Its result is returned when it is committed.
    ///
    /// If `work` fails, what it has changed is undone, and nothing else. If it or another job of the
    /// transaction fails, it runs again, so it may be called up to three times. If the commit fails, none
    /// of the jobs has changed anything.
    ///
    /// # Errors
    ///
    /// The queue is full, the database was closed, or SQLite has failed.
    pub(crate) async fn write<T, F>(
        &self,
        when_abandoned: WhenAbandoned,
        work: F,
    ) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnMut(&Step<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.send(&self.writer, job::new(work, when_abandoned, answer))?;
        answered.await.map_err(|_| DatabaseErrorKind::Closed)?
    }

    /// Runs `work` on the reader, which sees all that was answered before.
    ///
    /// # Errors
    ///
    /// The queue is full, the database was closed, or SQLite has failed.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnMut(&Step<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.send(&self.reader, job::new(work, WhenAbandoned::Skip, answer))?;
        answered.await.map_err(|_| DatabaseErrorKind::Closed)?
    }

    /// Whether [`close`](Self::close) was called.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    fn send(&self, queue: &SyncSender<Message>, job: Box<dyn Job>) -> Result<(), Fault> {
        if self.is_closed() {
            return Err(DatabaseErrorKind::Closed.into());
        }
        queue.try_send(Message::Job(job)).map_err(|error| {
            let kind = match error {
                TrySendError::Full(_) => DatabaseErrorKind::Busy,
                TrySendError::Disconnected(_) => DatabaseErrorKind::Closed,
            };
            kind.into()
        })
    }

    /// Refuses new jobs, finishes those that wait, and closes the file. It blocks until that is done.
    pub(crate) fn close(&self) -> Result<(), Fault> {
        self.is_closed.store(true, Ordering::Release);
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(thread) = thread.take() else {
            return Ok(());
        };
        // A thread that is gone needs no message.
        let _ = self.reader.send(Message::Close);
        let _ = self.writer.send(Message::Close);
        let lost = || Fault::because(DatabaseErrorKind::Unavailable, "a thread has panicked");
        thread.join().unwrap_or_else(|_| Err(lost()))
    }
}

/// Closes a connection. SQLite has nothing to say that could be acted on.
fn close(connection: Connection) -> Result<(), Fault> {
    connection.close().map_err(|(_, error)| error.into())
}
