//! Appending an event.

use std::sync::Arc;

use sse_gate_core::EntropyError;
use sse_gate_resume::error::AppendErrorKind;

use super::room::{self, LogCaps, OVERHEAD};
use super::row::{LogKey, LogRow, MAX, number};
use crate::engine::Step;
use crate::file::FileKeys;
use crate::tokens::to_number;

pub(super) const INSERT: &str = "INSERT INTO events (log, seq, at, len, value) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
pub(super) const LAST: &str = "SELECT max(seq) FROM events WHERE log = ?1 AND seq < ?2";
pub(super) const GROW: &str =
    "UPDATE logs SET first = ?2, last = ?3, bytes = ?4, empty_at = ?5, in_use = 1 WHERE id = ?1";

/// What is needed to append an event.
pub(crate) struct Appending {
    pub(crate) key: LogKey,
    pub(crate) caps: LogCaps,
    pub(crate) keys: Arc<FileKeys>,
    pub(crate) event: bytes::Bytes,
}

/// Why an event was not appended.
pub(crate) enum NotAppended {
    Kind(AppendErrorKind),
    NoEntropy(EntropyError),
}

/// Appends an event and returns its number. The inner result says whether the store refuses it.
pub(crate) fn append(
    step: &Step<'_>,
    appending: &Appending,
) -> rusqlite::Result<Result<u64, NotAppended>> {
    let Appending {
        key, caps, event, ..
    } = appending;
    let refuse = |kind| Ok(Err(NotAppended::Kind(kind)));
    let Some(mut row) = LogRow::find(step, *key)? else {
        return refuse(AppendErrorKind::Closed);
    };
    if row.ended != 0 {
        return refuse(AppendErrorKind::Ended);
    }
    let len = to_number(event.len());
    let staying = match room::find(step, &row, *caps, len)? {
        Ok(staying) => staying,
        Err(kind) => return refuse(kind),
    };
    let seq = match insert(step, appending, &row)? {
        Some(Ok(seq)) => seq,
        Some(Err(error)) => return Ok(Err(NotAppended::NoEntropy(error))),
        None => return refuse(AppendErrorKind::Closed),
    };
    let gone = room::make(step, &mut row, staying)?;
    let empty_at = step.now().as_millis().saturating_add(row.max_age);
    step.execute(GROW, (row.id, row.first, seq, row.bytes + len, empty_at))?;
    room::count(step, &row.owner, len + OVERHEAD - gone)?;
    Ok(Ok(number(seq)))
}

/// Inserts the event behind the last one, and returns its number. `None` if no number is free.
fn insert(
    step: &Step<'_>,
    appending: &Appending,
    row: &LogRow,
) -> rusqlite::Result<Option<Result<i64, EntropyError>>> {
    let Appending {
        key, keys, event, ..
    } = appending;
    let (now, len) = (step.now().as_millis(), to_number(event.len()));
    let mut last = row.last;
    for _ in 0..2 {
        let seq = last + 1;
        let value = match keys.sealer.seal(&key.event_place(seq), event) {
            Ok(value) => value,
            Err(error) => return Ok(Some(Err(error))),
        };
        if step.execute(INSERT, (row.id, seq, now, len, value))? > 0 {
            return Ok(Some(Ok(seq)));
        }
        // The row says too little: it was changed. No number is given twice.
        let found = step.first(LAST, (row.id, MAX), |found| found.get(0))?;
        last = found.unwrap_or(seq);
    }
    Ok(None)
}
