//! A store of logs chosen at run time: [`SharedLogStore`].

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

use super::{LogId, LogStore, NewLog, StoredEvents, StoredLog};
use crate::log::{AppendError, LogEnd, LogError, LogName};

/// Any [`LogStore`] behind one type. Clones share the store.
#[derive(Clone)]
pub(crate) struct SharedLogStore(Arc<dyn ErasedLogs>);

impl SharedLogStore {
    pub(crate) fn new(store: impl LogStore) -> Self {
        Self(Arc::new(store))
    }
}

impl fmt::Debug for SharedLogStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedLogStore").field(&self.0).finish()
    }
}

/// The operations of [`LogStore`], each in a box.
impl SharedLogStore {
    pub(crate) fn create(&self, log: NewLog) -> Answer<'_, (), LogError> {
        self.0.create(log)
    }

    pub(crate) fn open(&self, name: LogName) -> Answer<'_, Option<StoredLog>, LogError> {
        self.0.open(name)
    }

    pub(crate) fn claim(&self, log: LogId) -> Answer<'_, bool, LogError> {
        self.0.claim(log)
    }

    pub(crate) fn append(&self, log: LogId, event: Bytes) -> Answer<'_, u64, AppendError> {
        self.0.append(log, event)
    }

    pub(crate) fn read(
        &self,
        log: LogId,
        after: u64,
        max_bytes: usize,
    ) -> Answer<'_, Option<StoredEvents>, LogError> {
        self.0.read(log, after, max_bytes)
    }

    pub(crate) fn end(&self, log: LogId, how: LogEnd) -> Answer<'_, (), AppendError> {
        self.0.end(log, how)
    }

    pub(crate) fn remove(&self, log: LogId) -> Answer<'_, (), LogError> {
        self.0.remove(log)
    }

    pub(crate) fn release(&self, log: LogId) -> Answer<'_, (), LogError> {
        self.0.release(log)
    }
}

type Answer<'s, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 's>>;

/// A copy of [`LogStore`] that trait objects can implement.
trait ErasedLogs: fmt::Debug + Send + Sync {
    fn create(&self, log: NewLog) -> Answer<'_, (), LogError>;
    fn open(&self, name: LogName) -> Answer<'_, Option<StoredLog>, LogError>;
    fn claim(&self, log: LogId) -> Answer<'_, bool, LogError>;
    fn append(&self, log: LogId, event: Bytes) -> Answer<'_, u64, AppendError>;
    fn read(
        &self,
        log: LogId,
        after: u64,
        max_bytes: usize,
    ) -> Answer<'_, Option<StoredEvents>, LogError>;
    fn end(&self, log: LogId, how: LogEnd) -> Answer<'_, (), AppendError>;
    fn remove(&self, log: LogId) -> Answer<'_, (), LogError>;
    fn release(&self, log: LogId) -> Answer<'_, (), LogError>;
}

impl<S: LogStore> ErasedLogs for S {
    fn create(&self, log: NewLog) -> Answer<'_, (), LogError> {
        Box::pin(LogStore::create(self, log))
    }

    fn open(&self, name: LogName) -> Answer<'_, Option<StoredLog>, LogError> {
        Box::pin(LogStore::open(self, name))
    }

    fn claim(&self, log: LogId) -> Answer<'_, bool, LogError> {
        Box::pin(LogStore::claim(self, log))
    }

    fn append(&self, log: LogId, event: Bytes) -> Answer<'_, u64, AppendError> {
        Box::pin(LogStore::append(self, log, event))
    }

    fn read(
        &self,
        log: LogId,
        after: u64,
        max_bytes: usize,
    ) -> Answer<'_, Option<StoredEvents>, LogError> {
        Box::pin(LogStore::read(self, log, after, max_bytes))
    }

    fn end(&self, log: LogId, how: LogEnd) -> Answer<'_, (), AppendError> {
        Box::pin(LogStore::end(self, log, how))
    }

    fn remove(&self, log: LogId) -> Answer<'_, (), LogError> {
        Box::pin(LogStore::remove(self, log))
    }

    fn release(&self, log: LogId) -> Answer<'_, (), LogError> {
        Box::pin(LogStore::release(self, log))
    }
}
