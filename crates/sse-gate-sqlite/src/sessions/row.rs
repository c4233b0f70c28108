//! A row of the table `sessions`: [`SessionRow`], and as it is found: [`FoundSession`].

use sse_gate_core::TokenKey;
use sse_gate_resume::backend::{NodeId, Record, SessionId};

use crate::file::FileKeys;
use crate::time::FileTime;
use sse_gate_seal::{Place, Tag};

/// The columns of a row that a record determines.
#[derive(Clone, Debug)]
pub(crate) struct SessionRow {
    pub(crate) id: SessionId,
    pub(crate) token: TokenKey,
    pub(crate) subject: Tag,
    pub(crate) is_closed: bool,
    pub(crate) is_waiting: bool,
    pub(crate) ends_at: FileTime,
    /// For how long it waits for its client, in milliseconds.
    pub(crate) idle: i64,
}

impl SessionRow {
    pub(crate) fn new(id: SessionId, record: &Record, subject: Tag) -> Self {
        let binding = record.binding();
        let idle = binding.policy.idle().as_millis();
        Self {
            id,
            token: binding.token,
            subject,
            is_closed: record.closed().is_some(),
            is_waiting: !record.is_attached(),
            ends_at: FileTime::from_steady(record.ends_at()),
            idle: i64::try_from(idle).unwrap_or(i64::MAX),
        }
    }

    /// Where the value of this version stands.
    pub(crate) fn place(&self, version: i64) -> Place {
        place(self.id, &self.token, self.subject.as_bytes(), version)
    }
}

fn place(id: SessionId, token: &TokenKey, subject: &[u8], version: i64) -> Place {
    Place::of("sessions")
        .with(id.as_bytes())
        .with(token.as_bytes())
        .with(subject)
        .with_number(version)
}

/// A row as it is found. Nothing in it is known to be right yet.
pub(crate) struct FoundSession {
    pub(super) id: Vec<u8>,
    token: Vec<u8>,
    subject: Vec<u8>,
    pub(super) version: i64,
    is_closed: bool,
    is_waiting: i64,
    ends_at: i64,
    idle: i64,
    pub(super) value: Vec<u8>,
    /// The time when it was found.
    pub(crate) now: FileTime,
}

/// What is in a row that was found, and can be read.
pub(crate) struct OpenedSession {
    pub(crate) id: SessionId,
    pub(crate) version: u64,
    pub(crate) record: Record,
}

impl FoundSession {
    pub(super) fn read(row: &rusqlite::Row<'_>, now: FileTime) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            token: row.get(1)?,
            subject: row.get(2)?,
            version: row.get(3)?,
            is_closed: row.get(4)?,
            is_waiting: row.get(5)?,
            ends_at: row.get(6)?,
            idle: row.get(7)?,
            value: row.get(8)?,
            now,
        })
    }

    /// The session in the row. `None` if it is lost: the value was forged, changed or moved, or the other
    /// columns are not those of its record. `node` is the process that has the file open.
    pub(crate) fn open(&self, keys: &FileKeys, node: NodeId) -> Option<OpenedSession> {
        let id = SessionId::from_bytes(self.id.as_slice().try_into().ok()?);
        let token = TokenKey::from_bytes(self.token.as_slice().try_into().ok()?);
        let place = place(id, &token, &self.subject, self.version);
        let bytes = keys.sealer.open(&place, &self.value).ok()?;
        let record = Record::from_bytes(&bytes).ok()?;
        let subject = record.binding().grant.subject().as_str().as_bytes();
        let row = SessionRow::new(id, &record, keys.tags.tag(subject));
        let is_recovered = record.is_attached() && !row.is_closed && record.node() != node;
        let is_right = token == row.token
            && self.subject == row.subject.as_bytes()
            && self.version < i64::MAX
            && self.shows(&row, is_recovered);
        let version = u64::try_from(self.version).ok()?;
        is_right.then_some(OpenedSession {
            id,
            version,
            record,
        })
    }

    /// Whether the columns by which the row is searched are those of the record. Those of a session whose
    /// process is gone have been [recovered](super::recover): it ends earlier.
    fn shows(&self, row: &SessionRow, is_recovered: bool) -> bool {
        let ends_at = row.ends_at.as_millis();
        let is_found = if is_recovered {
            self.ends_at <= ends_at
        } else {
            self.ends_at == ends_at && self.is_waiting == i64::from(row.is_waiting)
        };
        is_found && self.is_closed == row.is_closed && self.idle == row.idle
    }
}

/// A session's name of the bytes in a column, or the bytes if they are none.
pub(super) fn id_of(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<Result<SessionId, Vec<u8>>> {
    let bytes: Vec<u8> = row.get(column)?;
    Ok(bytes.try_into().map(SessionId::from_bytes))
}
