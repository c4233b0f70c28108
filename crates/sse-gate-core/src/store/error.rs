//! What can go wrong in a store: [`StoreError`].

use std::error::Error;
use std::fmt;

use crate::Full;

/// A store did not do what it was asked to.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`StoreError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// There is an entry under this key already.
    Exists,
    /// The subject was withdrawn since the entry's [epoch](crate::Entry::epoch).
    Withdrawn,
    /// A cap stands in the way.
    Full(Full),
    /// The store can't be asked, or did not answer.
    Unavailable,
}

impl StoreError {
    /// The error of an insertion under a key that is there.
    pub fn exists() -> Self {
        Self {
            kind: StoreErrorKind::Exists,
            source: None,
        }
    }

    /// The error of an insertion that a withdrawal has overtaken.
    pub fn withdrawn() -> Self {
        Self {
            kind: StoreErrorKind::Withdrawn,
            source: None,
        }
    }

    /// The error of a store that can't be asked, with what it was told by its backend.
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

impl From<Full> for StoreError {
    fn from(full: Full) -> Self {
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
            StoreErrorKind::Unavailable => f.write_str("store is unavailable"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
