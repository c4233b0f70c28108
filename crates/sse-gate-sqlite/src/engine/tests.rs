//! Jobs that are committed together, and jobs whose callers have gone away.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::task::{Context, Waker};

use futures_util::future::join_all;
use pollster::block_on;
use tempfile::TempDir;

use super::*;
use crate::file::{Name, number, set_number};
use crate::{DatabaseError, DatabaseOptions, file};

/// An engine without chores on a new file.
fn engine() -> (TempDir, Engine) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tokens.db");
    let (file, _) = OpenedFile::open(&path, &DatabaseOptions::unsealed(), &[]).unwrap();
    (folder, Engine::start(file, 1_000, &[]).unwrap())
}

/// Starts a future. It sends its job, and waits.
fn start<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) {
    let poll = future.poll(&mut Context::from_waker(Waker::noop()));
    assert!(poll.is_pending());
}

/// Keeps the writer busy until the sender is dropped.
fn hold(engine: &Engine) -> Sender<()> {
    let (release, held) = channel::<()>();
    let mut holds = Box::pin(engine.write(WhenAbandoned::Run, move |_| {
        // It ends when the sender is dropped.
        let _ = held.recv();
        Ok(())
    }));
    start(holds.as_mut());
    release
}

fn count(engine: &Engine) -> i64 {
    block_on(engine.read(|step| number(step.connection(), Name::Tokens))).unwrap()
}

/// Jobs that wait at the same time, one of which changes something and then fails.
#[test]
fn a_job_that_fails_takes_back_only_its_own_changes() {
    let (_folder, engine) = engine();
    let release = hold(&engine);
    let job = |n: i64| {
        engine.write(WhenAbandoned::Skip, move |step| {
            file::add(step.connection(), Name::Tokens, n)?;
            match n {
                10 => step.execute("SELECT no_such_function()", []).map(drop),
                _ => Ok(()),
            }
        })
    };
    let jobs = join_all([1, 10, 100].map(job));
    let mut jobs = pin!(jobs);
    start(jobs.as_mut());
    drop(release);
    let outcomes: Vec<_> = block_on(jobs).iter().map(Result::is_ok).collect();
    assert_eq!(outcomes, [true, false, true]);
    assert_eq!(count(&engine), 101);
}

/// E1: a job whose failure ends the transaction is told so. The others of the transaction are done all
/// the same, and what follows their commit happens once.
#[test]
fn a_job_that_ends_the_transaction_harms_no_other() {
    let (_folder, engine) = engine();
    let release = hold(&engine);
    let followed = Arc::new(AtomicUsize::new(0));
    let job = |n: i64| {
        let followed = Arc::clone(&followed);
        engine.write(WhenAbandoned::Skip, move |step| {
            file::add(step.connection(), Name::Tokens, n)?;
            let followed = Arc::clone(&followed);
            step.after_commit(move || {
                followed.fetch_add(1, Ordering::SeqCst);
            });
            if n == 2 {
                // As some failures of the disk do.
                step.connection().execute_batch("ROLLBACK")?;
                return Err(rusqlite::Error::InvalidQuery);
            }
            Ok(())
        })
    };
    let jobs = join_all([1, 2, 3].map(job));
    let mut jobs = pin!(jobs);
    start(jobs.as_mut());
    drop(release);
    let outcomes: Vec<_> = block_on(jobs).iter().map(Result::is_ok).collect();
    assert_eq!(outcomes, [true, false, true]);
    assert_eq!(count(&engine), 4);
    assert_eq!(followed.load(Ordering::SeqCst), 2);
}

/// E1: a file that may not grow refuses what is too large, and goes on.
#[test]
fn a_full_file_refuses_and_goes_on() {
    let (_folder, engine) = engine();
    let small = |n: i64| {
        let job = move |step: &Step<'_>| file::add(step.connection(), Name::Tokens, n);
        engine.write(WhenAbandoned::Skip, job)
    };
    let write = |bytes: usize| {
        block_on(engine.write(WhenAbandoned::Skip, move |step| {
            let sql = "INSERT OR REPLACE INTO state VALUES ('boot', zeroblob(?1))";
            step.execute(sql, [i64::try_from(bytes).unwrap()])
        }))
    };
    let set_pages = |pages: i64| {
        block_on(engine.write(WhenAbandoned::Skip, move |step| {
            let set = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
            let pragma = "max_page_count";
            step.connection()
                .pragma_update_and_check(None, pragma, pages, set)
        }))
        .unwrap()
    };
    let pages = set_pages(1);
    let error = write(1024 * 1024).unwrap_err();
    assert_eq!(
        DatabaseError::from(error).kind(),
        DatabaseErrorKind::DiskFull
    );
    write(16).unwrap();
    block_on(small(1)).unwrap();
    set_pages(pages + 1_000);
    write(1024 * 1024).unwrap();
}

/// F1: a job whose caller has gone away before it began is skipped, if it may be.
#[test]
fn an_abandoned_job_is_skipped_if_it_may_be() {
    let (_folder, engine) = engine();
    let release = hold(&engine);
    for (when, n) in [(WhenAbandoned::Skip, 1), (WhenAbandoned::Run, 10)] {
        let job = engine.write(when, move |step| {
            file::add(step.connection(), Name::Tokens, n)
        });
        let mut job = Box::pin(job);
        start(job.as_mut());
    }
    drop(release);
    block_on(engine.write(WhenAbandoned::Skip, |_| Ok(()))).unwrap();
    assert_eq!(count(&engine), 10);
}

/// The reader sees what was answered, and can't write.
#[test]
fn the_reader_can_not_write() {
    let (_folder, engine) = engine();
    let write = engine.read(|step| set_number(step.connection(), Name::Tokens, 1));
    let error = block_on(write).unwrap_err();
    assert_eq!(
        DatabaseError::from(error).kind(),
        DatabaseErrorKind::ReadOnly
    );
}

/// A job of the reader sees one state of the file, whatever is committed while it runs. Else a log could be freed,
/// and its number given to another one, between looking for the log and reading its events.
#[test]
fn a_read_sees_one_state() {
    let (_folder, engine) = engine();
    let (begun, has_begun) = channel::<()>();
    let (written, is_written) = channel::<()>();
    let read = engine.read(move |step| {
        let before = number(step.connection(), Name::Tokens)?;
        begun.send(()).unwrap();
        is_written.recv().unwrap();
        Ok((before, number(step.connection(), Name::Tokens)?))
    });
    let mut read = pin!(read);
    start(read.as_mut());
    has_begun.recv().unwrap();
    let add = |step: &Step<'_>| file::add(step.connection(), Name::Tokens, 1);
    block_on(engine.write(WhenAbandoned::Skip, add)).unwrap();
    written.send(()).unwrap();
    assert_eq!(block_on(read).unwrap(), (0, 0));
    assert_eq!(count(&engine), 1);
}
