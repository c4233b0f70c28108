//! Jobs that are committed together.
//!
//! Each job has a savepoint, so one that fails takes back only its own changes. A failure of the
//! transaction itself, as on a full disk, takes back all of them, and every caller is told so.

use rusqlite::{Connection, ErrorCode};

use super::chores::Chores;
use super::job::Job;
use super::step::{AfterCommit, Step};
use crate::DatabaseError;
use crate::time::FileClock;

/// Runs the jobs in one transaction and answers their callers. Returns whether there will be chores.
pub(super) fn run(
    connection: &Connection,
    clock: &FileClock,
    chores: &mut Chores,
    mut jobs: Vec<Box<dyn Job>>,
) -> bool {
    let outcome = transact(connection, clock, chores, &mut jobs);
    if outcome.is_err() && !connection.is_autocommit() {
        // If it fails, the next transaction can't begin, and says why.
        let _ = connection.execute_batch("ROLLBACK");
    }
    let committed = match outcome {
        Ok(Done {
            after_commit,
            is_more,
        }) => {
            for then in after_commit {
                then();
            }
            Ok(is_more)
        }
        Err(error) => Err(DatabaseError::from(error)),
    };
    for job in jobs {
        job.answer(committed.as_ref().map(|_| ()).map_err(Clone::clone));
    }
    committed.unwrap_or(true)
}

/// A transaction that was committed.
struct Done {
    after_commit: Vec<AfterCommit>,
    is_more: bool,
}

fn transact(
    connection: &Connection,
    clock: &FileClock,
    chores: &mut Chores,
    jobs: &mut [Box<dyn Job>],
) -> rusqlite::Result<Done> {
    let execute = |sql| connection.prepare_cached(sql)?.execute([]);
    execute("BEGIN IMMEDIATE")?;
    let mut after_commit = Vec::new();
    let count = jobs.len();
    for job in jobs.iter_mut() {
        let step = Step::new(connection, clock);
        execute("SAVEPOINT job")?;
        if job.run(&step) {
            after_commit.extend(step.into_after_commit());
        } else {
            still_open(connection)?;
            execute("ROLLBACK TO job")?;
        }
        execute("RELEASE job")?;
    }
    execute("SAVEPOINT chores")?;
    let is_more = if let Ok(is_more) = chores.run(connection, clock, count) {
        is_more
    } else {
        // Cleaning up can wait. What the callers want can't.
        still_open(connection)?;
        execute("ROLLBACK TO chores")?;
        true
    };
    execute("RELEASE chores")?;
    execute("COMMIT")?;
    Ok(Done {
        after_commit,
        is_more,
    })
}

/// Some failures end the whole transaction at once.
fn still_open(connection: &Connection) -> rusqlite::Result<()> {
    if connection.is_autocommit() {
        let error = rusqlite::ffi::Error {
            code: ErrorCode::OperationAborted,
            extended_code: rusqlite::ffi::SQLITE_ABORT_ROLLBACK,
        };
        return Err(rusqlite::Error::SqliteFailure(error, None));
    }
    Ok(())
}
