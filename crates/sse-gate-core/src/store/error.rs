//! What can go wrong in a store: [`StoreError`].

use std::error::Error;
use std::fmt;

use crate::FullError;

/// A store did not do what it was asked to do.
///
/// ```
/// use sse_gate_core::{StoreError, StoreErrorKind};
///
/// let down = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
/// let error = StoreError::unavailable(down);
/// assert_eq!(error.kind(), StoreErrorKind::Unavailable);
/// assert!(std::error::Error::source(&error).is_some());
/// ```
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`StoreError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store has an entry under this key already.
    Exists,
    /// The subject was withdrawn since the entry's [epoch](crate::Entry::epoch).
    Withdrawn,
    /// A cap of the store is reached.
    Full(FullError),
    /// The store has no valid entry under this key any more: what it had was damaged, forged or of an
    /// unknown version. The store itself works.
    Corrupt,
    /// The store can't be asked, or did not answer.
    Unavailable,
}

impl StoreError {
    /// An insertion failed because the key is in the store already.
    pub fn exists() -> Self {
        Self {
            kind: StoreErrorKind::Exists,
            source: None,
        }
    }

    /// An insertion failed because the subject was withdrawn since the entry's epoch.
    pub fn withdrawn() -> Self {
        Self {
            kind: StoreErrorKind::Withdrawn,
            source: None,
        }
    }

    /// What the store had under the key is no entry. `source` says what is wrong with it, for logs.
    pub fn corrupt(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: StoreErrorKind::Corrupt,
            source: Some(source.into()),
        }
    }

    /// The store can't be asked, or did not answer. `source` is the error of its backend, for logs.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: StoreErrorKind::Unavailable,
            source: Some(source.into()),
        }
    }

    /// What kind of error this is.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl From<FullError> for StoreError {
    fn from(full: FullError) -> Self {
        Self {
            kind: StoreErrorKind::Full(full),
            source: None,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            StoreErrorKind::Exists => f.write_str("key is in the store already"),
            StoreErrorKind::Withdrawn => f.write_str("subject was withdrawn"),
            StoreErrorKind::Full(full) => full.fmt(f),
            StoreErrorKind::Corrupt => f.write_str("stored entry is corrupt"),
            StoreErrorKind::Unavailable => f.write_str("store is unavailable"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
