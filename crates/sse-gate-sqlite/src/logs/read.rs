//! Reading events.

use sse_gate_resume::backend::Bounds;

use super::row::{LogKey, LogRow, number};
use crate::engine::Step;

pub(super) const EVENTS: &str =
    "SELECT seq, at, len, value FROM events WHERE log = ?1 AND seq > ?2 ORDER BY seq";

/// Some events of a log, sealed.
pub(crate) struct FoundEvents {
    pub(crate) bounds: Bounds,
    pub(crate) events: Vec<(i64, Vec<u8>)>,
}

/// Reads events behind number `after`: at least one, if there is one, and not many more than `max_bytes`
/// of them. Those that are too old are left out.
pub(crate) fn read(
    step: &Step<'_>,
    key: LogKey,
    after: i64,
    max_bytes: i64,
) -> rusqlite::Result<Option<FoundEvents>> {
    let Some(row) = LogRow::find(step, key)? else {
        return Ok(None);
    };
    let too_old = step.now().as_millis().saturating_sub(row.max_age);
    let mut statement = step.connection().prepare_cached(EVENTS)?;
    let mut rows = statement.query((row.id, after.max(row.first - 1)))?;
    let (mut events, mut bytes) = (Vec::new(), 0);
    let mut bounds = row.bounds();
    while bytes < max_bytes
        && let Some(found) = rows.next()?
    {
        let (seq, at, len): (i64, i64, i64) = (found.get(0)?, found.get(1)?, found.get(2)?);
        if at <= too_old {
            bounds.first = number(seq) + 1;
            continue;
        }
        bytes += len;
        events.push((seq, found.get(3)?));
    }
    Ok(Some(FoundEvents { bounds, events }))
}
