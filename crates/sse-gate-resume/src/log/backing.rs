//! The store behind a log: [`Backing`].

use std::pin::Pin;
use std::task::{Context, Poll};

use super::LogEnd;
use crate::node::Chores;
use crate::store::{LogId, SharedLogStore};

/// The store that has a log's events, and the log's name in it.
#[derive(Clone, Debug)]
pub(super) struct Backing {
    pub(super) store: SharedLogStore,
    pub(super) id: LogId,
    pub(super) chores: Chores,
}

impl Backing {
    /// Ends the log in the background.
    pub(super) fn end_later(&self, how: LogEnd) {
        let Self { store, id, .. } = self.clone();
        self.chores.run(async move {
            // If it fails, the log is orphaned when its node is gone, and ends then.
            let _ = store.end(id, how).await;
        });
    }

    /// Frees the log in the background.
    pub(super) fn remove_later(&self) {
        let Self { store, id, .. } = self.clone();
        self.chores.run(async move {
            // If it fails, the store frees the log when its events are too old.
            let _ = store.remove(id).await;
        });
    }
}

/// Work that is finished once it has begun, even if its caller no longer waits for it.
pub(super) struct Finished<T: Send + 'static> {
    work: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    chores: Chores,
}

impl<T: Send + 'static> Finished<T> {
    pub(super) fn new(work: impl Future<Output = T> + Send + 'static, chores: &Chores) -> Self {
        Self {
            work: Some(Box::pin(work)),
            chores: chores.clone(),
        }
    }
}

impl<T: Send + 'static> Future for Finished<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Some(work) = &mut self.work else {
            // Like any future, it is not polled after its end.
            return Poll::Pending;
        };
        let polled = work.as_mut().poll(cx);
        if polled.is_ready() {
            self.work = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Finished<T> {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            self.chores.run(async move { drop(work.await) });
        }
    }
}
