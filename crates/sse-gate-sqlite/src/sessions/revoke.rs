//! Revoking all sessions of a subject.

use sse_gate_resume::backend::SessionId;

use super::lost;
use super::row::id_of;
use crate::engine::Step;
use crate::marks::Marks;
use sse_gate_seal::Tag;

pub(super) const OPEN: &str = "SELECT id FROM sessions
    WHERE subject = ?1 AND closed IS NULL ORDER BY opened";

/// Begins a new epoch, marks the subject in it, and lists its sessions that are not closed.
pub(crate) fn revoke(
    step: &Step<'_>,
    marks: &Marks,
    subject: Tag,
) -> rusqlite::Result<Vec<SessionId>> {
    marks.mark(step, subject)?;
    let mut statement = step.connection().prepare_cached(OPEN)?;
    let found = statement.query_map([subject.as_bytes()], |row| id_of(row, 0))?;
    let found: Vec<_> = found.collect::<Result<_, _>>()?;
    lost::named(step, found)
}
