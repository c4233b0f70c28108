//! Whether there is room for a newcomer.
//!
//! The totals are two numbers in the file. A subject's entries are found in an index, and they are no
//! more than its cap. So no step looks at more rows if the file has more of them.

use std::time::Duration;

use sse_gate_core::{Cap, FullError, Limits};

use super::ended::remove_ended;
use super::row::{TokenRow, to_number};
use crate::engine::Step;
use crate::file::{Name, number};
use crate::time::FileTime;

/// How long a client should wait when the whole store is full.
const RETRY_WHEN_ALL_IS_FULL: Duration = Duration::from_secs(1);

/// How many rows that have ended make room at a time.
const ROWS: usize = 256;

pub(super) const OF_SUBJECT: &str =
    "SELECT count(*), coalesce(sum(max(0, min(payload_len, 4294967295))), 0), coalesce(min(ends_at), 0)
    FROM tokens WHERE subject = ?1 AND ends_at > ?2";

/// Checks that the newcomer passes no cap of its subject. Entries that have ended don't count.
pub(crate) fn check_subject(
    step: &Step<'_>,
    limits: &Limits,
    newcomer: &TokenRow,
) -> rusqlite::Result<Result<(), FullError>> {
    let now = step.now();
    let subject = newcomer.subject.as_bytes();
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let found = step.first(OF_SUBJECT, (subject, now.as_millis()), read)?;
    let (tokens, payload, first_end): (i64, i64, i64) = found.unwrap_or_default();
    let cap = if tokens >= to_number(limits.max_tokens_per_subject()) {
        Cap::TokensPerSubject
    } else if payload.saturating_add(newcomer.payload_len)
        > to_number(limits.max_payload_bytes_per_subject())
    {
        Cap::PayloadPerSubject
    } else {
        return Ok(Ok(()));
    };
    // There is room again when the first entry ends.
    let retry_after = FileTime::from_millis(first_end).saturating_since(now);
    Ok(Err(FullError::new(cap, retry_after)))
}

/// Checks that the newcomer passes no cap of the whole store. Entries that have ended make room.
pub(crate) fn check_all(
    step: &Step<'_>,
    limits: &Limits,
    newcomer: &TokenRow,
) -> rusqlite::Result<Result<(), FullError>> {
    loop {
        let Some(cap) = cap_in_all(step, limits, newcomer)? else {
            return Ok(Ok(()));
        };
        if remove_ended(step, ROWS)? == 0 {
            return Ok(Err(FullError::new(cap, RETRY_WHEN_ALL_IS_FULL)));
        }
    }
}

fn cap_in_all(
    step: &Step<'_>,
    limits: &Limits,
    newcomer: &TokenRow,
) -> rusqlite::Result<Option<Cap>> {
    let total = |name| number(step.connection(), name);
    if total(Name::Tokens)? >= to_number(limits.max_tokens()) {
        return Ok(Some(Cap::TokensInAll));
    }
    let payload = newcomer.payload_len;
    let is_over = payload > 0
        && total(Name::TokenPayload)?.saturating_add(payload)
            > to_number(limits.max_payload_bytes());
    Ok(is_over.then_some(Cap::PayloadInAll))
}
