//! Connections to the file, and how they are set.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::Durability;

/// How long a statement waits while another program, a backup say, holds SQLite's lock.
const BUSY: Duration = Duration::from_millis(50);

/// The page cache of the thread that writes, in KiB. Keys are random, so each write finds other pages.
const CACHE_KIB: i64 = 16 * 1024;

/// The write-ahead log is cut to this many bytes when it has grown beyond.
const MAX_LOG: i64 = 16 * 1024 * 1024;

/// More than there are statements in this crate.
const STATEMENTS: usize = 64;

/// A connection that may write.
pub(super) fn read_write(path: &Path) -> rusqlite::Result<Connection> {
    open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
}

/// A connection that can't write.
pub(crate) fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

fn open(path: &Path, mode: OpenFlags) -> rusqlite::Result<Connection> {
    // Each connection stays on one thread at a time.
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    distrust(&connection)?;
    Ok(connection)
}

/// Someone else may have written to the file: it runs no code of its own.
fn distrust(connection: &Connection) -> rusqlite::Result<()> {
    for (setting, value) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
    ] {
        connection.set_db_config(setting, value)?;
    }
    connection.pragma_update(None, "cell_size_check", true)
}

/// Sets the journal and how it is flushed. It writes to the file, so the file is known to be ours.
pub(super) fn set_journal(connection: &Connection, durability: Durability) -> rusqlite::Result<()> {
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        // SQLite changes nothing, and does not say why.
        let error = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN);
        let words = "this place can't have a write-ahead log".to_owned();
        return Err(rusqlite::Error::SqliteFailure(error, Some(words)));
    }
    connection.pragma_update(None, "synchronous", durability.synchronous())?;
    // On macOS a flush does not reach the disk without it. Elsewhere it changes nothing.
    connection.pragma_update(None, "fullfsync", durability == Durability::Full)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "journal_size_limit", MAX_LOG)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// D12: triggers and views that are in the file don't run, and no statement can write to its schema.
    #[test]
    fn a_file_runs_no_code_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let stranger = Connection::open(&path).unwrap();
        let schema = "CREATE TABLE rows (row);
            CREATE VIEW planted AS SELECT 1;
            CREATE TRIGGER drop_all AFTER INSERT ON rows BEGIN DELETE FROM rows; END;";
        stranger.execute_batch(schema).unwrap();
        let connection = read_write(&path).unwrap();
        connection
            .execute("INSERT INTO rows VALUES (1)", [])
            .unwrap();
        let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        assert_eq!(number("SELECT count(*) FROM rows").unwrap(), 1);
        assert!(number("SELECT * FROM planted").is_err());
        let write = "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema";
        assert!(connection.execute_batch(write).is_err());
        assert_eq!(number("PRAGMA cell_size_check").unwrap(), 1);
    }
    /// E12: how the file is flushed is what was asked for, and its log does not stay large.
    #[test]
    fn the_journal_is_set_by_the_durability() {
        for (durability, synchronous, fullfsync) in
            [(Durability::Full, 2, 1), (Durability::Normal, 1, 0)]
        {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.db");
            std::fs::write(&path, "").unwrap();
            let connection = read_write(&path).unwrap();
            set_journal(&connection, durability).unwrap();
            for (name, value) in [
                ("synchronous", synchronous),
                ("fullfsync", fullfsync),
                ("cache_size", -16_384),
                ("journal_size_limit", 16_777_216),
            ] {
                let found = connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
                assert_eq!(found.unwrap(), value, "{durability:?}: {name}");
            }
        }
    }
}
