//! A row of the table `logs`: [`LogKey`] finds it, [`LogRow`] is what an append needs of it.

use sse_gate_resume::backend::{Bounds, LogEnd, LogEpoch, NodeId};

use crate::engine::Step;
use crate::seal::{Row, SubjectTag};

/// Finds a log: the tag of its name, and its epoch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogKey {
    pub(crate) name: SubjectTag,
    pub(crate) epoch: LogEpoch,
}

/// A log as it is found.
pub(super) struct LogRow {
    pub(super) id: i64,
    pub(super) owner: Vec<u8>,
    pub(super) writer: NodeId,
    pub(super) ended: i64,
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) bytes: i64,
    pub(super) max_events: i64,
    pub(super) max_bytes: i64,
    pub(super) max_age: i64,
}

pub(super) const BY_NAME: &str = "SELECT id, owner, writer, ended, first, last, bytes, max_events,
    max_bytes, max_age, epoch FROM logs WHERE name = ?1";

impl LogRow {
    /// The log of a name, with its epoch.
    pub(super) fn by_name(
        step: &Step<'_>,
        name: SubjectTag,
    ) -> rusqlite::Result<Option<(LogEpoch, Self)>> {
        step.first(BY_NAME, [name.as_bytes()], |row| {
            let found = Self {
                id: row.get(0)?,
                owner: row.get(1)?,
                writer: NodeId::from_bytes(row.get(2)?),
                ended: row.get(3)?,
                first: row.get(4)?,
                last: row.get(5)?,
                bytes: row.get(6)?,
                max_events: row.get(7)?,
                max_bytes: row.get(8)?,
                max_age: row.get(9)?,
            };
            Ok((LogEpoch::from_bytes(row.get(10)?), found))
        })
    }

    /// The log of a name and an epoch.
    pub(super) fn find(step: &Step<'_>, key: LogKey) -> rusqlite::Result<Option<Self>> {
        let found = Self::by_name(step, key.name)?;
        Ok(found.and_then(|(epoch, row)| (epoch == key.epoch).then_some(row)))
    }

    pub(super) fn bounds(&self) -> Bounds {
        Bounds {
            first: number(self.first),
            last: number(self.last),
            end: match self.ended {
                0 => None,
                1 => Some(LogEnd::Complete),
                _ => Some(LogEnd::Failed),
            },
        }
    }

    /// Whether its one writer is gone with its process, and has not ended it.
    pub(super) fn is_orphaned(&self, node: NodeId) -> bool {
        self.ended == 0 && self.writer != NodeId::NONE && self.writer != node
    }
}

/// Where the value of an event stands.
pub(crate) fn event_place(epoch: LogEpoch, seq: i64) -> Row {
    Row::of("events").with(&epoch.to_bytes()).with_number(seq)
}

/// It is written as what it was, and never negative.
pub(super) fn number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
