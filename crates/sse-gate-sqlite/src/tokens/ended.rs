//! Entries that have ended are removed by and by.

use super::row::to_number;
use super::{count_out, sum};
use crate::engine::Step;

pub(super) const FIRST_END: &str = "SELECT min(ends_at) FROM tokens";
pub(super) const REMOVE: &str = "DELETE FROM tokens WHERE key IN (
        SELECT key FROM tokens WHERE ends_at <= ?1 ORDER BY ends_at LIMIT ?2
    ) RETURNING payload_len";

/// Removes at most this many entries that have ended. Returns whether there are any entries left.
pub(crate) fn drop_ended(step: &Step<'_>, rows: usize) -> rusqlite::Result<bool> {
    match first_end(step)? {
        None => Ok(false),
        Some(end) if end > step.now().as_millis() => Ok(true),
        Some(_) => {
            remove_ended(step, rows)?;
            Ok(first_end(step)?.is_some())
        }
    }
}

fn first_end(step: &Step<'_>) -> rusqlite::Result<Option<i64>> {
    let first = step.first(FIRST_END, [], |row| row.get(0))?;
    Ok(first.flatten())
}

/// Removes at most this many entries that have ended, the earliest first. Returns how many there were.
pub(crate) fn remove_ended(step: &Step<'_>, rows: usize) -> rusqlite::Result<usize> {
    let mut statement = step.connection().prepare_cached(REMOVE)?;
    let params = (step.now().as_millis(), to_number(rows));
    let removed = statement.query_map(params, |row| row.get(0))?;
    let payloads: Vec<i64> = removed.collect::<Result<_, _>>()?;
    count_out(
        step.connection(),
        payloads.len(),
        sum(payloads.iter().copied()),
    )?;
    Ok(payloads.len())
}
