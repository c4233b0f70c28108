//! How a layer asks the stores: [`StoreAccess`].

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Observer, StoreRole};

use super::answer::StoreAnswer;
use super::guard::StoreGuard;
use super::{Operation, StorePolicy};

/// The way to one store. Clones share its guard.
#[derive(Clone, Debug)]
pub(crate) struct StoreAccess {
    pub(super) guard: Arc<StoreGuard>,
    pub(super) budget: Duration,
}

impl StoreAccess {
    /// A way to a store in this role, with a guard of its own.
    pub(crate) fn new(role: StoreRole, policy: &StorePolicy, observer: &Arc<dyn Observer>) -> Self {
        Self {
            guard: Arc::new(StoreGuard::new(role, policy, Arc::clone(observer))),
            budget: policy.budget,
        }
    }

    /// Asks the store, when the operation is polled.
    pub(crate) fn ask<F>(&self, question: F) -> Operation<F>
    where
        F: Future<Output: StoreAnswer> + Send + Unpin + 'static,
    {
        Operation::new(question, self.clone())
    }

    /// The same for an operation that changes nothing there.
    pub(crate) fn read<F>(&self, question: F) -> Operation<F>
    where
        F: Future<Output: StoreAnswer> + Send + Unpin + 'static,
    {
        self.ask(question).only_reading()
    }

    /// To be kept by a request that has read the store in time, until it ends.
    pub(crate) fn has_read(&self) -> HasRead {
        HasRead(Some(Arc::clone(&self.guard)))
    }

    pub(crate) fn with_budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }
}

/// A request that has read a store, and may write to it. Dropped, it lets another one read that
/// has to wait for a pause otherwise: a request that is refused in between must not keep the store
/// from being tried.
pub(crate) struct HasRead(Option<Arc<StoreGuard>>);

impl HasRead {
    /// The write may come when this is long gone: the others wait for the pause.
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
