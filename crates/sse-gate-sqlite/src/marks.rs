//! Who was withdrawn, and when: [`Marks`].
//!
//! A withdrawal is one transaction: the epoch, the mark, and the deletion of the subject's rows. An insertion looks at
//! the mark in its own transaction, and there is one thread that writes. So either it sees the mark, or
//! the withdrawal finds its row.
//!
//! The rules are those of [`Withdrawals`](sse_gate_core::Withdrawals), but the epoch and the marks are kept in the
//! file. A grant that was made before a restart is judged as it would have been without one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use sse_gate_core::Epoch;

use crate::engine::Step;
use crate::file::{Name, add, number, set_number};
use sse_gate_seal::Tag;

/// For how many withdrawals the mark of each is remembered. A request for a token would have to be under
/// way for as long to be refused without need.
const REMEMBERED: i64 = 16_384;

/// A table of marks, and the numbers that belong to it.
#[derive(Debug)]
pub(crate) struct MarkTable {
    pub(crate) mark: &'static str,
    pub(crate) forget: &'static str,
    pub(crate) find: &'static str,
    clear: &'static str,
    epoch: Name,
    floor: Name,
}

/// Whose tokens were withdrawn.
pub(crate) const WITHDRAWALS: MarkTable = MarkTable {
    mark: "INSERT INTO withdrawals (subject, epoch) VALUES (?1, ?2)
        ON CONFLICT (subject) DO UPDATE SET epoch = excluded.epoch",
    forget: "DELETE FROM withdrawals WHERE epoch <= ?1",
    find: "SELECT epoch FROM withdrawals WHERE subject = ?1",
    clear: "DELETE FROM withdrawals",
    epoch: Name::Epoch,
    floor: Name::EpochFloor,
};

/// Whose sessions were revoked.
pub(crate) const REVOCATIONS: MarkTable = MarkTable {
    mark: "INSERT INTO revocations (subject, epoch) VALUES (?1, ?2)
        ON CONFLICT (subject) DO UPDATE SET epoch = excluded.epoch",
    forget: "DELETE FROM revocations WHERE epoch <= ?1",
    find: "SELECT epoch FROM revocations WHERE subject = ?1",
    clear: "DELETE FROM revocations",
    epoch: Name::SessionEpoch,
    floor: Name::SessionEpochFloor,
};

/// The present epoch, as far as it is committed. The rest is in the file. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Marks {
    present: Arc<AtomicU64>,
    table: &'static MarkTable,
}

impl Marks {
    /// Reads the epoch of a file.
    pub(crate) fn load(
        connection: &Connection,
        table: &'static MarkTable,
    ) -> rusqlite::Result<Self> {
        let epoch = to_epoch(number(connection, table.epoch)?);
        Ok(Self {
            present: Arc::new(AtomicU64::new(epoch.as_u64())),
            table,
        })
    }

    /// The present epoch.
    pub(crate) fn epoch(&self) -> Epoch {
        Epoch::from_u64(self.present.load(Ordering::Acquire))
    }

    /// Begins a new epoch, and marks the subject as withdrawn in it.
    pub(crate) fn mark(&self, step: &Step<'_>, subject: Tag) -> rusqlite::Result<()> {
        let table = self.table;
        add(step.connection(), table.epoch, 1)?;
        let epoch = number(step.connection(), table.epoch)?;
        step.execute(table.mark, (subject.as_bytes(), epoch))?;
        let floor = epoch.saturating_sub(REMEMBERED);
        if floor > 0 && step.execute(table.forget, [floor])? > 0 {
            set_number(step.connection(), table.floor, floor)?;
        }
        let present = Arc::clone(&self.present);
        step.after_commit(move || present.store(to_epoch(epoch).as_u64(), Ordering::Release));
        Ok(())
    }
}

/// Whether the subject was withdrawn since `epoch`. It is also `true` if that is forgotten, and if the
/// epoch has not come yet.
pub(crate) fn has_marked(
    step: &Step<'_>,
    table: &MarkTable,
    subject: Tag,
    epoch: Epoch,
) -> rusqlite::Result<bool> {
    let present = to_epoch(number(step.connection(), table.epoch)?);
    if epoch >= present {
        return Ok(epoch > present);
    }
    let floor = number(step.connection(), table.floor)?;
    let mark = step.first(table.find, [subject.as_bytes()], |row| row.get(0))?;
    Ok(to_epoch(floor.max(mark.unwrap_or(0))) > epoch)
}

/// Forgets all marks, so that every subject counts as withdrawn until now. It is for a file that may have lost
/// some of them.
pub(crate) fn forget_all(connection: &Connection) -> rusqlite::Result<()> {
    for table in [&WITHDRAWALS, &REVOCATIONS] {
        add(connection, table.epoch, 1)?;
        let epoch = number(connection, table.epoch)?;
        set_number(connection, table.floor, epoch)?;
        connection.execute(table.clear, [])?;
    }
    Ok(())
}

/// It is written as what it was, and never negative.
fn to_epoch(number: i64) -> Epoch {
    Epoch::from_u64(u64::try_from(number).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Database, DatabaseOptions};
    use pollster::block_on;

    /// C20: marks are forgotten in the order of their epochs. From then on every subject counts as withdrawn
    /// before that.
    #[test]
    fn forgetting_raises_the_floor() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(folder.path().join("a.db"), DatabaseOptions::unsealed());
        let database = database.unwrap();
        let shared = Arc::clone(database.shared());
        let tag = |name: &[u8]| shared.keys.tags.tag(name);
        let (alice, bob, carol) = (tag(b"alice"), tag(b"bob"), tag(b"carol"));
        let marks = shared.marks.clone();
        let start = marks.epoch();
        let checks = shared
            .engine
            .write(crate::engine::WhenAbandoned::Skip, move |step| {
                let present =
                    |step: &Step<'_>| number(step.connection(), Name::Epoch).map(to_epoch);
                marks.mark(step, alice)?;
                let after_alice = present(step)?;
                assert!(has_marked(step, &WITHDRAWALS, alice, start)?);
                assert!(!has_marked(step, &WITHDRAWALS, bob, start)?);
                assert!(!has_marked(step, &WITHDRAWALS, alice, after_alice)?);

                // As if many others had been withdrawn.
                add(step.connection(), Name::Epoch, REMEMBERED - 1)?;
                assert!(!has_marked(step, &WITHDRAWALS, bob, start)?);
                marks.mark(step, carol)?;
                assert!(
                    has_marked(step, &WITHDRAWALS, alice, start)?
                        && has_marked(step, &WITHDRAWALS, bob, start)?
                );
                assert!(!has_marked(step, &WITHDRAWALS, alice, after_alice)?);
                assert!(has_marked(step, &WITHDRAWALS, carol, after_alice)?);
                let marks_left = "SELECT count(*) FROM withdrawals";
                assert_eq!(step.first(marks_left, [], |row| row.get(0))?, Some(1));

                // The next one forgets no mark, and so all other subjects are as before.
                marks.mark(step, carol)?;
                assert!(!has_marked(step, &WITHDRAWALS, bob, after_alice)?);
                let next = Epoch::from_u64(present(step)?.as_u64() + 1);
                has_marked(step, &WITHDRAWALS, bob, next)
            });
        assert!(block_on(checks).unwrap(), "an epoch to come is refused");
    }
}
