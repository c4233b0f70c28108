//! The tables, version by version, and whether a file has them.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::DatabaseErrorKind;
use crate::fault::Fault;

/// How to recognise our files (`PRAGMA application_id`): `SSEG` in ASCII.
const APPLICATION: i32 = 0x5353_4547;

/// Each brings a file to the next version, the first an empty file to version 1. A migration that was
/// released never changes. `user_version` says how many of them a file has seen.
const MIGRATIONS: [&str; 2] = [include_str!("schema/1.sql"), include_str!("schema/2.sql")];

/// Files up to this size are read whole at the start. In a larger one SQLite notices damage when it gets
/// to it.
const SMALL: u64 = 32 * 1024 * 1024;

/// Checks that the file is ours or empty. It changes nothing.
pub(super) fn check_identity(connection: &Connection) -> Result<(), Fault> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let application = number("application_id").map_err(not_a_database)?;
    let version = number("user_version")?;
    let objects: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (application, usize::try_from(version)) {
        (0, Ok(0)) if objects == 0 => Ok(()),
        (APPLICATION, Ok(version)) if version <= MIGRATIONS.len() => Ok(()),
        (APPLICATION, Ok(_)) => Err(DatabaseErrorKind::Newer.into()),
        (APPLICATION, Err(_)) => Err(DatabaseErrorKind::Corrupt.into()),
        _ => Err(DatabaseErrorKind::Foreign.into()),
    }
}

/// The first statement reads the first page, and finds out whether it is one of SQLite.
fn not_a_database(error: rusqlite::Error) -> Fault {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => {
            Fault::because(DatabaseErrorKind::Foreign, error)
        }
        _ => error.into(),
    }
}

/// Brings the file to the newest version, each migration in a transaction of its own.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    for (n, migration) in (1..).zip(MIGRATIONS) {
        let step = Transaction::new(connection, TransactionBehavior::Immediate)?;
        let version: i32 = step.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version < n {
            step.execute_batch(migration)?;
            step.pragma_update(None, "application_id", APPLICATION)?;
            step.pragma_update(None, "user_version", n)?;
        }
        step.commit()?;
    }
    Ok(())
}

/// Checks that the file has exactly the tables that the migrations make, and, if it is small, that none
/// of its pages is damaged.
pub(super) fn check_tables(connection: &Connection, size: u64) -> Result<(), Fault> {
    let mut fresh = Connection::open_in_memory()?;
    migrate(&mut fresh)?;
    if objects(connection)? != objects(&fresh)? {
        return Err(DatabaseErrorKind::Corrupt.into());
    }
    if size > SMALL {
        return Ok(());
    }
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        Ok(())
    } else {
        Err(Fault::because(DatabaseErrorKind::Corrupt, found))
    }
}

/// Everything in the schema: what it is, its name, and how it was made.
type Object = (String, String, Option<String>);

fn objects(connection: &Connection) -> rusqlite::Result<Vec<Object>> {
    // A backup tool may have left statistics. The tables of those begin with `sqlite_stat`.
    let mut statement = connection.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_stat*' ORDER BY name",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E14: a migration runs once, and a file that is up to date is left alone.
    #[test]
    fn migrations_run_once() {
        let mut connection = Connection::open_in_memory().unwrap();
        check_identity(&connection).unwrap();
        for _ in 0..3 {
            migrate(&mut connection).unwrap();
            check_identity(&connection).unwrap();
            check_tables(&connection, 0).unwrap();
        }
        connection.execute_batch("ANALYZE").unwrap();
        check_tables(&connection, 0).unwrap();
    }

    /// A migration that fails in its midst leaves the file as it was.
    #[test]
    fn a_migration_is_whole() {
        let mut connection = Connection::open_in_memory().unwrap();
        let create = "CREATE TABLE withdrawals (subject)";
        connection.execute_batch(create).unwrap();
        assert!(migrate(&mut connection).is_err());
        let names: Vec<_> = objects(&connection).unwrap();
        assert_eq!(names.len(), 1, "{names:?}");
    }
    /// A file of ours with a version that was never given is damaged. It is not another program's.
    #[test]
    fn a_version_below_zero_is_damage() {
        let connection = Connection::open_in_memory().unwrap();
        for (name, value) in [("application_id", APPLICATION), ("user_version", -1)] {
            connection.pragma_update(None, name, value).unwrap();
        }
        let error = check_identity(&connection).unwrap_err();
        let kind = crate::DatabaseError::from(error).kind();
        assert_eq!(kind, DatabaseErrorKind::Corrupt);
    }
}
