//! What can go wrong with a database: [`DatabaseError`].

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use sse_gate_core::StoreError;

/// A database could not be opened, or did not do what it was asked to do.
///
/// ```
/// use sse_gate_sqlite::{Database, DatabaseErrorKind, DatabaseOptions};
///
/// # let folder = tempfile::tempdir()?;
/// let path = folder.path().join("notes.txt");
/// std::fs::write(&path, "This is a text of more than a hundred bytes. ".repeat(3))?;
///
/// let error = Database::open(&path, DatabaseOptions::unsealed()).unwrap_err();
/// assert_eq!(error.kind(), DatabaseErrorKind::Foreign);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct DatabaseError {
    kind: DatabaseErrorKind,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// The kinds of [`DatabaseError`].
///
/// | kind | when | what to do |
/// |---|---|---|
/// | [`Locked`](Self::Locked) | opening | wait for the other process to end |
/// | [`Foreign`](Self::Foreign), [`Newer`](Self::Newer) | opening | look at the path; run the version that has written it |
/// | [`Corrupt`](Self::Corrupt) | any time | move the file away; tokens in it are lost, and clients ask for new ones |
/// | [`ReadOnly`](Self::ReadOnly) | opening | look at the owner of the file and its folder |
/// | [`WrongKeys`](Self::WrongKeys) | opening | give the key that has sealed it, as the current or the previous one |
/// | [`DiskFull`](Self::DiskFull) | any time | make room; no restart is needed |
/// | [`Busy`](Self::Busy) | running | fewer callers, a faster disk, or a longer queue |
/// | [`NoEntropy`](Self::NoEntropy), [`Unavailable`](Self::Unavailable) | any time | read the source |
/// | [`Closed`](Self::Closed) | running | nothing: the service is stopping |
///
/// A store wraps it: the source of a
/// [`StoreError`] is the [`DatabaseError`].
///
/// ```
/// use std::error::Error;
/// use sse_gate_core::{Limits, StoreErrorKind, TokenStore};
/// use sse_gate_sqlite::{
///     Database, DatabaseError, DatabaseErrorKind, DatabaseOptions, SqliteTokens,
/// };
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("tokens.db");
/// # pollster::block_on(async {
/// let database = Database::open(path, DatabaseOptions::unsealed())?;
/// database.close()?;
///
/// let error = SqliteTokens::new(&database, Limits::default()).epoch().await.unwrap_err();
/// assert_eq!(error.kind(), StoreErrorKind::Unavailable);
/// let cause: &DatabaseError = error.source().and_then(|it| it.downcast_ref()).unwrap();
/// assert_eq!(cause.kind(), DatabaseErrorKind::Closed);
/// # Ok::<(), Box<dyn Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatabaseErrorKind {
    /// Another process, or another [`Database`](crate::Database) of this one, has the file open.
    ///
    /// The lock ends with the process that holds it, however that ends. A child process that was just
    /// started holds it, too, until it runs its own program.
    Locked,
    /// The file is something else: no database, or one of another program. It was not changed.
    Foreign,
    /// A newer version of this crate has written the file. It was not changed.
    ///
    /// A file of an older version is brought up to date when it is opened, and can't be opened by the older
    /// version after that.
    Newer,
    /// The file is damaged: a page of it, its tables, or numbers that all depends on.
    ///
    /// A row that was changed is no reason for it: a token is refused, a session is lost, an event is a gap
    /// for its readers, and the rest goes on.
    Corrupt,
    /// The file or its folder can't be written to. SQLite needs both: it makes `-wal` and `-shm` beside the
    /// file.
    ReadOnly,
    /// The file was sealed with other keys, or it is sealed and no keys were given, or the other way
    /// round.
    WrongKeys,
    /// The random number generator failed. A new file needs it for its name and its keys, and each sealed
    /// value for its nonce.
    NoEntropy,
    /// The disk is full. Nothing was changed. What frees room still works as soon as there is some: tokens
    /// that have ended are removed by and by, and their space is used again.
    DiskFull,
    /// Too many operations are waiting already: see
    /// [`DatabaseOptions::with_queue`](crate::DatabaseOptions::with_queue). The operation was not begun.
    Busy,
    /// The database was closed. Operations that were waiting then were still done, and answered.
    Closed,
    /// The operating system or SQLite failed. [`source`](Error::source) says how.
    Unavailable,
}

impl DatabaseError {
    pub(crate) fn new(
        kind: DatabaseErrorKind,
        source: Option<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        let source = source.map(Arc::from);
        Self { kind, source }
    }

    /// What kind of error this is.
    ///
    /// ```
    /// use sse_gate_sqlite::{Database, DatabaseErrorKind, DatabaseOptions};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("sse-gate.db");
    /// # let old = Database::open(&path, DatabaseOptions::unsealed())?;
    /// # let old = std::sync::Mutex::new(Some(old));
    /// # let wait = || drop(old.lock().unwrap().take());
    /// // In a deploy, the old process may still have the file open.
    /// let database = loop {
    ///     match Database::open(&path, DatabaseOptions::unsealed()) {
    ///         Err(error) if error.kind() == DatabaseErrorKind::Locked => wait(),
    ///         opened => break opened?,
    ///     }
    /// };
    /// # database.close()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn kind(&self) -> DatabaseErrorKind {
        self.kind
    }
}

/// A store on the database can't be asked.
impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        Self::unavailable(error)
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            DatabaseErrorKind::Locked => "database is open already",
            DatabaseErrorKind::Foreign => "file is no database of sse-gate",
            DatabaseErrorKind::Newer => "database was written by a newer version of sse-gate",
            DatabaseErrorKind::Corrupt => "database is damaged",
            DatabaseErrorKind::ReadOnly => "database can't be written to",
            DatabaseErrorKind::WrongKeys => "database was not sealed with these keys",
            DatabaseErrorKind::NoEntropy => "the random number generator failed",
            DatabaseErrorKind::DiskFull => "disk is full",
            DatabaseErrorKind::Busy => "too many operations are waiting for the database",
            DatabaseErrorKind::Closed => "database was closed",
            DatabaseErrorKind::Unavailable => "database is unavailable",
        })
    }
}

impl Error for DatabaseError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
