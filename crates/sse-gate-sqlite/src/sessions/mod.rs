//! The table `sessions`: what is done in it, statement by statement.
//!
//! Each file is an operation, or a part of one, in a transaction that others have begun.
//!
//! | operation | statements, if there is room |
//! |---|---|
//! | create | read the mark, look for the id and the token, read both counts, insert, write both counts |
//! | load | read a row by its id or its token |
//! | swap | read whether it is open, update it by its version; one that is closed is counted out |
//! | waiting, revoke | read an index of the subject |
//! | due | delete closed ones by an index, read open ones by another |
//!
//! The columns beside the value repeat what is in the record. A row whose columns and record don't agree is as
//! lost as one that can't be opened: `lost`. Without that rule it could be listed as due for ever, or be left out
//! when its subject signs out.

mod attached;
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

pub(crate) use attached::are_attached;
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
use sse_gate_seal::Tag;

const COUNT: &str = "INSERT INTO session_counts (subject, sessions) VALUES (?1, 1)
    ON CONFLICT (subject) DO UPDATE SET sessions = sessions + 1";
const COUNT_OUT: &str = "UPDATE session_counts SET sessions = sessions - 1 WHERE subject = ?1";
const DROP_COUNT: &str = "DELETE FROM session_counts WHERE subject = ?1 AND sessions <= 0";

/// Counts a session of a subject that is not closed.
fn count(step: &Step<'_>, subject: &Tag) -> rusqlite::Result<()> {
    step.execute(COUNT, [subject.as_bytes()]).map(drop)
}

/// A session of a subject was closed.
fn count_out(step: &Step<'_>, subject: &Tag) -> rusqlite::Result<()> {
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
