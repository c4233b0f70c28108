//! Finding a session.

use sse_gate_resume::backend::SessionKey;

use super::row::FoundSession;
use crate::engine::Step;

/// What [`FoundSession::read`] reads.
macro_rules! found_columns {
    () => {
        "SELECT id, token, subject, version, closed IS NOT NULL, is_waiting, ends_at, idle, value FROM sessions "
    };
}
pub(super) use found_columns;

pub(super) const BY_ID: &str = concat!(found_columns!(), "WHERE id = ?1");
pub(super) const BY_TOKEN: &str = concat!(found_columns!(), "WHERE token = ?1");

/// Finds a session by its name or its token.
pub(crate) fn load(step: &Step<'_>, key: SessionKey) -> rusqlite::Result<Option<FoundSession>> {
    let now = step.now();
    let read = |row: &rusqlite::Row<'_>| FoundSession::read(row, now);
    match key {
        SessionKey::Id(id) => step.first(BY_ID, [id.as_bytes()], read),
        SessionKey::Token(token) => step.first(BY_TOKEN, [token.as_bytes()], read),
    }
}
