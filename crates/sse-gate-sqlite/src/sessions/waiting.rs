//! The sessions of a subject that wait for their clients.

use sse_gate_resume::backend::SessionId;

use super::row::id_of;
use crate::engine::Step;
use crate::seal::SubjectTag;
use crate::tokens::to_number;

pub(super) const WAITING: &str = "SELECT id FROM sessions
    WHERE subject = ?1 AND closed IS NULL AND is_waiting = 1 ORDER BY opened LIMIT ?2";

/// At most so many of them, the oldest first.
pub(crate) fn waiting(
    step: &Step<'_>,
    subject: SubjectTag,
    limit: usize,
) -> rusqlite::Result<Vec<SessionId>> {
    let mut statement = step.connection().prepare_cached(WAITING)?;
    let found = statement.query_map((subject.as_bytes(), to_number(limit)), |row| id_of(row, 0))?;
    found.collect()
}
