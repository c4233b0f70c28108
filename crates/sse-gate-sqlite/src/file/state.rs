//! Single values that the file keeps, by [`Name`].

use rusqlite::{Connection, OptionalExtension};

/// The name of a value in the table `state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// 32 random bytes that tell this file from others.
    File,
    /// The key of the subjects' tags, sealed.
    IndexKey,
    /// A moment by the file's time, in milliseconds.
    MarkTime,
    /// The same moment by the wall clock, in Unix milliseconds.
    MarkWall,
    /// 1 while a process has the file open, 0 when it was closed.
    IsOpen,
    /// 1 if the last process that opened the file flushed each commit, else 0.
    IsFlushed,
    /// What the operating system calls the time since it started.
    Boot,
    /// The number of withdrawals.
    Epoch,
    /// The newest epoch whose withdrawal was forgotten.
    EpochFloor,
    /// The number of rows in `tokens`.
    Tokens,
    /// The sum of `payload_len` in `tokens`.
    TokenPayload,
    /// The number of rows in `sessions`.
    Sessions,
    /// How many sessions were ever opened.
    SessionsOpened,
    /// How many sessions were ever closed.
    SessionsClosed,
    /// The number of revocations.
    SessionEpoch,
    /// The newest epoch whose revocation was forgotten.
    SessionEpochFloor,
    /// The number of rows in `logs`.
    Logs,
    /// The sum of `bytes` in `logs`.
    LogBytes,
}

impl Name {
    fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::IndexKey => "index_key",
            Self::MarkTime => "mark_time",
            Self::MarkWall => "mark_wall",
            Self::IsOpen => "is_open",
            Self::IsFlushed => "is_flushed",
            Self::Boot => "boot",
            Self::Epoch => "epoch",
            Self::EpochFloor => "epoch_floor",
            Self::Tokens => "tokens",
            Self::TokenPayload => "token_payload",
            Self::Sessions => "sessions",
            Self::SessionsOpened => "sessions_opened",
            Self::SessionsClosed => "sessions_closed",
            Self::SessionEpoch => "session_epoch",
            Self::SessionEpochFloor => "session_epoch_floor",
            Self::Logs => "logs",
            Self::LogBytes => "log_bytes",
        }
    }
}

const READ: &str = "SELECT value FROM state WHERE name = ?1";
const WRITE: &str = "INSERT INTO state (name, value) VALUES (?1, ?2)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const ADD: &str = "INSERT INTO state (name, value) VALUES (?1, ?2)
    ON CONFLICT (name) DO UPDATE SET
        value = max(0, min(9223372036854775807, value + excluded.value))";

/// Numbers that a damaged file may not have. Those that count rows are counted anew.
const DAMAGED: &str = "SELECT count(*) FROM state
    WHERE name NOT IN ('file', 'index_key', 'boot', 'tokens', 'token_payload', 'sessions', 'logs', 'log_bytes')
        AND NOT (typeof(value) = 'integer' AND value BETWEEN 0 AND 4611686018427387904)";

/// Whether each number that is not counted anew is one that we can have written.
pub(super) fn has_sound_numbers(connection: &Connection) -> rusqlite::Result<bool> {
    let damaged: i64 = connection.query_row(DAMAGED, [], |row| row.get(0))?;
    Ok(damaged == 0)
}

/// Reads a number. It is 0 if it was never written.
pub(crate) fn number(connection: &Connection, name: Name) -> rusqlite::Result<i64> {
    let mut statement = connection.prepare_cached(READ)?;
    let found = statement
        .query_row([name.as_str()], |row| row.get(0))
        .optional();
    Ok(found?.unwrap_or(0))
}

/// Writes a number.
pub(crate) fn set_number(connection: &Connection, name: Name, value: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(WRITE)?
        .execute((name.as_str(), value))
        .map(drop)
}

/// Adds to a number. None of them is ever negative, or too large for SQLite, even if the file was changed.
pub(crate) fn add(connection: &Connection, name: Name, more: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(ADD)?
        .execute((name.as_str(), more))
        .map(drop)
}

/// Reads bytes. `None` if they were never written.
pub(super) fn bytes(connection: &Connection, name: Name) -> rusqlite::Result<Option<Vec<u8>>> {
    let mut statement = connection.prepare_cached(READ)?;
    statement
        .query_row([name.as_str()], |row| row.get(0))
        .optional()
}

/// Writes bytes.
pub(super) fn set_bytes(connection: &Connection, name: Name, value: &[u8]) -> rusqlite::Result<()> {
    connection
        .prepare_cached(WRITE)?
        .execute((name.as_str(), value))
        .map(drop)
}
