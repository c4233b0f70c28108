//! What a job works with: [`Step`].

use std::cell::RefCell;

use rusqlite::{Connection, Params, Row};

use crate::time::{FileClock, FileTime};

/// Runs when the transaction of a step was committed, before anyone is answered.
pub(super) type AfterCommit = Box<dyn FnOnce() + Send>;

/// One job's part of a transaction: the connection, the time, and what follows the commit.
pub(crate) struct Step<'a> {
    connection: &'a Connection,
    clock: &'a FileClock,
    after_commit: RefCell<Vec<AfterCommit>>,
}

impl<'a> Step<'a> {
    pub(super) fn new(connection: &'a Connection, clock: &'a FileClock) -> Self {
        Self {
            connection,
            clock,
            after_commit: RefCell::default(),
        }
    }

    /// The time when the job runs.
    pub(crate) fn now(&self) -> FileTime {
        self.clock.now()
    }

    pub(crate) fn connection(&self) -> &'a Connection {
        self.connection
    }

    /// Runs a statement. Returns how many rows it has changed.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        self.connection.prepare_cached(sql)?.execute(params)
    }

    /// The first row of a query, if there is one.
    pub(crate) fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(read).transpose()
    }

    /// Calls `then` when the transaction was committed, before anyone is answered. If the job fails, or
    /// the transaction, it is not called.
    pub(crate) fn after_commit(&self, then: impl FnOnce() + Send + 'static) {
        self.after_commit.borrow_mut().push(Box::new(then));
    }

    pub(super) fn into_after_commit(self) -> Vec<AfterCommit> {
        self.after_commit.into_inner()
    }
}
