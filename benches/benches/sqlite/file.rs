//! Files, and how bare rusqlite works on them.

use std::sync::{Arc, Mutex};

use rusqlite::{Connection, OptionalExtension, Params, Row};
use sse_gate_sqlite::{Database, DatabaseOptions, Durability, SealingKey, SealingKeys};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// The statement that reads a number of the table `state`, and the one that adds to it.
pub(crate) const STATE: &str = "SELECT value FROM state WHERE name = ?1";
pub(crate) const ADD: &str = "INSERT INTO state (name, value) VALUES (?1, ?2)
    ON CONFLICT (name) DO UPDATE SET value = value + excluded.value";

/// A folder on the disk of the build, as a temporary folder may be in memory.
pub(crate) fn folder() -> TempDir {
    TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder")
}

pub(crate) fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).build().expect("two threads")
}

pub(crate) fn unsealed() -> DatabaseOptions {
    DatabaseOptions::unsealed()
}

pub(crate) fn sealed() -> DatabaseOptions {
    DatabaseOptions::sealed(SealingKeys::new(SealingKey::new([7; 32])))
}

pub(crate) fn database(folder: &TempDir, options: DatabaseOptions) -> Database {
    Database::open(folder.path().join("bench.db"), options).expect("a new file")
}

/// A connection to a file that our store has made and closed.
pub(crate) struct Bare(Connection);

impl Bare {
    pub(crate) fn open(folder: &TempDir, durability: Durability) -> Self {
        let connection = Connection::open(folder.path().join("bench.db")).expect("our file");
        let synchronous = match durability {
            Durability::Normal => "NORMAL",
            Durability::Full => "FULL",
        };
        for (pragma, value) in [
            ("journal_mode", "WAL"),
            ("synchronous", synchronous),
            ("cache_size", "-16384"),
        ] {
            let set = connection.pragma_update(None, pragma, value);
            set.expect("a setting");
        }
        connection.set_prepared_statement_cache_capacity(64);
        Self(connection)
    }

    /// Runs statements in one transaction.
    pub(crate) fn commit<T>(&self, work: impl FnOnce() -> T) -> T {
        self.execute("BEGIN IMMEDIATE", []);
        let done = work();
        self.execute("COMMIT", []);
        done
    }

    /// Runs a statement. Returns how many rows it has changed.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> usize {
        let mut statement = self.0.prepare_cached(sql).expect("a statement");
        statement.execute(params).expect("it runs")
    }

    /// The first row of a query, if there is one.
    pub(crate) fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Option<T> {
        let mut statement = self.0.prepare_cached(sql).expect("a query");
        let found = statement.query_row(params, read).optional();
        found.expect("it runs")
    }

    /// A number of the table `state`.
    pub(crate) fn number(&self, name: &str) -> i64 {
        self.first(STATE, [name], |row| row.get(0)).unwrap_or(0)
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.0
    }
}

/// What people write: a connection behind a mutex, in the runtime's pool for what blocks.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Bare>>);

impl Shared {
    pub(crate) fn new(bare: Bare) -> Self {
        Self(Arc::new(Mutex::new(bare)))
    }

    /// Does the work in a thread of the pool.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Bare) -> T + Send + 'static,
    ) -> T {
        let Self(bare) = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&bare.lock().expect("no panic")));
        done.await.expect("no panic")
    }
}
