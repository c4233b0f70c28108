//! A row of the table `sessions`: [`SessionRow`], and as it is found: [`FoundSession`].

use sse_gate_core::TokenKey;
use sse_gate_resume::backend::{Record, SessionId};

use crate::seal::{Row, Sealer, SubjectTag, Unsealable};
use crate::time::FileTime;

/// The columns of a row that a record determines.
#[derive(Clone, Debug)]
pub(crate) struct SessionRow {
    pub(crate) id: SessionId,
    pub(crate) token: TokenKey,
    pub(crate) subject: SubjectTag,
    pub(crate) is_closed: bool,
    pub(crate) is_waiting: bool,
    pub(crate) ends_at: FileTime,
    /// For how long it waits for its client, in milliseconds.
    pub(crate) idle: i64,
}

impl SessionRow {
    pub(crate) fn new(id: SessionId, record: &Record, subject: SubjectTag) -> Self {
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
    pub(crate) fn place(&self, version: i64) -> Row {
        place(self.id, &self.token, self.subject.as_bytes(), version)
    }
}

fn place(id: SessionId, token: &TokenKey, subject: &[u8], version: i64) -> Row {
    Row::of("sessions")
        .with(id.as_bytes())
        .with(token.as_bytes())
        .with(subject)
        .with_number(version)
}

/// A row as it is found.
pub(crate) struct FoundSession {
    pub(crate) id: SessionId,
    pub(crate) token: TokenKey,
    pub(crate) subject: Vec<u8>,
    pub(crate) version: i64,
    pub(crate) value: Vec<u8>,
    /// The time when it was found.
    pub(crate) now: FileTime,
}

impl FoundSession {
    /// The record in the row, as bytes.
    ///
    /// # Errors
    ///
    /// The value was forged, changed or moved.
    pub(crate) fn open(&self, sealer: &Sealer) -> Result<Vec<u8>, Unsealable> {
        let row = place(self.id, &self.token, &self.subject, self.version);
        sealer.open(&row, &self.value)
    }
}

/// A session's name of the bytes in a column.
pub(super) fn id_of(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<SessionId> {
    Ok(SessionId::from_bytes(row.get(column)?))
}
