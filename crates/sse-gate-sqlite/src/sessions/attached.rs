//! Whether clients are there: [`are_attached`].

use crate::engine::Step;

pub(super) const FIRST_ATTACHED: &str =
    "SELECT min(opened) FROM sessions WHERE closed IS NULL AND is_waiting = 0";

/// A chore that cleans nothing up. While a client is connected there is more to do: after a crash, that client was there
/// until the time that was written down last.
pub(crate) fn are_attached(step: &Step<'_>, _: usize) -> rusqlite::Result<bool> {
    let first: Option<Option<i64>> = step.first(FIRST_ATTACHED, [], |row| row.get(0))?;
    Ok(first.flatten().is_some())
}
