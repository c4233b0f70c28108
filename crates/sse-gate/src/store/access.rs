//! How layers and mints ask a store: [`StoreAccess`].

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Observer, StoreRole};

use super::answer::StoreAnswer;
use super::guard::StoreGuard;
use super::{Operation, StorePolicy};

/// The bounds within which one store is asked. Clones share the guard, which counts.
#[derive(Clone, Debug)]
pub(crate) struct StoreAccess {
    pub(super) guard: Arc<StoreGuard>,
    pub(super) budget: Duration,
}

impl StoreAccess {
    /// The bounds of a policy, for a store in this role, with a new guard.
    pub(crate) fn new(role: StoreRole, policy: &StorePolicy, observer: &Arc<dyn Observer>) -> Self {
        Self {
            guard: Arc::new(StoreGuard::new(role, policy, Arc::clone(observer))),
            budget: policy.budget,
        }
    }

    /// An operation that asks the store when it is polled.
    pub(crate) fn ask<F>(&self, question: F) -> Operation<F>
    where
        F: Future<Output: StoreAnswer> + Send + Unpin + 'static,
    {
        Operation::new(question, self.clone())
    }

    /// The same for an operation that changes nothing in the store.
    pub(crate) fn read<F>(&self, question: F) -> Operation<F>
    where
        F: Future<Output: StoreAnswer> + Send + Unpin + 'static,
    {
        self.ask(question).only_reading()
    }

    /// A guard for a request that has read the store in time. Keep it until the request ends.
    pub(crate) fn has_read(&self) -> HasRead {
        HasRead(Some(Arc::clone(&self.guard)))
    }

    pub(crate) fn with_budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }
}

/// How the stores behind a resumable stream are asked.
#[derive(Clone, Debug)]
pub(crate) struct StreamStores {
    pub(crate) sessions: StoreAccess,
    pub(crate) logs: StoreAccess,
}

/// A request that has read a store and may write to it later. When it is dropped, another request may read
/// at once, and need not wait for the pause. So a request that is refused before its write does not delay
/// the next trial of the store.
pub(crate) struct HasRead(Option<Arc<StoreGuard>>);

impl HasRead {
    /// The write may come much later, so other requests wait for the pause.
    pub(crate) fn goes_on(mut self) {
        self.0 = None;
    }
}

impl Drop for HasRead {
    fn drop(&mut self) {
        if let Some(guard) = &self.0 {
            guard.read_is_over();
        }
    }
}
