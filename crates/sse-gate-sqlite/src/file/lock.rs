//! One process at a time: [`FileLock`].

use std::fs::{File, OpenOptions};
use std::path::Path;

use fs4::{FileExt, TryLockError};

use super::place::private;
use crate::DatabaseErrorKind;
use crate::fault::Fault;

/// Holds the lock of a database until it is dropped, or the process ends.
///
/// SQLite's own exclusive lock would shut out the reader of this process, too. So the lock is one of the
/// operating system, on an empty file beside the database. The file stays: if it were removed, two
/// processes could each lock one of that name.
#[derive(Debug)]
pub(crate) struct FileLock {
    _file: File,
}

impl FileLock {
    /// Locks the database at `path`.
    ///
    /// # Errors
    ///
    /// It is locked already, or the file can't be made.
    pub(crate) fn take(path: &Path) -> Result<Self, Fault> {
        let mut name = path.as_os_str().to_owned();
        name.push("-lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = private(&mut options).open(name)?;
        // Named in full: `File` has a method of this name from Rust 1.89 on.
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(DatabaseErrorKind::Locked.into()),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}
