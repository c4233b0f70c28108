//! Opening: from a path to a file that can be worked with, [`OpenedFile`], with its [`FileKeys`].
//!
//! | sealed value | bound to |
//! |---|---|
//! | a token's entry | the token's digest, its end, its subject's tag, the length of its payload |
//! | a session's record | its id, its token's digest, its subject's tag, its version |
//! | an event | its log's name and epoch, its number |
//! | the index key | that it is the index key |
//!
//! What is not in this table can be changed by someone who can write to the file: times by which rows are
//! searched, counts, and the rows of logs. So they are compared with what is sealed, or believed only as far as
//! they can do no harm. Callers seal and open on their own threads. The thread that writes only moves bytes.

use std::fs;
use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use sse_gate_seal::{IndexKey, Realm, Sealer, TagIndex};

use super::lock::FileLock;
use super::state::{Name, bytes, has_sound_numbers, set_bytes};
use super::{connection, place, run, schema};
use crate::fault::Fault;
use crate::time::FileClock;
use crate::{DatabaseErrorKind, DatabaseOptions};

/// The kind of store, for which the keys are derived.
const KIND: &str = "sqlite";

/// What is to be done in a file that may have lost operations that were answered.
pub(crate) type Recovery = fn(&Connection) -> rusqlite::Result<()>;

/// A file that is ours, locked, whole and of the newest version.
#[derive(Debug)]
pub(crate) struct OpenedFile {
    pub(crate) path: PathBuf,
    pub(crate) connection: Connection,
    pub(crate) lock: FileLock,
    pub(crate) clock: FileClock,
}

/// What the file's keys are used for.
#[derive(Debug)]
pub(crate) struct FileKeys {
    pub(crate) sealer: Sealer,
    pub(crate) tags: TagIndex,
}

impl OpenedFile {
    /// Opens the file at `path`, or makes it. If it may have lost operations that were answered, all of the
    /// recoveries are done.
    pub(crate) fn open(
        path: &Path,
        options: &DatabaseOptions,
        recoveries: &[Recovery],
    ) -> Result<(Self, FileKeys), Fault> {
        // SQLite would take a relative path that begins with `file:` for a URI.
        let path = absolute(path)?;
        let lock = FileLock::take(&path)?;
        place::make(&path)?;
        let mut connection = connection::read_write(&path)?;
        if connection.is_readonly(rusqlite::MAIN_DB)? {
            return Err(DatabaseErrorKind::ReadOnly.into());
        }
        schema::check_identity(&connection)?;
        connection::set_journal(&connection, options.durability)?;
        schema::migrate(&mut connection)?;
        schema::check_tables(&connection, fs::metadata(&path)?.len())?;

        let step = Transaction::new(&mut connection, TransactionBehavior::Immediate)?;
        let keys = unlock(&step, options)?;
        if !has_sound_numbers(&step)? {
            return Err(DatabaseErrorKind::Corrupt.into());
        }
        if run::may_have_lost(&step)? {
            for recovery in recoveries {
                recovery(&step)?;
            }
        }
        let clock = FileClock::resume(Arc::clone(&options.clock), run::last_mark(&step)?);
        run::open_run(&step, options.durability)?;
        run::set_mark(&step, clock.mark())?;
        step.commit()?;
        let file = Self {
            path,
            connection,
            lock,
            clock,
        };
        Ok((file, keys))
    }
}

/// Finds the file's index key, which shows whether the keys are the right ones, and seals it with the
/// current key. Makes one for a new file.
fn unlock(step: &Connection, options: &DatabaseOptions) -> Result<FileKeys, Fault> {
    let (realm, is_new) = match bytes(step, Name::File)? {
        Some(name) => (Realm::new(KIND, fixed(&name)?), false),
        None => (Realm::draw(KIND, &*options.entropy)?, true),
    };
    let sealer = Sealer::new(options.keys.as_ref(), &realm, Arc::clone(&options.entropy));
    let index_key = if is_new {
        set_bytes(step, Name::File, realm.name())?;
        IndexKey::draw(&*options.entropy)?
    } else {
        let value = bytes(step, Name::IndexKey)?.ok_or(DatabaseErrorKind::Corrupt)?;
        let wrong = |error| Fault::because(DatabaseErrorKind::WrongKeys, error);
        IndexKey::open(&sealer, &value).map_err(wrong)?
    };
    set_bytes(step, Name::IndexKey, &index_key.seal(&sealer)?)?;
    Ok(FileKeys {
        sealer,
        tags: index_key.into_index(),
    })
}

/// Exactly 32 bytes.
fn fixed(bytes: &[u8]) -> Result<[u8; 32], Fault> {
    bytes
        .try_into()
        .map_err(|_| DatabaseErrorKind::Corrupt.into())
}
