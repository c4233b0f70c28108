//! The table `sessions`: what is done in it, statement by statement.
//!
//! Each file is an operation, or a part of one, in a transaction that others have begun.

mod create;
mod due;
mod load;
mod lost;
#[cfg(test)]
mod plans;
mod recover;
mod revoke;
mod row;
mod swap;
mod waiting;

use rusqlite::Connection;

pub(crate) use create::create;
pub(crate) use due::due;
pub(crate) use load::load;
pub(crate) use lost::{OfSubject, drop_lost, of_subject, recount};
pub(crate) use recover::{forget_all, recover};
pub(crate) use revoke::revoke;
pub(crate) use row::{FoundSession, OpenedSession, SessionRow};
pub(crate) use swap::swap;
pub(crate) use waiting::waiting;

use crate::engine::Step;
use crate::file::{Name, add};
use crate::seal::SubjectTag;

const COUNT: &str = "INSERT INTO session_counts (subject, sessions) VALUES (?1, 1)
    ON CONFLICT (subject) DO UPDATE SET sessions = sessions + 1";
const COUNT_OUT: &str = "UPDATE session_counts SET sessions = sessions - 1 WHERE subject = ?1";
const DROP_COUNT: &str = "DELETE FROM session_counts WHERE subject = ?1 AND sessions <= 0";

/// Counts a session of a subject that is not closed.
fn count(step: &Step<'_>, subject: &SubjectTag) -> rusqlite::Result<()> {
    step.execute(COUNT, [subject.as_bytes()]).map(drop)
}

/// A session of a subject was closed.
fn count_out(step: &Step<'_>, subject: &SubjectTag) -> rusqlite::Result<()> {
    step.execute(COUNT_OUT, [subject.as_bytes()])?;
    step.execute(DROP_COUNT, [subject.as_bytes()]).map(drop)
}

/// Sessions are gone from the table.
fn forgotten(connection: &Connection, sessions: usize) -> rusqlite::Result<()> {
    match i64::try_from(sessions) {
        Ok(0) | Err(_) => Ok(()),
        Ok(sessions) => add(connection, Name::Sessions, -sessions),
    }
}
