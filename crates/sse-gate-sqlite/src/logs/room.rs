//! Room for an event: the oldest of its log make it.
//!
//! | bound | what makes room |
//! |---|---|
//! | events, bytes or age of the log | its oldest events |
//! | bytes of its owner's logs, or of all | its own oldest events; if it has too few, the new one is refused |
//!
//! No log makes room for another one. What is looked at is the oldest event, and those that will be dropped, so a
//! step costs the same in a long log.

use sse_gate_resume::error::AppendErrorKind;

use super::row::LogRow;
use crate::engine::Step;
use crate::file::{Name, add, number};
use crate::tokens::to_number;

pub(super) const OLDEST: &str =
    "SELECT seq, at, len FROM events WHERE log = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq";
pub(super) const DROP: &str = "DELETE FROM events WHERE log = ?1 AND seq >= ?2 AND seq < ?3";
pub(super) const SHRINK: &str = "UPDATE logs SET first = ?2, bytes = ?3 WHERE id = ?1";
pub(super) const OF_OWNER: &str = "SELECT bytes FROM log_owners WHERE owner = ?1";
pub(super) const ADD_TO_OWNER: &str = "INSERT INTO log_owners (owner, bytes) VALUES (?1, ?2)
    ON CONFLICT (owner) DO UPDATE SET
        bytes = max(0, min(9223372036854775807, bytes + excluded.bytes))";
pub(super) const DROP_OWNER: &str = "DELETE FROM log_owners WHERE owner = ?1 AND bytes <= 0";

/// What an event costs beside its bytes.
pub(super) const OVERHEAD: i64 = 64;

/// How many bytes all logs may have, and those of one owner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogCaps {
    pub(crate) bytes: usize,
    pub(crate) bytes_per_owner: usize,
}

/// Which events of a log stay.
#[derive(Clone, Copy, Debug)]
pub(super) struct Staying {
    /// The number of the first one.
    first: i64,
    /// How many bytes the events before it have.
    freed: i64,
}

/// Finds which events of a log can stay beside a new one of this length. It changes nothing. The inner
/// result says whether the store refuses the new one.
pub(super) fn find(
    step: &Step<'_>,
    row: &LogRow,
    caps: LogCaps,
    len: i64,
) -> rusqlite::Result<Result<Staying, AppendErrorKind>> {
    if len > row.max_bytes {
        return Ok(Err(AppendErrorKind::TooLarge));
    }
    let cost = len + OVERHEAD;
    let excess_of = |used: i64, cap| used.saturating_add(cost).saturating_sub(to_number(cap));
    let mut excess = excess_of(number(step.connection(), Name::LogBytes)?, caps.bytes);
    if !row.owner.is_empty() {
        let own = of_owner(step, &row.owner)?;
        excess = excess.max(excess_of(own, caps.bytes_per_owner));
    }
    let freeable = overhead(row.last + 1 - row.first).saturating_add(row.bytes);
    if excess > freeable {
        return Ok(Err(AppendErrorKind::NoRoom));
    }
    let has_room = |first: i64, freed: i64| {
        row.last + 1 - first < row.max_events
            && row.bytes - freed + len <= row.max_bytes
            && overhead(first - row.first).saturating_add(freed) >= excess
    };
    staying(step, row, has_room).map(Ok)
}

/// Drops the events that don't stay. `row` is kept in step. Returns what they have cost, which is not
/// counted out yet.
pub(super) fn make(step: &Step<'_>, row: &mut LogRow, staying: Staying) -> rusqlite::Result<i64> {
    let Staying { first, freed } = staying;
    let dropped = first - row.first;
    if dropped == 0 {
        return Ok(0);
    }
    step.execute(DROP, (row.id, row.first, first))?;
    row.first = first;
    row.bytes -= freed;
    Ok(overhead(dropped).saturating_add(freed))
}

/// Drops the events of a log that are too old. `row` is kept in step.
pub(super) fn drop_old(step: &Step<'_>, row: &mut LogRow) -> rusqlite::Result<()> {
    let young = staying(step, row, |_, _| true)?;
    let cost = make(step, row, young)?;
    if cost == 0 {
        return Ok(());
    }
    count(step, &row.owner, -cost)?;
    step.execute(SHRINK, (row.id, row.first, row.bytes))
        .map(drop)
}

/// Counts bytes of a log in, or out.
pub(super) fn count(step: &Step<'_>, owner: &[u8], bytes: i64) -> rusqlite::Result<()> {
    if bytes == 0 {
        return Ok(());
    }
    add(step.connection(), Name::LogBytes, bytes)?;
    if !owner.is_empty() {
        step.execute(ADD_TO_OWNER, (owner, bytes))?;
        if bytes < 0 {
            step.execute(DROP_OWNER, [owner])?;
        }
    }
    Ok(())
}

/// Finds the first event that is young enough, and has room: `has_room` gets its number, and how many
/// bytes are before it.
fn staying(
    step: &Step<'_>,
    row: &LogRow,
    has_room: impl Fn(i64, i64) -> bool,
) -> rusqlite::Result<Staying> {
    let too_old = step.now().as_millis().saturating_sub(row.max_age);
    let mut statement = step.connection().prepare_cached(OLDEST)?;
    let mut events = statement.query((row.id, row.first, row.last))?;
    let mut freed = 0;
    while let Some(event) = events.next()? {
        let (first, at, len): (i64, i64, i64) = event.try_into()?;
        if at > too_old && has_room(first, freed) {
            return Ok(Staying { first, freed });
        }
        // All together they have no more bytes than their log, whatever their rows say.
        freed = row.bytes.min(len.max(0).saturating_add(freed));
    }
    Ok(Staying {
        first: row.last + 1,
        freed: row.bytes,
    })
}

fn of_owner(step: &Step<'_>, owner: &[u8]) -> rusqlite::Result<i64> {
    let found = step.first(OF_OWNER, [owner], |row| row.get(0))?;
    Ok(found.unwrap_or(0))
}

fn overhead(events: i64) -> i64 {
    events.saturating_mul(OVERHEAD)
}
