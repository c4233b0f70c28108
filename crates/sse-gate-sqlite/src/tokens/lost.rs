//! Tokens that are lost: their rows were changed, and end later than a new token.
//!
//! No client can take such a token, and it would keep its place until it ends. It is looked for when there is no
//! room, and only among those that end later than the newcomer. If all tokens have one time to live, there are
//! none of those.

use sse_gate_core::{Cap, TokenKey};

use super::count_out;
use super::row::TokenRow;
use super::take::Taken;
use crate::engine::Step;
use crate::time::FileTime;
use sse_gate_seal::Sealer;

pub(super) const OF_SUBJECT: &str = "SELECT key, ends_at, subject, payload_len, value FROM tokens
    WHERE subject = ?1 AND ends_at > ?2 ORDER BY ends_at DESC LIMIT ?3";
pub(super) const OF_ALL: &str = "SELECT key, ends_at, subject, payload_len, value FROM tokens
    WHERE ends_at > ?1 ORDER BY ends_at DESC LIMIT ?2";
pub(super) const DROP: &str =
    "DELETE FROM tokens WHERE key = ?1 AND value = ?2 RETURNING payload_len";

/// How many of them are looked at.
const ROWS: i64 = 16;

/// A row as it is found. Nothing in it is known to be right yet.
pub(crate) struct FoundToken {
    key: Vec<u8>,
    ends_at: i64,
    subject: Vec<u8>,
    payload_len: i64,
    value: Vec<u8>,
}

impl FoundToken {
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            key: row.get(0)?,
            ends_at: row.get(1)?,
            subject: row.get(2)?,
            payload_len: row.get(3)?,
            value: row.get(4)?,
        })
    }

    /// Whether it can't be opened.
    pub(crate) fn is_lost(&self, sealer: &Sealer) -> bool {
        let Ok(key) = self.key.as_slice().try_into() else {
            return true;
        };
        let taken = Taken {
            key: TokenKey::from_bytes(key),
            ends_at: FileTime::from_millis(self.ends_at),
            subject: self.subject.clone(),
            payload_len: self.payload_len,
            value: self.value.clone(),
        };
        taken.open(sealer).is_err()
    }
}

/// Finds tokens that end later than a newcomer, among those that count for the cap that refuses it.
pub(crate) fn later_than(
    step: &Step<'_>,
    newcomer: &TokenRow,
    cap: Cap,
) -> rusqlite::Result<Vec<FoundToken>> {
    let ends_at = newcomer.ends_at.as_millis();
    let is_of_subject = matches!(cap, Cap::TokensPerSubject | Cap::PayloadPerSubject);
    if is_of_subject {
        let mut statement = step.connection().prepare_cached(OF_SUBJECT)?;
        let params = (newcomer.subject.as_bytes(), ends_at, ROWS);
        statement.query_map(params, FoundToken::read)?.collect()
    } else {
        let mut statement = step.connection().prepare_cached(OF_ALL)?;
        statement
            .query_map((ends_at, ROWS), FoundToken::read)?
            .collect()
    }
}

/// Drops tokens that are lost.
pub(crate) fn drop_lost(step: &Step<'_>, lost: &[FoundToken]) -> rusqlite::Result<()> {
    lost.iter().try_for_each(|token| {
        let dropped = step.first(DROP, (&token.key, &token.value), |row| row.get(0))?;
        dropped.map_or(Ok(()), |payload| count_out(step.connection(), 1, payload))
    })
}
