//! Room for an event: the oldest of its log make it.

use sse_gate_resume::error::AppendErrorKind;

use super::row::LogRow;
use crate::engine::Step;
use crate::file::{Name, add, number};
use crate::tokens::to_number;

pub(super) const OLDEST: &str = "SELECT at, len FROM events WHERE log = ?1 AND seq = ?2";
pub(super) const DROP: &str = "DELETE FROM events WHERE log = ?1 AND seq >= ?2 AND seq < ?3";
pub(super) const SHRINK: &str = "UPDATE logs SET first = ?2, bytes = ?3 WHERE id = ?1";
pub(super) const OF_OWNER: &str = "SELECT bytes FROM log_owners WHERE owner = ?1";
pub(super) const ADD_TO_OWNER: &str = "INSERT INTO log_owners (owner, bytes) VALUES (?1, ?2)
    ON CONFLICT (owner) DO UPDATE SET bytes = bytes + excluded.bytes";
pub(super) const DROP_OWNER: &str = "DELETE FROM log_owners WHERE owner = ?1 AND bytes <= 0";

/// What an event costs beside its bytes.
pub(super) const OVERHEAD: i64 = 64;

/// How many bytes all logs may have, and those of one owner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogCaps {
    pub(crate) bytes: usize,
    pub(crate) bytes_per_owner: usize,
}

/// Drops the oldest events of a log until there is room for one of this length. `row` is kept in step.
pub(super) fn make(
    step: &Step<'_>,
    row: &mut LogRow,
    caps: LogCaps,
    len: i64,
) -> rusqlite::Result<Result<(), AppendErrorKind>> {
    if len > row.max_bytes {
        return Ok(Err(AppendErrorKind::TooLarge));
    }
    let (mut first, mut freed) = (row.first, 0);
    let too_old = step.now().as_millis().saturating_sub(row.max_age);
    let (all, own) = (
        number(step.connection(), Name::LogBytes)?,
        of_owner(step, &row.owner)?,
    );
    let cost = len + OVERHEAD;
    while first <= row.last {
        let oldest = step.first(OLDEST, (row.id, first), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        let (at, its_len): (i64, i64) = oldest.unwrap_or((i64::MIN, 0));
        let kept = row.last - first + 1;
        let has_room = kept < row.max_events
            && row.bytes - freed + len <= row.max_bytes
            && all - freed - overhead(first - row.first) + cost <= to_number(caps.bytes)
            && own - freed - overhead(first - row.first) + cost <= to_number(caps.bytes_per_owner);
        if has_room && at > too_old {
            break;
        }
        freed += its_len;
        first += 1;
    }
    drop_before(step, row, first, freed)?;
    let all = number(step.connection(), Name::LogBytes)?;
    let own = of_owner(step, &row.owner)?;
    let has_room =
        all + cost <= to_number(caps.bytes) && own + cost <= to_number(caps.bytes_per_owner);
    Ok(has_room.then_some(()).ok_or(AppendErrorKind::NoRoom))
}

/// Drops the events of a log that are too old. `row` is kept in step.
pub(super) fn drop_old(step: &Step<'_>, row: &mut LogRow) -> rusqlite::Result<()> {
    let (mut first, mut freed) = (row.first, 0);
    let too_old = step.now().as_millis().saturating_sub(row.max_age);
    while first <= row.last {
        let oldest = step.first(OLDEST, (row.id, first), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        let (at, len): (i64, i64) = oldest.unwrap_or((i64::MIN, 0));
        if at > too_old {
            break;
        }
        freed += len;
        first += 1;
    }
    if first == row.first {
        return Ok(());
    }
    drop_before(step, row, first, freed)?;
    step.execute(SHRINK, (row.id, row.first, row.bytes))
        .map(drop)
}

/// Counts bytes of a log in, or out.
pub(super) fn count(step: &Step<'_>, owner: &[u8], bytes: i64) -> rusqlite::Result<()> {
    add(step.connection(), Name::LogBytes, bytes)?;
    if !owner.is_empty() {
        step.execute(ADD_TO_OWNER, (owner, bytes))?;
        step.execute(DROP_OWNER, [owner])?;
    }
    Ok(())
}

/// Drops the events before this number, which have so many bytes together.
fn drop_before(step: &Step<'_>, row: &mut LogRow, first: i64, freed: i64) -> rusqlite::Result<()> {
    let dropped = first - row.first;
    if dropped == 0 {
        return Ok(());
    }
    step.execute(DROP, (row.id, row.first, first))?;
    count(step, &row.owner, -(freed + overhead(dropped)))?;
    row.first = first;
    row.bytes -= freed;
    Ok(())
}

fn of_owner(step: &Step<'_>, owner: &[u8]) -> rusqlite::Result<i64> {
    if owner.is_empty() {
        return Ok(0);
    }
    let found = step.first(OF_OWNER, [owner], |row| row.get(0))?;
    Ok(found.unwrap_or(0))
}

fn overhead(events: i64) -> i64 {
    events.saturating_mul(OVERHEAD)
}
