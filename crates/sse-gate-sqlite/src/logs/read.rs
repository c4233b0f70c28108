//! Reading events.

use sse_gate_resume::backend::Bounds;

use super::row::{LogKey, LogRow, number};
use crate::engine::Step;

pub(super) const EVENTS: &str =
    "SELECT seq, at, value FROM events WHERE log = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq";

/// Some events of a log, sealed, in order and without holes.
pub(crate) struct FoundEvents {
    pub(crate) bounds: Bounds,
    pub(crate) events: Vec<(i64, Vec<u8>)>,
}

/// Reads events behind number `after`: at least one, if there is one, and not many more than `max_bytes`
/// of them. Those that are too old are left out.
///
/// If events that should be there are missing, the log begins behind them for this reader.
pub(crate) fn read(
    step: &Step<'_>,
    key: LogKey,
    after: i64,
    max_bytes: usize,
) -> rusqlite::Result<Option<FoundEvents>> {
    let Some(row) = LogRow::find(step, key)? else {
        return Ok(None);
    };
    let too_old = step.now().as_millis().saturating_sub(row.max_age);
    let mut statement = step.connection().prepare_cached(EVENTS)?;
    let start = after.max(row.first - 1);
    let mut rows = statement.query((row.id, start, row.last))?;
    let (mut events, mut bytes) = (Vec::new(), 0);
    // The number of the next event, if none is missing.
    let mut next = start.saturating_add(1);
    while bytes < max_bytes
        && let Some(found) = rows.next()?
    {
        let (seq, at): (i64, i64) = (found.get(0)?, found.get(1)?);
        let is_next = seq == next && at > too_old;
        if !is_next && !events.is_empty() {
            break;
        }
        next = seq + 1;
        if at > too_old {
            let value: Vec<u8> = found.get(2)?;
            bytes += value.len();
            events.push((seq, value));
        }
    }
    let mut bounds = row.bounds();
    let first = events.first().map_or(row.last + 1, |(seq, _)| *seq);
    if first > start.saturating_add(1) {
        bounds.first = number(first);
    }
    Ok(Some(FoundEvents { bounds, events }))
}
