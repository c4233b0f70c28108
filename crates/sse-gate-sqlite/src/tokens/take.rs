//! Taking finds and removes in one statement.

use sse_gate_core::{Entry, StoreError, TokenKey};

use super::count_out;
use super::row::TokenRow;
use crate::engine::Step;
use crate::time::FileTime;
use sse_gate_seal::{Sealer, Tag};

pub(super) const TAKE: &str = "DELETE FROM tokens WHERE key = ?1 AND ends_at > ?2
    RETURNING ends_at, subject, payload_len, value";

/// A row that was removed.
pub(crate) struct Taken {
    pub(super) key: TokenKey,
    pub(super) ends_at: FileTime,
    pub(super) subject: Vec<u8>,
    pub(super) payload_len: i64,
    pub(super) value: Vec<u8>,
}

/// Removes the row under a key, if it has not ended.
pub(crate) fn take(step: &Step<'_>, key: TokenKey) -> rusqlite::Result<Option<Taken>> {
    let params = (key.as_bytes(), step.now().as_millis());
    let taken = step.first(TAKE, params, |found| {
        Ok(Taken {
            key,
            ends_at: FileTime::from_millis(found.get(0)?),
            subject: found.get(1)?,
            payload_len: found.get(2)?,
            value: found.get(3)?,
        })
    })?;
    if let Some(taken) = &taken {
        count_out(step.connection(), 1, taken.payload_len)?;
    }
    Ok(taken)
}

impl Taken {
    /// The entry in the row.
    ///
    /// # Errors
    ///
    /// The value was forged, changed or moved, or is of a version that this code does not know.
    pub(crate) fn open(self, sealer: &Sealer) -> Result<Entry, StoreError> {
        let subject = Tag::from_slice(&self.subject);
        let row = TokenRow {
            key: self.key,
            ends_at: self.ends_at,
            subject: subject.ok_or_else(|| StoreError::corrupt("subject is no tag"))?,
            payload_len: self.payload_len,
        };
        let opened = sealer.open(&row.place(), &self.value);
        let bytes = opened.map_err(StoreError::corrupt)?;
        let entry = Entry::from_bytes(bytes).map_err(StoreError::corrupt)?;
        if entry.key() != self.key {
            return Err(StoreError::corrupt("entry is of another token"));
        }
        Ok(entry)
    }
}
