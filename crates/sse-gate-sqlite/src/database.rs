//! An open file: [`Database`].

use std::path::Path;
use std::sync::Arc;

use sse_gate_resume::backend::{LogWindows, NodeId};

use crate::engine::{Chore, Engine};
use crate::fault::Fault;
use crate::file::{FileKeys, OpenedFile, Recovery};
use crate::marks::{self, Marks, REVOCATIONS, WITHDRAWALS};
use crate::time::FileClock;
use crate::{DatabaseError, DatabaseOptions, logs, sessions, tokens};

/// What each table does with a file that may have lost something.
const RECOVERIES: [Recovery; 4] = [
    tokens::forget_all,
    sessions::forget_all,
    logs::forget_all,
    marks::forget_all,
];

/// What each table has to do now and then.
const CHORES: [Chore; 3] = [
    tokens::drop_ended,
    sessions::are_attached,
    logs::drop_unused,
];

/// An open file, and the threads that work on it. Clones share both.
///
/// One process opens a file at a time. It makes three more files beside it, `-wal`, `-shm` and `-lock`.
///
/// All work is done by two threads of the database, so no operation blocks the thread that asks. Their
/// answers are futures of any executor.
///
/// ```
/// use sse_gate_core::{GrantRequest, Limits, Resource, Subject, TokenGate};
/// use sse_gate_sqlite::{Database, DatabaseOptions, SealingKey, SealingKeys, SqliteTokens};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("tokens.db");
/// # let secret = [7; 32];
/// # pollster::block_on(async {
/// let options = || DatabaseOptions::sealed(SealingKeys::new(SealingKey::new(secret)));
/// let database = Database::open(&path, options())?;
/// let gate = TokenGate::new(SqliteTokens::new(&database, Limits::default()));
/// let feed = Resource::new(["feed"])?;
/// let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, feed.clone())).await?;
/// database.close()?;
///
/// // The process has been started again.
/// let database = Database::open(&path, options())?;
/// let gate = TokenGate::new(SqliteTokens::new(&database, Limits::default()));
/// let grant = gate.redeem(issued.token().expose(), &feed).await?;
/// assert_eq!(grant.subject().as_str(), "alice");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Backups
///
/// A copy of the open file alone is no backup: what was written last is in the `-wal`. SQLite makes a whole
/// copy from a connection of its own, in any process, while the service goes on: `VACUUM INTO`, or `.backup` in
/// its shell. A closed file can be copied as it is.
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_resume::{Logs, Topics};
/// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteLogs};
///
/// # let folder = tempfile::tempdir()?;
/// # let (path, copy) = (folder.path().join("sse-gate.db"), folder.path().join("copy.db"));
/// # pollster::block_on(async {
/// let database = Database::open(&path, DatabaseOptions::unsealed())?;
/// let topics = Topics::new(Logs::default().with_store(SqliteLogs::new(&database)));
/// topics.publish("news", None, &Event::new().data("one")).await?;
///
/// let connection = rusqlite::Connection::open(&path)?;
/// connection.execute("VACUUM INTO ?1", [copy.to_str()])?;
///
/// let database = Database::open(&copy, DatabaseOptions::unsealed())?;
/// let topics = Topics::new(Logs::default().with_store(SqliteLogs::new(&database)));
/// assert_eq!(topics.publish("news", None, &Event::new().data("two")).await?, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A copy that is put back in the place of the file makes tokens good again that were redeemed since, and resume
/// ids that were used since. So let the longest life of a token pass before the service starts with it, and
/// expect sessions to be closed whose clients show ids from after the copy.
///
/// # Closing
///
/// [`close`](Self::close) finishes what waits, moves all into the one file, and returns when another
/// process can open it. When the last clone is dropped without it, and with it the last store, the threads
/// do the same by themselves a moment later; `drop` does not wait for them. If the process ends before
/// that, nothing is lost either: what was answered is in the file and its `-wal`.
#[derive(Clone, Debug)]
pub struct Database(Arc<Shared>);

/// What all clones share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) clock: FileClock,
    pub(crate) keys: Arc<FileKeys>,
    /// Whose tokens were withdrawn.
    pub(crate) marks: Marks,
    /// Whose sessions were revoked.
    pub(crate) revocations: Marks,
    /// The windows on the logs that this process uses.
    pub(crate) windows: LogWindows,
    /// The name of this process.
    pub(crate) node: NodeId,
}

impl Database {
    /// Opens the file at `path`, or makes it. It blocks the thread: a file of up to 32 MiB is read once, to
    /// find damage, and a larger one in part.
    ///
    /// What an earlier process has left in the `-wal` is read first, so a start after a crash takes longer
    /// than one after [`close`](Self::close). All tokens, sessions and logs are counted, so that the caps are
    /// right whatever has happened to the file.
    ///
    /// ```
    /// use sse_gate_sqlite::{Database, DatabaseErrorKind, DatabaseOptions};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("tokens.db");
    /// let database = Database::open(&path, DatabaseOptions::unsealed())?;
    ///
    /// // A second process, or a second call, finds it open.
    /// let error = Database::open(&path, DatabaseOptions::unsealed()).unwrap_err();
    /// assert_eq!(error.kind(), DatabaseErrorKind::Locked);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DatabaseError::kind`] says why it can't be used. It was not changed, unless the system failed
    /// in the midst. In a deploy, the old process may still be closing the file: on
    /// [`DatabaseErrorKind::Locked`](crate::DatabaseErrorKind::Locked), try again for a while.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the keys are wiped when the file is open"
    )]
    pub fn open(path: impl AsRef<Path>, options: DatabaseOptions) -> Result<Self, DatabaseError> {
        let (file, keys) = OpenedFile::open(path.as_ref(), &options, &RECOVERIES)?;
        let node = NodeId::generate(&*options.entropy).map_err(Fault::from)?;
        let marks = Marks::load(&file.connection, &WITHDRAWALS).map_err(Fault::from)?;
        let revocations = Marks::load(&file.connection, &REVOCATIONS).map_err(Fault::from)?;
        take_over(&file).map_err(Fault::from)?;
        let clock = file.clock.clone();
        let engine = Engine::start(file, options.queue, &CHORES)?;
        Ok(Self(Arc::new(Shared {
            engine,
            clock,
            keys: Arc::new(keys),
            marks,
            revocations,
            windows: LogWindows::default(),
            node,
        })))
    }

    /// Refuses new operations, finishes those that wait, and closes the file. It blocks the thread until
    /// all is in the file: call it when the server has stopped. A second call does nothing.
    ///
    /// ```
    /// use sse_gate_core::{Limits, TokenStore};
    /// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteTokens};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("tokens.db");
    /// # pollster::block_on(async {
    /// let database = Database::open(&path, DatabaseOptions::unsealed())?;
    /// let tokens = SqliteTokens::new(&database, Limits::default());
    /// database.close()?;
    ///
    /// assert!(tokens.epoch().await.is_err(), "its store is closed too");
    /// Database::open(&path, DatabaseOptions::unsealed())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The last step has failed. What was answered is in the file and its `-wal` all the same.
    pub fn close(&self) -> Result<(), DatabaseError> {
        Ok(self.0.engine.close()?)
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0
    }
}

/// Brings what the last process has left in line with what is there, in one transaction.
fn take_over(file: &OpenedFile) -> rusqlite::Result<()> {
    let step = file.connection.unchecked_transaction()?;
    tokens::recount(&step)?;
    sessions::recover(&step, file.clock.left_at())?;
    logs::recover(&step)?;
    step.commit()
}
