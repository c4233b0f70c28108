//! Opening: from a path to a file that can be worked with, [`OpenedFile`], with its [`FileKeys`].

use std::fs;
use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use sse_gate_core::{Entropy, EntropyError};
use zeroize::Zeroizing;

use super::lock::FileLock;
use super::state::{Name, bytes, has_sound_numbers, set_bytes};
use super::{connection, place, run, schema};
use crate::fault::Fault;
use crate::seal::{Row, Sealer, SubjectIndex};
use crate::time::FileClock;
use crate::{DatabaseErrorKind, DatabaseOptions};

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
    pub(crate) subjects: SubjectIndex,
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
    let (file, is_new) = match bytes(step, Name::File)? {
        Some(file) => (fixed(file)?, false),
        None => (draw(&*options.entropy)?, true),
    };
    let sealer = Sealer::new(options.keys.as_ref(), &file, Arc::clone(&options.entropy));
    let row = Row::of("state").with(b"index_key");
    let index_key = if is_new {
        set_bytes(step, Name::File, &file[..])?;
        draw(&*options.entropy)?
    } else {
        let value = bytes(step, Name::IndexKey)?.ok_or(DatabaseErrorKind::Corrupt)?;
        let opened = sealer.open(&row, &value);
        let wrong = |error| Fault::because(DatabaseErrorKind::WrongKeys, error);
        fixed(opened.map_err(wrong)?)?
    };
    set_bytes(step, Name::IndexKey, &sealer.seal(&row, &index_key[..])?)?;
    Ok(FileKeys {
        sealer,
        subjects: SubjectIndex::new(index_key),
    })
}

/// Exactly 32 bytes. The bytes that come in are wiped.
fn fixed(bytes: Vec<u8>) -> Result<Zeroizing<[u8; 32]>, Fault> {
    let bytes = Zeroizing::new(bytes);
    match bytes.as_slice().try_into() {
        Ok(bytes) => Ok(Zeroizing::new(bytes)),
        Err(_) => Err(DatabaseErrorKind::Corrupt.into()),
    }
}

fn draw(entropy: &dyn Entropy) -> Result<Zeroizing<[u8; 32]>, EntropyError> {
    let mut bytes = Zeroizing::new([0; 32]);
    entropy.fill(&mut bytes)?;
    Ok(bytes)
}
