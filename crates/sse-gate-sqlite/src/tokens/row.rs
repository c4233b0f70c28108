//! A row of the table `tokens`: [`TokenRow`].

use sse_gate_core::TokenKey;

use crate::time::FileTime;
use sse_gate_seal::{Place, Tag};

/// All columns of a row, except for the value.
#[derive(Clone, Debug)]
pub(crate) struct TokenRow {
    pub(crate) key: TokenKey,
    pub(crate) ends_at: FileTime,
    pub(crate) subject: Tag,
    pub(crate) payload_len: i64,
}

impl TokenRow {
    /// Where the value stands. A value whose row was changed can't be opened.
    pub(crate) fn place(&self) -> Place {
        Place::of("tokens")
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

#[cfg(test)]
mod tests {
    use super::*;
    use sse_gate_core::SystemEntropy;
    use sse_gate_seal::IndexKey;

    /// D12: each column is part of the place, so a value can't be moved to a row that differs in one.
    #[test]
    fn every_column_makes_the_place() {
        let subjects = IndexKey::draw(&SystemEntropy).unwrap().into_index();
        let place = |key, millis, subject: &[u8], payload_len| {
            let row = TokenRow {
                key: TokenKey::from_bytes([key; 32]),
                ends_at: FileTime::from_millis(millis),
                subject: subjects.tag(subject),
                payload_len,
            };
            format!("{:?}", row.place())
        };
        let same = place(1, 1, b"alice", 1);
        assert_eq!(same, place(1, 1, b"alice", 1));
        for other in [
            place(2, 1, b"alice", 1),
            place(1, 2, b"alice", 1),
            place(1, 1, b"bob", 1),
            place(1, 1, b"alice", 2),
        ] {
            assert_ne!(same, other);
        }
    }
}
