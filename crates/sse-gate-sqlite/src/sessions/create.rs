//! Creating a session.

use sse_gate_core::Epoch;
use sse_gate_resume::SessionLimits;
use sse_gate_resume::error::SessionErrorKind;

use super::row::SessionRow;
use super::{count, forgotten};
use crate::engine::Step;
use crate::file::{Name, add, number};
use crate::marks::{self, REVOCATIONS};
use crate::tokens::to_number;

pub(super) const OF_SUBJECT: &str = "SELECT sessions FROM session_counts WHERE subject = ?1";
pub(super) const EXISTS: &str = "SELECT 1 FROM sessions WHERE id = ?1
    UNION ALL SELECT 1 FROM sessions WHERE token = ?2 LIMIT 1";
pub(super) const FORGET_FIRST: &str = "DELETE FROM sessions WHERE id = (
        SELECT id FROM sessions WHERE closed IS NOT NULL ORDER BY closed LIMIT 1
    )";
pub(super) const INSERT: &str = "INSERT INTO sessions
    (id, token, subject, version, opened, closed, is_waiting, ends_at, idle, value)
    VALUES (?1, ?2, ?3, 0, ?4, NULL, ?5, ?6, ?7, ?8)";

/// Creates a session whose token was shown in this epoch. The inner result says whether the store
/// refuses it.
pub(crate) fn create(
    step: &Step<'_>,
    limits: SessionLimits,
    newcomer: &SessionRow,
    epoch: Epoch,
    value: &[u8],
) -> rusqlite::Result<Result<(), SessionErrorKind>> {
    if marks::has_marked(step, &REVOCATIONS, newcomer.subject, epoch)? {
        return Ok(Err(SessionErrorKind::Revoked));
    }
    let (id, token) = (newcomer.id.as_bytes(), newcomer.token.as_bytes());
    if step.first(EXISTS, (id, token), |_| Ok(()))?.is_some() {
        return Ok(Err(SessionErrorKind::Exists));
    }
    let own = step.first(OF_SUBJECT, [newcomer.subject.as_bytes()], |row| row.get(0))?;
    if own.unwrap_or(0) >= to_number(limits.max_per_subject()) {
        return Ok(Err(SessionErrorKind::FullForSubject));
    }
    let total = || number(step.connection(), Name::Sessions);
    while total()? >= to_number(limits.max()) {
        let forgot = step.execute(FORGET_FIRST, [])?;
        if forgot == 0 {
            return Ok(Err(SessionErrorKind::Full));
        }
        forgotten(step.connection(), forgot)?;
    }
    add(step.connection(), Name::SessionsOpened, 1)?;
    let opened = number(step.connection(), Name::SessionsOpened)?;
    let SessionRow {
        subject,
        is_waiting,
        ends_at,
        idle,
        ..
    } = newcomer;
    let columns = (
        id,
        token,
        subject.as_bytes(),
        opened,
        is_waiting,
        ends_at.as_millis(),
        idle,
        value,
    );
    step.execute(INSERT, columns)?;
    add(step.connection(), Name::Sessions, 1)?;
    count(step, subject)?;
    Ok(Ok(()))
}
