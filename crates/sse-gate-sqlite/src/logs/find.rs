//! Finding a log, taking it over, and ending it.

use sse_gate_resume::backend::{LogEnd, NodeId, StoredLog};

use super::row::{LogKey, LogRow};
use super::{free, room};
use crate::engine::Step;
use sse_gate_seal::Tag;

pub(super) const USE: &str = "UPDATE logs SET in_use = 1 WHERE name = ?1";
pub(super) const RELEASE: &str = "UPDATE logs SET in_use = 0 WHERE id = ?1";
pub(super) const CLAIM: &str = "UPDATE logs SET writer = ?2 WHERE id = ?1";
pub(super) const END: &str = "UPDATE logs SET ended = ?2 WHERE id = ?1 AND ended = 0";

/// Finds the log of a name, and notes that this process uses it.
pub(crate) fn open(
    step: &Step<'_>,
    name: Tag,
    node: NodeId,
) -> rusqlite::Result<Option<StoredLog>> {
    let Some((epoch, mut row)) = free::by_name(step, name)? else {
        return Ok(None);
    };
    step.execute(USE, [name.as_bytes()])?;
    room::drop_old(step, &mut row)?;
    Ok(Some(StoredLog {
        epoch,
        bounds: row.bounds(),
        is_orphaned: row.is_orphaned(node),
    }))
}

/// Notes that this process does not use a log. It is freed when its events are too old.
pub(crate) fn release(step: &Step<'_>, key: LogKey) -> rusqlite::Result<()> {
    if let Some(row) = LogRow::find(step, key)? {
        step.execute(RELEASE, [row.id])?;
    }
    Ok(())
}

/// Makes this process the writer of a log that is orphaned. Returns whether it is.
pub(crate) fn claim(step: &Step<'_>, key: LogKey, node: NodeId) -> rusqlite::Result<bool> {
    match LogRow::find(step, key)? {
        Some(row) if row.is_orphaned(node) => {
            Ok(step.execute(CLAIM, (row.id, node.to_bytes()))? > 0)
        }
        _ => Ok(false),
    }
}

/// Ends a log. Returns whether there is such a log. No other node writes it: one process has the file.
pub(crate) fn end(step: &Step<'_>, key: LogKey, how: LogEnd) -> rusqlite::Result<bool> {
    let Some(row) = LogRow::find(step, key)? else {
        return Ok(false);
    };
    let code = match how {
        LogEnd::Complete => 1,
        _ => 2,
    };
    step.execute(END, (row.id, code)).map(|_| true)
}
