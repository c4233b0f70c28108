//! Inserting only creates.

use sse_gate_core::{Epoch, Limits, StoreError};

use super::row::TokenRow;
use super::{caps, count_out};
use crate::engine::Step;
use crate::file::{Name, add};
use crate::marks;

pub(super) const INSERT: &str = "INSERT INTO tokens (key, ends_at, subject, payload_len, value)
    VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key) DO NOTHING";
pub(super) const REMOVE_ENDED: &str =
    "DELETE FROM tokens WHERE key = ?1 AND ends_at <= ?2 RETURNING payload_len";

/// Inserts an entry whose subject was authenticated in this epoch. The inner result says whether the
/// store refuses it.
pub(crate) fn insert(
    step: &Step<'_>,
    limits: &Limits,
    newcomer: &TokenRow,
    epoch: Epoch,
    value: &[u8],
) -> rusqlite::Result<Result<(), StoreError>> {
    if marks::has_marked(step, &marks::WITHDRAWALS, newcomer.subject, epoch)? {
        return Ok(Err(StoreError::withdrawn()));
    }
    if let Err(full) = caps::check_subject(step, limits, newcomer)? {
        return Ok(Err(full.into()));
    }
    if let Err(full) = caps::check_all(step, limits, newcomer)? {
        return Ok(Err(full.into()));
    }
    let is_new = create(step, newcomer, value)?
        || (remove_ended(step, newcomer)? && create(step, newcomer, value)?);
    Ok(is_new.then_some(()).ok_or_else(StoreError::exists))
}

/// Creates the row, and counts it. Returns `false` if its key is taken.
fn create(step: &Step<'_>, newcomer: &TokenRow, value: &[u8]) -> rusqlite::Result<bool> {
    let TokenRow {
        key,
        ends_at,
        subject,
        payload_len,
    } = newcomer;
    let columns = (
        key.as_bytes(),
        ends_at.as_millis(),
        subject.as_bytes(),
        payload_len,
        value,
    );
    if step.execute(INSERT, columns)? == 0 {
        return Ok(false);
    }
    add(step.connection(), Name::Tokens, 1)?;
    if *payload_len > 0 {
        add(step.connection(), Name::TokenPayload, *payload_len)?;
    }
    Ok(true)
}

/// Removes the row under the newcomer's key if it has ended. Returns whether it had.
fn remove_ended(step: &Step<'_>, newcomer: &TokenRow) -> rusqlite::Result<bool> {
    let params = (newcomer.key.as_bytes(), step.now().as_millis());
    let removed = step.first(REMOVE_ENDED, params, |row| row.get(0))?;
    if let Some(payload_len) = removed {
        count_out(step.connection(), 1, payload_len)?;
    }
    Ok(removed.is_some())
}
