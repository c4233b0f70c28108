//! Where a sealed value stands: [`Row`].

/// Keeps these bytes apart from every other use of the keys.
const DOMAIN: &[u8] = b"sse-gate-sqlite/1";

/// The table and the other columns of the row in which a sealed value stands.
///
/// They are the value's associated data. So a value that was moved to another row can't be opened, nor
/// one whose row was changed.
#[derive(Clone, Debug)]
pub(crate) struct Row(Vec<u8>);

impl Row {
    /// A row of this table, without columns yet.
    pub(crate) fn of(table: &str) -> Self {
        Self(DOMAIN.to_vec()).with(table.as_bytes())
    }

    /// The same row with one more column. Each is preceded by its length, so no two rows look alike.
    pub(crate) fn with(mut self, column: &[u8]) -> Self {
        self.0
            .extend_from_slice(&(column.len() as u64).to_be_bytes());
        self.0.extend_from_slice(column);
        self
    }

    /// The same row with one more column, a number.
    pub(crate) fn with_number(self, column: i64) -> Self {
        self.with(&column.to_be_bytes())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// D12
    #[test]
    fn no_two_rows_look_alike() {
        let rows = [
            Row::of("ab"),
            Row::of("a"),
            Row::of("a").with(b"b"),
            Row::of("a").with(b"b").with(b""),
            Row::of("a").with(b"").with(b"b"),
            Row::of("a").with_number(1),
        ];
        for (n, row) in rows.iter().enumerate() {
            assert!(rows[..n].iter().all(|other| other.0 != row.0), "{row:?}");
        }
    }
}
