//! The store behind a log: [`Backing`].

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
    /// Tells the store in the background that this process has no use for the log.
    pub(super) fn release_later(&self) {
        let Self { store, id, .. } = self.clone();
        self.chores.run(async move {
            // If it fails, the store keeps the log until the process ends.
            let _ = store.release(id).await;
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
