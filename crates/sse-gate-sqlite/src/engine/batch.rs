//! Jobs that are committed together.
//!
//! Each job has a savepoint, so one that fails takes back only its own changes. Some failures end the
//! whole transaction at once, as SQLite does if a file may not grow any more. Then each job runs again, in
//! a transaction of its own. If the commit itself fails, nothing has changed, and every caller is told so.

use rusqlite::Connection;

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
        Ok(done) => {
            for then in done.after_commit {
                then();
            }
            Ok(done.is_more)
        }
        Err(Failure::Job(_)) if jobs.len() > 1 => {
            let mut is_more = false;
            for job in jobs {
                is_more |= run(connection, clock, chores, vec![job]);
            }
            return is_more;
        }
        Err(Failure::Job(error) | Failure::Transaction(error)) => Err(error),
    };
    for job in jobs {
        job.answer(committed.as_ref().map(drop).map_err(Clone::clone));
    }
    committed.unwrap_or(true)
}

/// A transaction that was committed.
struct Done {
    after_commit: Vec<AfterCommit>,
    is_more: bool,
}

/// Why a transaction was not committed.
enum Failure {
    /// A job has failed in a way that ended it.
    Job(DatabaseError),
    /// It could not begin, or could not be committed.
    Transaction(DatabaseError),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Transaction(error.into())
    }
}

fn transact(
    connection: &Connection,
    clock: &FileClock,
    chores: &mut Chores,
    jobs: &mut [Box<dyn Job>],
) -> Result<Done, Failure> {
    let execute = |sql| connection.prepare_cached(sql)?.execute([]);
    execute("BEGIN IMMEDIATE")?;
    let mut after_commit = Vec::new();
    let count = jobs.len();
    for job in jobs.iter_mut() {
        let step = Step::new(connection, clock);
        execute("SAVEPOINT job")?;
        match job.run(&step) {
            Ok(()) => after_commit.extend(step.into_after_commit()),
            Err(error) if connection.is_autocommit() => return Err(Failure::Job(error)),
            Err(_) => drop(execute("ROLLBACK TO job")?),
        }
        execute("RELEASE job")?;
    }
    execute("SAVEPOINT chores")?;
    let is_more = match chores.run(connection, clock, count) {
        Ok(is_more) => is_more,
        Err(error) if connection.is_autocommit() => return Err(error.into()),
        Err(_) => {
            // Cleaning up can wait. What the callers want can't.
            execute("ROLLBACK TO chores")?;
            true
        }
    };
    execute("RELEASE chores")?;
    execute("COMMIT")?;
    Ok(Done {
        after_commit,
        is_more,
    })
}
