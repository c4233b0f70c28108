//! A row of the table `logs`: [`LogKey`] finds it, [`LogRow`] is what an append needs of it.

use sse_gate_resume::backend::{Bounds, LogEnd, LogEpoch, NodeId};

use crate::engine::Step;
use sse_gate_seal::{Place, Tag};

/// Finds a log: the tag of its name, and its epoch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogKey {
    pub(crate) name: Tag,
    pub(crate) epoch: LogEpoch,
}

impl LogKey {
    /// Where the value of an event stands. A value that was moved to another log, or to another number, can't be
    /// opened.
    pub(crate) fn event_place(&self, seq: i64) -> Place {
        Place::of("events")
            .with(self.name.as_bytes())
            .with(&self.epoch.to_bytes())
            .with_number(seq)
    }
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

/// The log of a name, if its row can be that of a log.
pub(super) type Found = Result<(LogEpoch, LogRow), LostLog>;

/// A log whose row can't be that of a log any more.
pub(super) struct LostLog {
    pub(super) id: i64,
    pub(super) owner: Vec<u8>,
}

pub(super) const BY_NAME: &str = "SELECT id, owner, writer, ended, first, last, bytes, max_events,
    max_bytes, max_age, epoch FROM logs WHERE name = ?1";

pub(super) const ALL: &str = "SELECT id, owner, writer, ended, first, last, bytes, max_events,
    max_bytes, max_age, epoch FROM logs";

/// No log has so many events or bytes. Sums of two such numbers are numbers, too.
pub(super) const MAX: i64 = i64::MAX / 4;

impl LogRow {
    pub(super) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Found> {
        let (id, owner, writer): (i64, Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let epoch: Vec<u8> = row.get(10)?;
        let (Ok(writer), Ok(epoch)) = (writer.try_into(), epoch.try_into()) else {
            return Ok(Err(LostLog { id, owner }));
        };
        let found = Self {
            id,
            owner,
            writer: NodeId::from_bytes(writer),
            ended: row.get(3)?,
            first: row.get(4)?,
            last: row.get(5)?,
            bytes: row.get(6)?,
            max_events: row.get(7)?,
            max_bytes: row.get(8)?,
            max_age: row.get(9)?,
        };
        if found.is_sound() {
            Ok(Ok((LogEpoch::from_bytes(epoch), found)))
        } else {
            let Self { id, owner, .. } = found;
            Ok(Err(LostLog { id, owner }))
        }
    }

    fn is_sound(&self) -> bool {
        let limits = [self.max_events, self.max_bytes, self.max_age];
        self.first >= 1
            && self.last < MAX
            && self.first - 1 <= self.last
            && (0..MAX).contains(&self.bytes)
            && limits.iter().all(|limit| *limit >= 0)
    }

    /// The log of a name, with its epoch.
    pub(super) fn by_name(step: &Step<'_>, name: Tag) -> rusqlite::Result<Option<Found>> {
        step.first(BY_NAME, [name.as_bytes()], Self::read)
    }

    /// The log of a name and an epoch. A log that is lost is not found.
    pub(super) fn find(step: &Step<'_>, key: LogKey) -> rusqlite::Result<Option<Self>> {
        let found = Self::by_name(step, key.name)?;
        Ok(match found {
            Some(Ok((epoch, row))) if epoch == key.epoch => Some(row),
            _ => None,
        })
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

/// It is written as what it was, and never negative.
pub(super) fn number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
