//! Where a sealed value stands: [`Place`].

/// Keeps these bytes apart from every other use of the keys.
const DOMAIN: &[u8] = b"sse-gate-seal/1";

/// The table and the other columns of the row in which a sealed value stands.
///
/// They are the value's associated data. So a value that was moved to another row can't be opened, nor
/// one whose row was changed.
///
/// ```
/// use std::sync::Arc;
/// use sse_gate_core::SystemEntropy;
/// use sse_gate_seal::{Place, Realm, Sealer, SealingKey, SealingKeys};
///
/// let keys = SealingKeys::new(SealingKey::new([7; 32]));
/// let sealer = Sealer::new(Some(&keys), &Realm::new("my-store", [1; 32]), Arc::new(SystemEntropy));
/// let first = Place::of("events").with(b"news").with_number(1);
/// let value = sealer.seal(&first, b"hello")?;
///
/// // The number of the event was changed in the store.
/// assert!(sealer.open(&Place::of("events").with(b"news").with_number(2), &value).is_err());
/// # Ok::<(), sse_gate_core::EntropyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Place(Vec<u8>);

impl Place {
    /// A row of this table, without columns yet.
    pub fn of(table: &str) -> Self {
        Self(DOMAIN.to_vec()).with(table.as_bytes())
    }

    /// The same row with one more column. Each is preceded by its length, so no two rows look alike.
    pub fn with(mut self, column: &[u8]) -> Self {
        self.0
            .extend_from_slice(&(column.len() as u64).to_be_bytes());
        self.0.extend_from_slice(column);
        self
    }

    /// The same row with one more column, a number.
    pub fn with_number(self, column: i64) -> Self {
        self.with(&column.to_be_bytes())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
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
            Place::of("ab"),
            Place::of("a"),
            Place::of("a").with(b"b"),
            Place::of("a").with(b"b").with(b""),
            Place::of("a").with(b"").with(b"b"),
            Place::of("a").with_number(1),
        ];
        for (n, row) in rows.iter().enumerate() {
            assert!(rows[..n].iter().all(|other| other.0 != row.0), "{row:?}");
        }
    }
}
