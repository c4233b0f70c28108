//! Withdrawing ends all entries of a subject.

use super::{count_out, sum};
use crate::engine::Step;
use crate::marks::Marks;
use sse_gate_seal::Tag;

pub(super) const WITHDRAW: &str =
    "DELETE FROM tokens WHERE subject = ?1 RETURNING ends_at, payload_len";

/// Begins a new epoch, marks the subject in it, and removes its entries. Returns how many were live.
pub(crate) fn withdraw(step: &Step<'_>, marks: &Marks, subject: Tag) -> rusqlite::Result<usize> {
    marks.mark(step, subject)?;
    let now = step.now().as_millis();
    let mut statement = step.connection().prepare_cached(WITHDRAW)?;
    let removed =
        statement.query_map([subject.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let removed: Vec<(i64, i64)> = removed.collect::<Result<_, _>>()?;
    let payload = sum(removed.iter().map(|(_, payload)| *payload));
    count_out(step.connection(), removed.len(), payload)?;
    Ok(removed.iter().filter(|(ends_at, _)| *ends_at > now).count())
}
