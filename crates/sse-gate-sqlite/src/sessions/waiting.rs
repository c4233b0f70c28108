//! The sessions of a subject that wait for their clients.

use sse_gate_resume::backend::SessionId;

use crate::engine::Step;
use crate::tokens::to_number;
use sse_gate_seal::Tag;

pub(super) const WAITING: &str = "SELECT id FROM sessions
    WHERE subject = ?1 AND closed IS NULL AND is_waiting = 1 AND length(id) = 16
    ORDER BY opened LIMIT ?2";

/// At most so many of them, the oldest first.
pub(crate) fn waiting(
    step: &Step<'_>,
    subject: Tag,
    limit: usize,
) -> rusqlite::Result<Vec<SessionId>> {
    let mut statement = step.connection().prepare_cached(WAITING)?;
    let params = (subject.as_bytes(), to_number(limit));
    let found = statement.query_map(params, |row| Ok(SessionId::from_bytes(row.get(0)?)))?;
    found.collect()
}
