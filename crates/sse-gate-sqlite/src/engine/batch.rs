//! Jobs that are committed together.
//!
//! Jobs hardly ever fail, so at first nothing is done to tell one from another. If a job fails, all of them
//! run again, each behind a savepoint: then the one that fails takes back only its own changes. Some
//! failures end the whole transaction all the same, as SQLite does if a file may not grow any more. Then
//! each job runs in a transaction of its own. If a commit fails, nothing has changed, and every caller of
//! its jobs is told so.
//!
//! | what fails | how often the jobs run | what is committed |
//! |---|---|---|
//! | nothing | once | all |
//! | a job, in a statement | twice, the second time behind savepoints | all others |
//! | a job, and SQLite ends the transaction | up to three times, the third time alone | all others |
//! | the beginning or the commit | once | nothing |
//! | a chore | twice | all jobs; the chore is tried again later |

use rusqlite::Connection;

use super::chores::Chores;
use super::job::Job;
use super::step::{AfterCommit, Step};
use crate::fault::Fault;
use crate::time::FileClock;

/// How the jobs of a transaction are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Isolation {
    /// If one fails, so does the transaction.
    None,
    /// If one fails, its changes are taken back.
    Savepoints,
}

/// Runs the jobs in one transaction and answers their callers. Returns whether there will be chores.
pub(super) fn run(
    connection: &Connection,
    clock: &FileClock,
    chores: &mut Chores,
    mut jobs: Vec<Box<dyn Job>>,
) -> bool {
    let mut outcome = transact(connection, clock, chores, &mut jobs, Isolation::None);
    if let Err(Failure::Part(_)) = outcome {
        outcome = transact(connection, clock, chores, &mut jobs, Isolation::Savepoints);
    }
    let committed = match outcome {
        Ok(done) => {
            for then in done.after_commit {
                then();
            }
            Ok(done.is_more)
        }
        Err(Failure::Part(_)) if jobs.len() > 1 => {
            let mut is_more = false;
            for job in jobs {
                is_more |= run(connection, clock, chores, vec![job]);
            }
            return is_more;
        }
        Err(Failure::Part(error) | Failure::Whole(error)) => Err(error),
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

/// Why a transaction was not committed. It was taken back.
enum Failure {
    /// A job has failed, or a chore.
    Part(Fault),
    /// It could not begin, or could not be committed.
    Whole(Fault),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Whole(error.into())
    }
}

fn transact(
    connection: &Connection,
    clock: &FileClock,
    chores: &mut Chores,
    jobs: &mut [Box<dyn Job>],
    isolation: Isolation,
) -> Result<Done, Failure> {
    execute(connection, "BEGIN IMMEDIATE")?;
    let outcome = work(connection, clock, chores, jobs, isolation).and_then(|done| {
        execute(connection, "COMMIT")?;
        Ok(done)
    });
    if outcome.is_err() && !connection.is_autocommit() {
        // If it fails, the next transaction can't begin, and says why.
        let _ = execute(connection, "ROLLBACK");
    }
    outcome
}

fn work(
    connection: &Connection,
    clock: &FileClock,
    chores: &mut Chores,
    jobs: &mut [Box<dyn Job>],
    isolation: Isolation,
) -> Result<Done, Failure> {
    let mut after_commit = Vec::new();
    let count = jobs.len();
    for job in jobs.iter_mut() {
        let step = Step::new(connection, clock);
        let done = part(connection, isolation, || job.run(&step))?;
        if done.is_some() {
            after_commit.extend(step.into_after_commit());
        }
    }
    let clean_up = || Ok(chores.run(connection, clock, count)?);
    // Cleaning up can wait. What the callers want can't.
    let is_more = part(connection, isolation, clean_up)?.unwrap_or(true);
    Ok(Done {
        after_commit,
        is_more,
    })
}

/// Runs a part of a transaction. `None` if it has failed, and its changes were taken back.
fn part<T>(
    connection: &Connection,
    isolation: Isolation,
    work: impl FnOnce() -> Result<T, Fault>,
) -> Result<Option<T>, Failure> {
    if isolation == Isolation::None {
        return work().map(Some).map_err(Failure::Part);
    }
    execute(connection, "SAVEPOINT part")?;
    let done = match work() {
        Ok(done) => Some(done),
        Err(error) if connection.is_autocommit() => return Err(Failure::Part(error)),
        Err(_) => {
            execute(connection, "ROLLBACK TO part")?;
            None
        }
    };
    execute(connection, "RELEASE part")?;
    Ok(done)
}

/// Runs a statement that begins or ends a transaction, or a part of one.
pub(super) fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}
