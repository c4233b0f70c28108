//! The sessions whose time is up.

use sse_gate_resume::backend::Due;

use super::row::id_of;
use super::{forgotten, lost};
use crate::engine::Step;
use crate::tokens::to_number;

pub(super) const DUE: &str = "SELECT id FROM sessions
    WHERE closed IS NULL AND ends_at <= ?1 ORDER BY ends_at LIMIT ?2";
pub(super) const FORGET: &str = "DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions WHERE closed IS NOT NULL AND ends_at <= ?1 ORDER BY ends_at LIMIT ?2
    )";

/// Lists at most so many that are not closed, and forgets at most so many that are.
pub(crate) fn due(step: &Step<'_>, limit: usize) -> rusqlite::Result<Due> {
    let params = (step.now().as_millis(), to_number(limit));
    let forgot = step.execute(FORGET, params)?;
    forgotten(step.connection(), forgot)?;
    let mut statement = step.connection().prepare_cached(DUE)?;
    let found = statement.query_map(params, |row| id_of(row, 0))?;
    let found: Vec<_> = found.collect::<Result<_, _>>()?;
    let has_more = !found.is_empty() || forgot == limit;
    let sessions = lost::named(step, found)?;
    Ok(Due { sessions, has_more })
}
