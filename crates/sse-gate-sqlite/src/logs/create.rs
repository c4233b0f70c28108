//! Creating a log.

use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::NodeId;
use sse_gate_resume::error::LogErrorKind;

use super::free::{self, free_unused};
use super::row::LogKey;
use crate::engine::Step;
use crate::file::{Name, add, number};
use crate::tokens::to_number;
use sse_gate_seal::Tag;

pub(super) const INSERT: &str = "INSERT INTO logs
    (name, epoch, owner, writer, in_use, ended, first, last, bytes, max_events, max_bytes, max_age, empty_at)
    VALUES (?1, ?2, ?3, ?4, 1, 0, 1, 0, 0, ?5, ?6, ?7, ?8) ON CONFLICT (name) DO NOTHING";

/// A log that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct Newcomer {
    pub(crate) key: LogKey,
    pub(crate) limits: LogLimits,
    pub(crate) owner: Option<Tag>,
    /// The process that writes it alone, or none.
    pub(crate) writer: NodeId,
}

/// Makes an empty log. The inner result says whether the store refuses it.
pub(crate) fn create(
    step: &Step<'_>,
    max_logs: usize,
    newcomer: &Newcomer,
) -> rusqlite::Result<Result<(), LogErrorKind>> {
    let total = || number(step.connection(), Name::Logs);
    if total()? >= to_number(max_logs) && free_unused(step, 1)? == 0 {
        return Ok(Err(LogErrorKind::Full));
    }
    let age = i64::try_from(newcomer.limits.max_age().as_millis()).unwrap_or(i64::MAX);
    let owner = newcomer.owner.as_ref();
    let columns = (
        newcomer.key.name.as_bytes(),
        newcomer.key.epoch.to_bytes(),
        owner.map_or(&[][..], |owner| &owner.as_bytes()[..]),
        newcomer.writer.to_bytes(),
        to_number(newcomer.limits.max_events()),
        to_number(newcomer.limits.max_bytes()),
        age,
        step.now().as_millis().saturating_add(age),
    );
    let is_new = step.execute(INSERT, columns)? > 0
        || (free::by_name(step, newcomer.key.name)?.is_none()
            && step.execute(INSERT, columns)? > 0);
    if !is_new {
        return Ok(Err(LogErrorKind::Exists));
    }
    // The number of a log that is gone is used again. Its events are gone with it, or belong to no log.
    step.execute(free::DROP_EVENTS, [step.connection().last_insert_rowid()])?;
    add(step.connection(), Name::Logs, 1)?;
    Ok(Ok(()))
}
