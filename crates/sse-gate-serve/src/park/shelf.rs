//! Where the body of a stream is while hyper sends it: [`Shelf`].

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::transcript::Transcript;

/// The stream of one connection, if there is one. The connection, its socket and the body that hyper has share it.
///
/// All of them are in one task, so the lock is always free.
pub(crate) struct Shelf<B>(Arc<Mutex<Inner<B>>>);

pub(super) struct Inner<B> {
    pub(super) body: Option<Pin<Box<B>>>,
    pub(super) transcript: Transcript,
    /// Whether the body had nothing to give when it was polled last.
    pub(super) is_waiting: bool,
}

/// A body that can go on without hyper.
pub(crate) struct Taken<B> {
    pub(crate) body: Pin<Box<B>>,
    /// Whether the connection ends with it.
    pub(crate) closes: bool,
}

impl<B> Shelf<B> {
    /// Puts a body here that is to be sent.
    pub(super) fn put(&self, body: B) {
        *self.lock() = Inner {
            body: Some(Box::pin(body)),
            transcript: Transcript::begin(),
            is_waiting: false,
        };
    }

    /// Takes the body, if all that it gave is written and it waits.
    pub(crate) fn take(&self) -> Option<Taken<B>> {
        let mut inner = self.lock();
        if !inner.is_waiting || !inner.transcript.is_level() {
            return None;
        }
        let body = inner.body.take()?;
        let closes = inner.transcript.closes;
        inner.transcript.give_up();
        Some(Taken { body, closes })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner<B>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B> Default for Shelf<B> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Inner {
            body: None,
            transcript: Transcript::default(),
            is_waiting: false,
        })))
    }
}

impl<B> Clone for Shelf<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
