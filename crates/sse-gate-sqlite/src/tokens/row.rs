//! A row of the table `tokens`: [`TokenRow`].

use sse_gate_core::TokenKey;

use crate::seal::{Row, SubjectTag};
use crate::time::FileTime;

/// All columns of a row, except for the value.
#[derive(Clone, Debug)]
pub(crate) struct TokenRow {
    pub(crate) key: TokenKey,
    pub(crate) ends_at: FileTime,
    pub(crate) subject: SubjectTag,
    pub(crate) payload_len: i64,
}

impl TokenRow {
    /// Where the value stands. A value whose row was changed can't be opened.
    pub(crate) fn place(&self) -> Row {
        Row::of("tokens")
            .with(self.key.as_bytes())
            .with_number(self.ends_at.as_millis())
            .with(self.subject.as_bytes())
            .with_number(self.payload_len)
    }
}

/// A count for SQLite, whose integers are signed.
pub(crate) fn to_number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
