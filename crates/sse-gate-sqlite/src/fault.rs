//! A [`DatabaseError`] inside of this crate: [`Fault`], made from the errors of others.
//!
//! The conversions are of a private type, so that the public API names no type of rusqlite.

use std::error::Error;
use std::io;

use rusqlite::ErrorCode;
use sse_gate_core::{EntropyError, StoreError};
use sse_gate_resume::error::{AppendError, LogError, SessionError};

use crate::{DatabaseError, DatabaseErrorKind};

/// What has gone wrong, with its kind.
#[derive(Clone, Debug)]
pub(crate) struct Fault(DatabaseError);

impl Fault {
    /// A fault of this kind, and why.
    pub(crate) fn because(
        kind: DatabaseErrorKind,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self(DatabaseError::new(kind, Some(source.into())))
    }
}

impl From<Fault> for DatabaseError {
    fn from(fault: Fault) -> Self {
        fault.0
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        fault.0.into()
    }
}

impl From<Fault> for SessionError {
    fn from(fault: Fault) -> Self {
        Self::unavailable(fault.0)
    }
}

impl From<Fault> for LogError {
    fn from(fault: Fault) -> Self {
        Self::unavailable(fault.0)
    }
}

impl From<Fault> for AppendError {
    fn from(fault: Fault) -> Self {
        Self::unavailable(fault.0)
    }
}

impl From<DatabaseErrorKind> for Fault {
    fn from(kind: DatabaseErrorKind) -> Self {
        Self(DatabaseError::new(kind, None))
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error::{
            FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType,
        };
        let kind = match error.sqlite_error_code() {
            // A value is not of the type that we have written.
            None if matches!(
                error,
                FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..)
            ) =>
            {
                DatabaseErrorKind::Corrupt
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                DatabaseErrorKind::Corrupt
            }
            Some(ErrorCode::ReadOnly) => DatabaseErrorKind::ReadOnly,
            Some(ErrorCode::DiskFull) => DatabaseErrorKind::DiskFull,
            _ => DatabaseErrorKind::Unavailable,
        };
        Self::because(kind, error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                DatabaseErrorKind::ReadOnly
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                DatabaseErrorKind::DiskFull
            }
            _ => DatabaseErrorKind::Unavailable,
        };
        Self::because(kind, error)
    }
}

impl From<EntropyError> for Fault {
    fn from(error: EntropyError) -> Self {
        Self::because(DatabaseErrorKind::NoEntropy, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E1: a disk that is full and a place that can't be written to are told apart.
    #[test]
    fn errors_of_the_system_have_their_kinds() {
        for (error, kind) in [
            (io::ErrorKind::PermissionDenied, DatabaseErrorKind::ReadOnly),
            (
                io::ErrorKind::ReadOnlyFilesystem,
                DatabaseErrorKind::ReadOnly,
            ),
            (io::ErrorKind::StorageFull, DatabaseErrorKind::DiskFull),
            (io::ErrorKind::QuotaExceeded, DatabaseErrorKind::DiskFull),
            (io::ErrorKind::NotFound, DatabaseErrorKind::Unavailable),
        ] {
            let fault = Fault::from(io::Error::from(error));
            assert_eq!(DatabaseError::from(fault).kind(), kind, "{error:?}");
        }
    }

    /// E1, E8: the same of SQLite's errors. A value of another type than was written is damage.
    #[test]
    fn errors_of_sqlite_have_their_kinds() {
        use rusqlite::ffi;
        let sqlite = |code| rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        for (error, kind) in [
            (sqlite(ffi::SQLITE_CORRUPT), DatabaseErrorKind::Corrupt),
            (sqlite(ffi::SQLITE_NOTADB), DatabaseErrorKind::Corrupt),
            (sqlite(ffi::SQLITE_READONLY), DatabaseErrorKind::ReadOnly),
            (sqlite(ffi::SQLITE_FULL), DatabaseErrorKind::DiskFull),
            (sqlite(ffi::SQLITE_BUSY), DatabaseErrorKind::Unavailable),
            (
                rusqlite::Error::IntegralValueOutOfRange(0, -1),
                DatabaseErrorKind::Corrupt,
            ),
            (
                rusqlite::Error::InvalidQuery,
                DatabaseErrorKind::Unavailable,
            ),
        ] {
            let words = error.to_string();
            let found = DatabaseError::from(Fault::from(error));
            assert_eq!(found.kind(), kind, "{words}");
            let source = found.source().unwrap().to_string();
            assert!(source == words && !found.to_string().is_empty(), "{source}");
        }
    }
}
