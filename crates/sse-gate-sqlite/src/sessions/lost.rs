//! Sessions that are lost: their rows can't be read any more, or contradict themselves.
//!
//! Such a row is deleted when it is found, and counted out. Else it would keep its place for ever: no step
//! could close it.

use sse_gate_resume::backend::SessionId;

use super::forgotten;
use super::load::found_columns;
use super::row::FoundSession;
use crate::engine::Step;
use sse_gate_seal::Tag;

pub(super) const DROP: &str = "DELETE FROM sessions WHERE id = ?1 AND version = ?2 AND value = ?3
    RETURNING subject";
pub(super) const DROP_BY_ID: &str = "DELETE FROM sessions WHERE id = ?1 RETURNING subject";
pub(super) const OF_SUBJECT: &str = concat!(
    found_columns!(),
    "WHERE subject = ?1 AND closed IS NULL ORDER BY opened LIMIT ?2"
);
pub(super) const COUNTED: &str = "SELECT sessions FROM session_counts WHERE subject = ?1";
pub(super) const THERE: &str =
    "SELECT count(*) FROM sessions WHERE subject = ?1 AND closed IS NULL";
pub(super) const SET_COUNT: &str = "INSERT INTO session_counts (subject, sessions) VALUES (?1, ?2)
    ON CONFLICT (subject) DO UPDATE SET sessions = excluded.sessions";

/// How many sessions of a subject that is full are looked at.
const ROWS: i64 = 64;

/// The sessions of a subject that are not closed.
pub(crate) struct OfSubject {
    /// The first of them.
    pub(crate) rows: Vec<FoundSession>,
    /// Whether there are as many as are counted.
    pub(crate) is_counted: bool,
}

/// Finds the sessions of a subject that are not closed.
pub(crate) fn of_subject(step: &Step<'_>, subject: Tag) -> rusqlite::Result<OfSubject> {
    let (now, subject) = (step.now(), subject.as_bytes());
    let mut statement = step.connection().prepare_cached(OF_SUBJECT)?;
    let rows = statement.query_map((subject, ROWS), |row| FoundSession::read(row, now))?;
    Ok(OfSubject {
        rows: rows.collect::<Result<_, _>>()?,
        is_counted: counted(step, subject)? == there(step, subject)?,
    })
}

/// Drops rows that are lost, unless they were changed meanwhile.
pub(crate) fn drop_lost(step: &Step<'_>, rows: &[FoundSession]) -> rusqlite::Result<()> {
    rows.iter().try_for_each(|row| {
        let found = (&row.id, row.version, &row.value);
        let dropped = step.first(DROP, found, |row| row.get(0))?;
        dropped.map_or(Ok(()), |subject: Vec<u8>| count_lost(step, &subject))
    })
}

/// The names that were found. Rows whose names are none are dropped.
pub(super) fn named(
    step: &Step<'_>,
    found: Vec<Result<SessionId, Vec<u8>>>,
) -> rusqlite::Result<Vec<SessionId>> {
    let mut sessions = Vec::with_capacity(found.len());
    for found in found {
        match found {
            Ok(session) => sessions.push(session),
            Err(id) => drop_by_id(step, &id)?,
        }
    }
    Ok(sessions)
}

fn drop_by_id(step: &Step<'_>, id: &[u8]) -> rusqlite::Result<()> {
    let dropped = step.first(DROP_BY_ID, [id], |row| row.get(0))?;
    dropped.map_or(Ok(()), |subject: Vec<u8>| count_lost(step, &subject))
}

/// Counts the sessions of a subject anew.
pub(crate) fn recount(step: &Step<'_>, subject: &[u8]) -> rusqlite::Result<()> {
    step.execute(SET_COUNT, (subject, there(step, subject)?))?;
    step.execute(super::DROP_COUNT, [subject]).map(drop)
}

/// A row is gone. It may have been counted for another subject, which is counted anew when it is full.
fn count_lost(step: &Step<'_>, subject: &[u8]) -> rusqlite::Result<()> {
    forgotten(step.connection(), 1)?;
    recount(step, subject)
}

fn counted(step: &Step<'_>, subject: &[u8]) -> rusqlite::Result<i64> {
    let found = step.first(COUNTED, [subject], |row| row.get(0))?;
    Ok(found.unwrap_or(0))
}

fn there(step: &Step<'_>, subject: &[u8]) -> rusqlite::Result<i64> {
    let found = step.first(THERE, [subject], |row| row.get(0))?;
    Ok(found.unwrap_or(0))
}
