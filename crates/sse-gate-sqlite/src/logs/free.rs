//! Freeing logs.

use rusqlite::Connection;
use sse_gate_resume::backend::LogEpoch;

use super::room::{self, OVERHEAD};
use super::row::{LogKey, LogRow, LostLog};
use crate::engine::Step;
use crate::file::{Name, add, set_number};
use crate::tokens::to_number;
use sse_gate_seal::Tag;

pub(super) const DROP_EVENTS: &str = "DELETE FROM events WHERE log = ?1";
pub(super) const DROP_LOG: &str = "DELETE FROM logs WHERE id = ?1";
pub(super) const UNUSED: &str = "SELECT id, owner, first, last, bytes FROM logs
    WHERE in_use = 0 AND empty_at <= ?1 ORDER BY empty_at LIMIT ?2";
pub(super) const FIRST_UNUSED: &str = "SELECT min(empty_at) FROM logs WHERE in_use = 0";

/// The log of a name, with its epoch. If it is lost, it is freed.
pub(super) fn by_name(step: &Step<'_>, name: Tag) -> rusqlite::Result<Option<(LogEpoch, LogRow)>> {
    match LogRow::by_name(step, name)? {
        Some(Ok(found)) => Ok(Some(found)),
        Some(Err(LostLog { id, owner })) => free(step, id, &owner, 0).map(|()| None),
        None => Ok(None),
    }
}

/// Frees a log and its events.
pub(crate) fn remove(step: &Step<'_>, key: LogKey) -> rusqlite::Result<()> {
    match by_name(step, key.name)? {
        Some((epoch, row)) if epoch == key.epoch => {
            let cost = cost(row.first, row.last, row.bytes);
            free(step, row.id, &row.owner, cost)
        }
        _ => Ok(()),
    }
}

/// Frees logs that this process has not used, or has released, and whose events are too old. Returns
/// whether there are such logs, now or later.
pub(crate) fn drop_unused(step: &Step<'_>, rows: usize) -> rusqlite::Result<bool> {
    match first_unused(step)? {
        None => Ok(false),
        Some(empty_at) if empty_at > step.now().as_millis() => Ok(true),
        Some(_) => {
            free_unused(step, rows)?;
            Ok(first_unused(step)?.is_some())
        }
    }
}

/// When the first of them will be empty.
fn first_unused(step: &Step<'_>) -> rusqlite::Result<Option<i64>> {
    let first = step.first(FIRST_UNUSED, [], |row| row.get(0))?;
    Ok(first.flatten())
}

/// Frees at most so many. Returns how many it freed.
pub(super) fn free_unused(step: &Step<'_>, rows: usize) -> rusqlite::Result<usize> {
    let mut statement = step.connection().prepare_cached(UNUSED)?;
    let params = (step.now().as_millis(), to_number(rows));
    let found = statement.query_map(params, |row| {
        let cost = cost(row.get(2)?, row.get(3)?, row.get(4)?);
        Ok((row.get(0)?, row.get(1)?, cost))
    })?;
    let unused: Vec<(i64, Vec<u8>, i64)> = found.collect::<Result<_, _>>()?;
    for (id, owner, cost) in &unused {
        free(step, *id, owner, *cost)?;
    }
    Ok(unused.len())
}

fn free(step: &Step<'_>, id: i64, owner: &[u8], cost: i64) -> rusqlite::Result<()> {
    step.execute(DROP_EVENTS, [id])?;
    step.execute(DROP_LOG, [id])?;
    add(step.connection(), Name::Logs, -1)?;
    room::count(step, owner, -cost)
}

/// What the events of a log count, whatever is in its row.
pub(super) fn cost(first: i64, last: i64, bytes: i64) -> i64 {
    let events = last.saturating_sub(first).saturating_add(1).max(0);
    events.saturating_mul(OVERHEAD).saturating_add(bytes.max(0))
}

/// Drops all logs. It is for a file that may have lost events that were acknowledged.
pub(crate) fn forget_all(connection: &Connection) -> rusqlite::Result<()> {
    for table in ["events", "logs", "log_owners"] {
        connection.execute(&format!("DELETE FROM {table}"), [])?;
    }
    set_number(connection, Name::Logs, 0)?;
    set_number(connection, Name::LogBytes, 0)
}
