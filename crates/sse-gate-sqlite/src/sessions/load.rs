//! Finding a session.

use sse_gate_core::TokenKey;
use sse_gate_resume::backend::SessionKey;

use super::row::{FoundSession, id_of};
use crate::engine::Step;

pub(super) const BY_ID: &str =
    "SELECT id, token, subject, version, value FROM sessions WHERE id = ?1";
pub(super) const BY_TOKEN: &str =
    "SELECT id, token, subject, version, value FROM sessions WHERE token = ?1";

/// Finds a session by its name or its token.
pub(crate) fn load(step: &Step<'_>, key: SessionKey) -> rusqlite::Result<Option<FoundSession>> {
    let now = step.now();
    let read = |row: &rusqlite::Row<'_>| {
        Ok(FoundSession {
            id: id_of(row, 0)?,
            token: TokenKey::from_bytes(row.get(1)?),
            subject: row.get(2)?,
            version: row.get(3)?,
            value: row.get(4)?,
            now,
        })
    };
    match key {
        SessionKey::Id(id) => step.first(BY_ID, [id.as_bytes()], read),
        SessionKey::Token(token) => step.first(BY_TOKEN, [token.as_bytes()], read),
    }
}
