//! Changing a session, if it is still the one that was loaded.

use super::count_out;
use super::row::SessionRow;
use crate::engine::Step;
use crate::file::{Name, add, number};

pub(super) const IS_OPEN: &str =
    "SELECT closed IS NULL FROM sessions WHERE id = ?1 AND version = ?2";
pub(super) const SWAP: &str = "UPDATE sessions
    SET version = version + 1, closed = ?3, is_waiting = ?4, ends_at = ?5, value = ?6
    WHERE id = ?1 AND version = ?2";
pub(super) const SWAP_CLOSED: &str = "UPDATE sessions
    SET version = version + 1, is_waiting = ?3, ends_at = ?4, value = ?5
    WHERE id = ?1 AND version = ?2";

/// Puts a record in the place of the one of this version. Returns whether it did.
pub(crate) fn swap(
    step: &Step<'_>,
    version: i64,
    changed: &SessionRow,
    value: &[u8],
) -> rusqlite::Result<bool> {
    let id = changed.id.as_bytes();
    let was_open: Option<bool> = step.first(IS_OPEN, (id, version), |row| row.get(0))?;
    let Some(was_open) = was_open else {
        return Ok(false);
    };
    let (is_waiting, ends_at) = (changed.is_waiting, changed.ends_at.as_millis());
    if !was_open {
        let columns = (id, version, is_waiting, ends_at, value);
        return Ok(step.execute(SWAP_CLOSED, columns)? > 0);
    }
    let closed = if changed.is_closed {
        add(step.connection(), Name::SessionsClosed, 1)?;
        count_out(step, &changed.subject)?;
        Some(number(step.connection(), Name::SessionsClosed)?)
    } else {
        None
    };
    let columns = (id, version, closed, is_waiting, ends_at, value);
    Ok(step.execute(SWAP, columns)? > 0)
}
